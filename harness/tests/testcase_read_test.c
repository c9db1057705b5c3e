#include "suite/testcase_read.h"

#include "suite/xml.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>

static const char full[] =
    "<testcase id='CPM_CLS_PF_TI_017' flow='close-1-1' closer='client-b' transport='tcp' timeout='45s'>\n"
    "<title> A\n title </title><reference>R 1</reference><reference>R 2</reference>\n"
    "<purpose><with>w</with><when>x</when><then>y</then></purpose>\n"
    "<needs feature='tcp'/><needs proxy='pf-a'/><needs b2bua='pf-b'/>\n"
    "<preamble role='client-b' scenario='register.xml'/>\n"
    "<drive role='client-b' scenario='faults/b.xml' sessions='2'/>\n"
    "<rule id='path.missing'/><rule id='syntax'/>\n"
    "<finds fault='pf-a-bypassed' rule='path.missing'/></testcase>";

static struct xml_schema *schema;

static const struct xml_schema *testcase_schema(void)
{
    if (!schema)
        CU_ASSERT_EQUAL_FATAL(xml_schema_load("testcases/schema/testcase.rng", &schema, NULL), 0);
    return schema;
}

static int read_one(const char *xml, const char *folder, struct testcase *tc, struct error *err)
{
    struct flow *f = NULL;
    struct testcases s = {.nflows = 1, .flow = &f};
    int r;

    memset(tc, 0, sizeof *tc);
    if (flow_load("testcases/flows/close-1-1.xml", "testcases/schema", &f, err) < 0)
        CU_FAIL_FATAL("flow");
    r = testcase_read(scratch_file("CPM_CLS_PF_TI_017.xml", xml), folder, testcase_schema(), &s, tc, err);
    CU_ASSERT_TRUE(r < 0 || tc->flow == f);
    tc->flow = NULL;
    flow_free(f);
    return r;
}

static void reads_everything(void)
{
    struct testcase tc;
    struct error err;

    CU_ASSERT_EQUAL_FATAL(read_one(full, "pf", &tc, &err), 0);
    CU_ASSERT_STRING_EQUAL(tc.id, "CPM_CLS_PF_TI_017");
    CU_ASSERT_STRING_EQUAL(tc.sut, "PF");
    CU_ASSERT_STRING_EQUAL(tc.title, "A title");
    CU_ASSERT_STRING_EQUAL(tc.closer, "client-b");
    CU_ASSERT_TRUE(tc.mirrored);
    CU_ASSERT_STRING_EQUAL(tc.transport, "tcp");
    CU_ASSERT_EQUAL(tc.timeout, 45 * NSEC_PER_SEC);
    CU_ASSERT_STRING_EQUAL(tc.with, "w");
    CU_ASSERT_STRING_EQUAL(tc.when, "x");
    CU_ASSERT_STRING_EQUAL(tc.then, "y");
    CU_ASSERT_TRUE(tc.nreferences == 2 && tc.nneeds == 3 && tc.ndrives == 2 && tc.nrules == 2);
    CU_ASSERT_STRING_EQUAL(tc.reference[1], "R 2");
    CU_ASSERT_TRUE(tc.need[0].kind == NEED_FEATURE && tc.need[1].kind == NEED_PROXY &&
                   tc.need[2].kind == NEED_B2BUA);
    CU_ASSERT_STRING_EQUAL(tc.need[2].what, "pf-b");
    CU_ASSERT_TRUE(tc.drive[0].preamble && !tc.drive[1].preamble && tc.drive[1].line == 7);
    CU_ASSERT_STRING_EQUAL(tc.drive[1].scenario, "faults/b.xml");
    CU_ASSERT_TRUE(tc.drive[0].sessions == 1 && tc.drive[1].sessions == 2);
    CU_ASSERT_STRING_EQUAL(tc.rule[1], "syntax");
    CU_ASSERT_EQUAL_FATAL(tc.nfinds, 1);
    CU_ASSERT_STRING_EQUAL(tc.finds[0].fault, "pf-a-bypassed");
    CU_ASSERT_STRING_EQUAL(tc.finds[0].rule, "path.missing");
}

