#include "suite/testcase.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>

static struct testcases *ours(void)
{
    struct testcases *s = NULL;
    struct error err = {.text = ""};

    if (testcases_load("testcases", &s, &err) < 0) {
        printf("  %s:%d: %s\n", err.file, err.line, err.text);
        CU_FAIL_FATAL("testcases/");
    }
    return s;
}

static void reads_our_own(void)
{
    struct testcases *s = ours();
    const struct testcase *tc = testcases_find(s, "CPM_CLS_NET_V_001");

    CU_ASSERT_TRUE_FATAL(s->n >= 4 && tc);
    CU_ASSERT_STRING_EQUAL(tc->sut, "NET");
    CU_ASSERT_STRING_EQUAL(tc->flow->id, "close-1-1");
    CU_ASSERT_STRING_EQUAL(tc->transport, "udp");
    CU_ASSERT_EQUAL(tc->timeout, 30 * NSEC_PER_SEC);
    CU_ASSERT_EQUAL(tc->attempts, 1);
    CU_ASSERT_EQUAL(testcases_find(s, "CPM_CLS_NET_O_001")->attempts, 3);
    CU_ASSERT_FALSE(tc->mirrored);
    CU_ASSERT_EQUAL_FATAL(tc->ndrives, 3);
    CU_ASSERT_TRUE(tc->drive[0].preamble && !tc->drive[1].preamble && !tc->drive[2].preamble);
    CU_ASSERT_STRING_EQUAL(tc->drive[2].role, "client-a");
    CU_ASSERT_TRUE(testcases_find(s, "CPM_CLS_NET_V_002")->mirrored);
    CU_ASSERT_PTR_NULL(testcases_find(s, "CPM_CLS_NET_V_999"));
    CU_ASSERT_PTR_NOT_NULL(testcases_flow(s, "close-1-1"));
    CU_ASSERT_PTR_NULL(testcases_flow(s, "close"));
    CU_ASSERT_STRING_EQUAL(s->tc[0]->id, "CPM_CLS_NET_V_001");
    for (int i = 1; i < s->n; i++) {
        const struct testcase *a = s->tc[i - 1], *b = s->tc[i];
        CU_ASSERT_FALSE(strcmp(a->sut, "NET") != 0 && strcmp(b->sut, "NET") == 0);
        CU_ASSERT_FALSE(strncmp(a->id, b->id, strlen(a->id) - 3) == 0 && strcmp(a->id, b->id) >= 0);
    }
    testcases_free(s);
    testcases_free(NULL);
}

/* What a test case names must be there to be run: no scenario is only promised. */
static void ships_every_scenario(void)
{
    struct testcases *s = ours();

    for (int i = 0; i < s->n; i++)
        for (int d = 0; d < s->tc[i]->ndrives; d++) {
            char path[256];

            snprintf(path, sizeof path, "sipp-scenarios/%s", s->tc[i]->drive[d].scenario);
            CU_ASSERT_EQUAL(access(path, R_OK), 0);
            if (access(path, R_OK) != 0)
                printf("  %s: no %s\n", s->tc[i]->id, path);
        }
    testcases_free(s);
}

static void picks(void)
{
    struct testcases *s = ours();
    const struct testcase *tc = testcases_find(s, "CPM_CLS_NET_V_001");
    static const char *const globs[] = {"CPM_CLS_PF_*", "*_V_00[12]"};

    CU_ASSERT_TRUE(testcase_picked(tc, NULL, 0));
    CU_ASSERT_TRUE(testcase_picked(tc, globs, 2));
    CU_ASSERT_FALSE(testcase_picked(tc, globs, 1));
    testcases_free(s);
}

#define FUNCTION(role, last, more)                                                                           \
    "<function role='" role "' " more "><node address='10.0.0." last "'/></function>"
#define SIX                                                                                                  \
    FUNCTION("client-a", "1", "")                                                                            \
    FUNCTION("core-a", "2", "")                                                                              \
    FUNCTION("pf-a", "3", "")                                                                                \
    FUNCTION("core-b", "4", "") FUNCTION("pf-b", "5", "") FUNCTION("client-b", "6", "")
#define USERS               "<user side='a' uri='sip:a@x'/><user side='b' uri='sip:b@x'/>"
#define SUT(functions, ics) "<sut name='S'><ixit>" functions "</ixit><ics>" ics "</ics></sut>"

static const char *why_not(const struct testcase *tc, const char *sut)
{
    static char why[TESTCASE_WHY];
    struct profile *p = NULL;
    struct error err = {.text = ""};
    bool yes;

    if (profile_load(scratch_file("sut.xml", sut), "testcases/schema", &p, &err) < 0) {
        printf("  %d: %s\n", err.line, err.text);
        CU_FAIL_FATAL("profile");
    }
    yes = testcase_applies(tc, p, why);
    CU_ASSERT_EQUAL(yes, why[0] == '\0');
    profile_free(p);
    return why;
}

static void knows_what_applies(void)
{
    struct testcases *s = ours();
    const struct testcase *udp = testcases_find(s, "CPM_CLS_NET_V_001"),
                          *tcp = testcases_find(s, "CPM_CLS_NET_V_003");
    struct testcase pf = *udp;

    snprintf(pf.sut, sizeof pf.sut, "PF");
    pf.nneeds = 1;
    pf.need[0] = (struct testcase_need){NEED_PROXY, "pf-a"};
    CU_ASSERT_STRING_EQUAL(why_not(udp, SUT(SIX USERS, "")), "");
    CU_ASSERT_STRING_EQUAL(why_not(tcp, SUT(SIX USERS, "")),
                           "the SUT is reached over udp, and its ICS does not claim the feature tcp");
    CU_ASSERT_STRING_EQUAL(why_not(tcp, SUT(SIX USERS, "<supports feature='tcp'/>")), "");
    CU_ASSERT_STRING_EQUAL(why_not(udp, SUT(SIX, "")), "the profile names no user for client-b");
    CU_ASSERT_STRING_EQUAL(why_not(udp, SUT(FUNCTION("client-a", "1", ""), "")),
                           "the profile names no core-a");
    CU_ASSERT_STRING_EQUAL(why_not(&pf, SUT(SIX USERS, "")), "");
    CU_ASSERT_STRING_EQUAL(why_not(&pf, SUT(SIX USERS, "<b2bua role='pf-a'/>")), "pf-a is a B2BUA");
    pf.need[0].kind = NEED_B2BUA;
    CU_ASSERT_STRING_EQUAL(why_not(&pf, SUT(SIX USERS, "<b2bua role='pf-a'/>")), "");
    CU_ASSERT_STRING_EQUAL(why_not(&pf, SUT(SIX USERS, "")), "pf-a is not declared a B2BUA");
    pf.need[0] = (struct testcase_need){NEED_FEATURE, "refer"};
    CU_ASSERT_STRING_EQUAL(why_not(&pf, SUT(SIX USERS, "")), "the ICS does not claim the feature refer");
    testcases_free(s);
}

#define FIVE_AND(last)                                                                                       \
    FUNCTION("client-a", "1", "")                                                                            \
    FUNCTION("pf-a", "3", "")                                                                                \
    FUNCTION("core-b", "4", "") FUNCTION("pf-b", "5", "") FUNCTION("client-b", "6", "") last

static void knows_who_is_under_test(void)
{
    struct testcases *s = ours();
    const struct testcase *net = testcases_find(s, "CPM_CLS_NET_V_001");
    struct testcase pf = *net, core = *net;

    snprintf(pf.sut, sizeof pf.sut, "PF");
    snprintf(core.sut, sizeof core.sut, "CORE");
#define CORE_UNDER_TEST SUT(FIVE_AND(FUNCTION("core-a", "2", "under-test='yes'")) USERS, "")
    CU_ASSERT_STRING_EQUAL(why_not(net, CORE_UNDER_TEST), "");
    CU_ASSERT_STRING_EQUAL(why_not(&core, CORE_UNDER_TEST), "");
    CU_ASSERT_STRING_EQUAL(why_not(&pf, CORE_UNDER_TEST), "no participating function is under test");
    CU_ASSERT_STRING_EQUAL(
        why_not(net, SUT(FUNCTION("client-a", "1", "under-test='yes'") FUNCTION("core-a", "2", "")
                             FUNCTION("pf-a", "3", "") FUNCTION("core-b", "4", "") FUNCTION("pf-b", "5", "")
                                 FUNCTION("client-b", "6", "") USERS,
                         "")),
        "client-a is under test itself, and this test case plays it");
    testcases_free(s);
}