static int read_further(const char *flow, const char *further, struct testcase *tc, struct error *err)
{
    static const char *const path[] = {"testcases/flows/close-1-1.xml", "testcases/flows/stray-481.xml",
                                       "testcases/flows/refuse-by-client-500.xml"};
    struct flow *f[3] = {NULL};
    struct testcases s = {.nflows = 3, .flow = f};
    char xml[1024];
    int r;

    memset(tc, 0, sizeof *tc);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL_FATAL(flow_load(path[i], "testcases/schema", &f[i], err), 0);
    snprintf(xml, sizeof xml, "<testcase id='CPM_CLS_PF_TI_017' flow='%s' %s %s", flow, further,
             strstr(full, "closer="));
    r = testcase_read(scratch_file("CPM_CLS_PF_TI_017.xml", xml), "pf", testcase_schema(), &s, tc, err);
    CU_ASSERT_TRUE(r < 0 || tc->stray == f[1] || tc->again == f[0]);
    for (int i = 0; i < 3; i++)
        flow_free(f[i]);
    return r;
}

static void knows_further_flows(void)
{
    struct testcase tc;
    struct error err;

    CU_ASSERT_EQUAL(read_further("close-1-1", "stray='stray-481'", &tc, &err), 0);
    CU_ASSERT_EQUAL(read_further("refuse-by-client-500", "again='close-1-1'", &tc, &err), 0);
    CU_ASSERT_PTR_NULL(tc.stray);
    CU_ASSERT_EQUAL(read_one(full, "pf", &tc, &err), 0);
    CU_ASSERT_TRUE(!tc.stray && !tc.again);
    CU_ASSERT_EQUAL(read_further("close-1-1", "stray='stray-1'", &tc, &err), -EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "there is no flow with the id \"stray-1\" in the folder flows/");
    CU_ASSERT_EQUAL(read_further("close-1-1", "stray='close-1-1'", &tc, &err), -EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text,
                           "the flow close-1-1 is that of a session; stray= wants one with dialog=\"none\"");
    CU_ASSERT_EQUAL(read_further("stray-481", "stray='stray-481'", &tc, &err), -EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text,
                           "the flow stray-481 closes no session; name it with stray=, and one that does");
    CU_ASSERT_EQUAL(read_further("close-1-1", "again='close-1-1'", &tc, &err), -EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text,
                           "again= is the flow that closes the session after flow= was refused; close-1-1 "
                           "closes none, or close-1-1 is no refusal");
}

static void keeps_to_its_bounds(void)
{
    char xml[8192];
    struct testcase tc;
    struct error err;
    size_t n = (size_t)snprintf(xml, sizeof xml, "%.*s", (int)(strstr(full, "<rule") - full), full);

    for (int i = 0; i <= TESTCASE_RULES_MAX; i++)
        n += (size_t)snprintf(xml + n, sizeof xml - n, "\n<rule id='a.b'/>");
    snprintf(xml + n, sizeof xml - n, "</testcase>");
    CU_ASSERT_EQUAL(read_one(xml, "pf", &tc, &err), -EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "a test case is about at most 16 rules");
    CU_ASSERT_EQUAL(err.line, 8 + TESTCASE_RULES_MAX + 1);
    n = (size_t)snprintf(xml, sizeof xml, "%.*s", (int)(strstr(full, "<finds") - full), full);
    for (int i = 0; i <= TESTCASE_FINDS_MAX; i++)
        n += (size_t)snprintf(xml + n, sizeof xml - n, "<finds fault='f%d' rule='syntax'/>", i);
    snprintf(xml + n, sizeof xml - n, "</testcase>");
    CU_ASSERT_EQUAL(read_one(xml, "pf", &tc, &err), -EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "a test case names at most 4 faults that it finds");
}