/* Those of clients are for the very client that is under test; one that has a function misbehave needs one
 * that is played. */
static void knows_which_client_is_under_test(void)
{
    struct testcases *s = ours();
    const struct testcase *a = testcases_find(s, "CPM_CLS_CLIENT_V_001"),
                          *b = testcases_find(s, "CPM_CLS_CLIENT_V_002"),
                          *told = testcases_find(s, "CPM_CLS_CLIENT_V_009");

#define CLIENT_UNDER_TEST(core)                                                                              \
    SUT(FUNCTION("client-a", "1", "under-test='yes'") FUNCTION("core-a", "2", core)                          \
            FUNCTION("pf-a", "3", "") FUNCTION("core-b", "4", "") FUNCTION("pf-b", "5", "")                  \
                FUNCTION("client-b", "6", "") USERS,                                                         \
        "")
    CU_ASSERT_STRING_EQUAL(why_not(a, SUT(SIX USERS, "")), "client-a is not under test");
    CU_ASSERT_STRING_EQUAL(why_not(a, CLIENT_UNDER_TEST("")), "");
    CU_ASSERT_STRING_EQUAL(why_not(b, CLIENT_UNDER_TEST("")), "client-b is not under test");
    CU_ASSERT_STRING_EQUAL(why_not(told, CLIENT_UNDER_TEST("")), "");
    CU_ASSERT_STRING_EQUAL(why_not(a, CLIENT_UNDER_TEST("under-test='yes'")), "");
    CU_ASSERT_STRING_EQUAL(why_not(told, CLIENT_UNDER_TEST("under-test='yes'")),
                           "core-a is under test, and this test case has it misbehave");
    testcases_free(s);
}

static const char good[] = "<testcase id='CPM_CLS_NET_V_001' flow='close-1-1' closer='client-a'>\n"
                           "<title>t</title>\n"
                           "<reference>r</reference>\n"
                           "<purpose><with>w</with><when>x</when><then>y</then></purpose>\n"
                           "<needs feature='tcp'/>\n"
                           "<preamble role='client-b' scenario='register.xml'/>\n"
                           "<drive role='client-b' scenario='b.xml'/>\n"
                           "<drive role='client-a' scenario='a.xml'/>\n"
                           "<rule id='path.missing'/>\n"
                           "</testcase>\n";

static void copy_into_scratch(const char *from, const char *name)
{
    static char bytes[128 * 1024];
    FILE *f = fopen(from, "r");
    size_t n;

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    scratch_write(name, bytes, n);
}

static void make_home(void)
{
    static bool made;

    if (made)
        return;
    made = true;
    copy_into_scratch("testcases/schema/flow.rng", "tc/schema/flow.rng");
    copy_into_scratch("testcases/schema/testcase.rng", "tc/schema/testcase.rng");
    copy_into_scratch("testcases/flows/close-1-1.xml", "tc/flows/close-1-1.xml");
}

/* `good` with its first `what` replaced by `with`, as file `name`. */
static bool refuses_as(const char *name, const char *what, const char *with, const char *want)
{
    const char *at = strstr(good, what);
    char xml[2048], dir[PATH_MAX], path[PATH_MAX], text[1024];
    struct testcases *s = NULL;
    struct error err = {.text = ""};
    int r;

    make_home();
    snprintf(dir, sizeof dir, "%s", scratch_path("tc"));
    if (!at)
        return false;
    snprintf(xml, sizeof xml, "%.*s%s%s", (int)(at - good), good, with, at + strlen(what));
    snprintf(path, sizeof path, "%s", scratch_file(name, xml));
    r = testcases_load(dir, &s, &err);
    unlink(path);
    testcases_free(s);
    error_format(&err, text, sizeof text);
    return want[0] ? r == -EINVAL && scratch_says(text, want) : r == 0;
}

#define FILE_001 "tc/network/CPM_CLS_NET_V_001.xml"

static bool refuses(const char *what, const char *with, const char *want)
{
    char full[1024];

    snprintf(full, sizeof full, "%s%s", FILE_001, want);
    return refuses_as(FILE_001, what, with, full);
}

static void refuses_wrong_places(void)
{
    CU_ASSERT_TRUE(refuses_as(FILE_001, "<title>", "<title>", ""));
    CU_ASSERT_TRUE(refuses_as(
        "tc/network/CPM_CLS_NET_V_002.xml", "t", "t",
        "tc/network/CPM_CLS_NET_V_002.xml:1: the id is CPM_CLS_NET_V_001, so the file must be named "
        "CPM_CLS_NET_V_001.xml"));
    CU_ASSERT_TRUE(refuses_as(
        "tc/pf/CPM_CLS_NET_V_001.xml", "t", "t",
        "tc/pf/CPM_CLS_NET_V_001.xml:1: CPM_CLS_NET_V_001 belongs into the folder network/, not pf/"));
    CU_ASSERT_TRUE(refuses("CPM_CLS_NET_V_001", "CPM_CLS_NET_X_001",
                           ":1: id=\"CPM_CLS_NET_X_001\" on <testcase> is not an id of the form "
                           "CPM_CLS_<NET|PF|CORE|CLIENT>_<V|I|O|TI>_<nnn>"));
    CU_ASSERT_TRUE(refuses_as("tc/network/notes.txt", "t", "t", ""));
    CU_ASSERT_TRUE(refuses_as("tc/network/.CPM_CLS_NET_V_001.xml", "t", "t", ""));
}

static void refuses_wrong_contents(void)
{
    CU_ASSERT_TRUE(refuses("close-1-1", "open-1-1",
                           ":1: there is no flow with the id \"open-1-1\" in the folder flows/"));
    CU_ASSERT_TRUE(refuses("closer='client-a'", "closer='client-c'",
                           ":1: role \"client-c\" is not a role of the flow close-1-1"));
    CU_ASSERT_TRUE(
        refuses("closer='client-a'", "closer='core-a'",
                ":1: \"core-a\" cannot close: the flow starts at \"client-a\", its mirror at \"client-b\""));
    CU_ASSERT_TRUE(refuses("closer=", "timeout='4' closer=",
                           ":1: timeout \"4\" is no duration; write \"40s\", up to ten minutes"));
    CU_ASSERT_TRUE(
        refuses("closer=", "attempts='1' closer=",
                ":1: attempts=\"1\" on <testcase> is not how often it is run at most where it comes "
                "out inconclusive, 2 to 9"));
    CU_ASSERT_TRUE(refuses("closer=", "timeout='' closer=",
                           ":1: timeout \"\" is no duration; write \"40s\", up to ten minutes"));
    CU_ASSERT_TRUE(refuses("closer=", "transport='tls' closer=",
                           ":1: transport=\"tls\" on <testcase> is not known; use udp or tcp"));
    CU_ASSERT_TRUE(refuses("feature='tcp'", "",
                           ":5: <needs> names nothing; give exactly one of feature, proxy or b2bua"));
    CU_ASSERT_TRUE(refuses("feature='tcp'", "feature='tcp' proxy='pf-a'",
                           ":5: <needs> names several things; give exactly one of feature, proxy or b2bua"));
    CU_ASSERT_TRUE(
        refuses("feature='tcp'", "proxy='pf-c'", ":5: role \"pf-c\" is not a role of the flow close-1-1"));
    CU_ASSERT_TRUE(refuses("'client-a' scenario", "'client-c' scenario",
                           ":8: role \"client-c\" is not a role of the flow close-1-1"));
    CU_ASSERT_TRUE(refuses("'client-a' scenario", "'client-b' scenario",
                           ":8: \"client-b\" is already driven in line 7; one address serves one SIPp"));
    CU_ASSERT_TRUE(refuses("a.xml", "../a.xml",
                           ":8: scenario=\"../a.xml\" on <drive> is not a file inside sipp-scenarios/ "
                           "(\"client-a-closes.xml\")"));
    CU_ASSERT_TRUE(refuses("<title>t</title>", "", ":1: <testcase> lacks a <title>"));
    CU_ASSERT_TRUE(refuses("path.missing", "Path",
                           ":9: id=\"Path\" on <rule> is not the id of a rule (\"path.missing\")"));
    CU_ASSERT_TRUE(
        refuses("</testcase>", "</testcas>",
                ":10: this is not well-formed XML: Opening and ending tag mismatch: testcase line 1 and "
                "testcas"));
}