static const char client[] =
    "<testcase id='CPM_CLS_PF_TI_017' flow='close-1-1' closer='client-a'>\n"
    "<title>t</title><reference>R</reference>"
    "<purpose><with>w</with><when>x</when><then>y</then></purpose>\n"
    "<drive role='client-b' scenario='b.xml'/><drive role='%s' %s='call-and-close'/>\n"
    "<define function='%s' value='FAULT=challenge'/>\n"
    "<provokes rule='reply.missing' role='%s'/>\n<rule id='syntax'/></testcase>";

static int read_client(const char *role, const char *action, const char *function, const char *provoker,
                       struct testcase *tc, struct error *err)
{
    char xml[2048];

    snprintf(xml, sizeof xml, client, role, action, function, provoker);
    return read_one(xml, "pf", tc, err);
}

static void reads_what_a_client_under_test_does(void)
{
    struct testcase tc;
    struct error err;

    CU_ASSERT_EQUAL_FATAL(read_client("client-a", "action", "core-a", "core-b", &tc, &err), 0);
    CU_ASSERT_STRING_EQUAL(tc.drive[1].action, "call-and-close");
    CU_ASSERT_TRUE(!*tc.drive[1].scenario && !*tc.drive[0].action);
    CU_ASSERT_TRUE(tc.ndefines == 1 && tc.nprovoked == 1);
    CU_ASSERT_STRING_EQUAL(tc.define[0].role, "core-a");
    CU_ASSERT_STRING_EQUAL(tc.define[0].value, "FAULT=challenge");
    CU_ASSERT_STRING_EQUAL(tc.provoked[0].rule, "reply.missing");
    CU_ASSERT_STRING_EQUAL(tc.provoked[0].role, "core-b");
    CU_ASSERT_EQUAL(read_client("client-c", "action", "core-a", "core-b", &tc, &err), -EINVAL);
    CU_ASSERT_EQUAL(read_client("client-a", "action", "core-c", "core-b", &tc, &err), -EINVAL);
    CU_ASSERT_TRUE(err.line == 4 && strstr(err.text, "\"core-c\" is not a role of the flow"));
    CU_ASSERT_EQUAL(read_client("client-a", "action", "core-a", "core-c", &tc, &err), -EINVAL);
    CU_ASSERT_TRUE(err.line == 5 && strstr(err.text, "\"core-c\" is not a role of the flow"));
    CU_ASSERT_EQUAL(read_client("client-a", "scenario='x.xml' action", "core-a", "core-b", &tc, &err),
                    -EINVAL); /* played, or under test: not both */
}

/* What it finds is what it is about. */
static void finds_what_it_is_about(void)
{
    char xml[2048];
    struct testcase tc;
    struct error err;

    snprintf(xml, sizeof xml, "%.*s<finds fault='f' rule='via.branch'/></testcase>",
             (int)(strstr(full, "<finds") - full), full);
    CU_ASSERT_EQUAL(read_one(xml, "pf", &tc, &err), -EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text,
                           "the test case is not about the rule via.branch; add <rule id=\"via.branch\"/>");
}

static void refuses_the_wrong_folder(void)
{
    struct testcase tc;
    struct error err;

    CU_ASSERT_EQUAL(read_one(full, "core", &tc, &err), -EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "CPM_CLS_PF_TI_017 belongs into the folder pf/, not core/");
}

static void frees_the_schema(void)
{
    xml_schema_free(schema);
    schema = NULL;
}

static const struct test tests[] = {
    {"knows further flows", knows_further_flows},
    {"reads everything", reads_everything},
    {"keeps to its bounds", keeps_to_its_bounds},
    {"reads what a client under test does", reads_what_a_client_under_test_does},
    {"finds what it is about", finds_what_it_is_about},
    {"refuses the wrong folder", refuses_the_wrong_folder},
    {"frees the schema", frees_the_schema},
};
TEST_MAIN("testcase_read", tests)