static void refuses_a_folder_without_flows(void)
{
    struct testcases *s = NULL;
    struct error err;
    char dir[PATH_MAX];

    snprintf(dir, sizeof dir, "%s", scratch_path("nothing"));
    CU_ASSERT_EQUAL(testcases_load(dir, &s, &err), -ENOENT);
    CU_ASSERT_STRING_EQUAL(err.text, "there is no flow in its folder flows/; is this the folder testcases/?");
    CU_ASSERT_PTR_NULL(s);
}

static void refuses_a_flow_given_twice(void)
{
    struct testcases *s = NULL;
    struct error err;
    char dir[PATH_MAX], text[1024];

    make_home();
    copy_into_scratch("testcases/flows/close-1-1.xml", "tc/flows/close-again.xml");
    snprintf(dir, sizeof dir, "%s", scratch_path("tc"));
    CU_ASSERT_EQUAL(testcases_load(dir, &s, &err), -EINVAL);
    CU_ASSERT_TRUE(scratch_says(
        error_format(&err, text, sizeof text),
        "tc/flows/close-again.xml:1: another file has a flow with the id \"close-1-1\" already"));
    unlink(scratch_path("tc/flows/close-again.xml"));
}

/* The close-1-1 flow once more under another id, in a file that comes first. */
static void add_first_flow(bool judged)
{
    static char text[1 << 16];
    FILE *f = fopen("testcases/flows/close-1-1.xml", "r");
    size_t n;
    char *id, *mark;

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = '\0';
    id = strstr(text, "\"close-1-1\"");
    mark = strstr(text, " judged=\"yes\"");
    CU_ASSERT_TRUE_FATAL(id && mark);
    memcpy(id, "\"another-1\"", 11);
    if (!judged)
        memset(mark, ' ', strlen(" judged=\"yes\""));
    scratch_file("tc/flows/a.xml", text);
}

/* Which flow captures are judged by is said in the flow, whatever its file is called. */
static void knows_the_flow_that_captures_are_judged_by(void)
{
    struct testcases *s = NULL;
    struct error err;
    char dir[PATH_MAX];

    make_home();
    snprintf(dir, sizeof dir, "%s", scratch_path("tc"));
    add_first_flow(false);
    CU_ASSERT_EQUAL_FATAL(testcases_load_flows(dir, &s, &err), 0);
    CU_ASSERT_STRING_EQUAL(s->flow[0]->id, "another-1");
    CU_ASSERT_STRING_EQUAL(s->judged->id, "close-1-1");
    testcases_free(s);
    add_first_flow(true);
    CU_ASSERT_EQUAL(testcases_load_flows(dir, &s, &err), -EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "captures are judged by the flow \"another-1\" already; only one is "
                                     "judged=\"yes\"");
    unlink(scratch_path("tc/flows/a.xml"));
}

static const struct test tests[] = {
    {"reads our own", reads_our_own},
    {"ships every scenario", ships_every_scenario},
    {"picks", picks},
    {"knows what applies", knows_what_applies},
    {"knows which client is under test", knows_which_client_is_under_test},
    {"knows who is under test", knows_who_is_under_test},
    {"refuses wrong places", refuses_wrong_places},
    {"refuses wrong contents", refuses_wrong_contents},
    {"refuses a folder without flows", refuses_a_folder_without_flows},
    {"refuses a flow given twice", refuses_a_flow_given_twice},
    {"knows the flow that captures are judged by", knows_the_flow_that_captures_are_judged_by},
};
TEST_MAIN("testcase", tests)
