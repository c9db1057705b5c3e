#include "drive/fault.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>

static struct faults *set;
static struct error err;

/* A folder of data with this file of faults and the schema that there is. */
static int load(const char *text)
{
    char schema[4096];

    if (!realpath("testcases/schema/faults.rng", schema))
        return -1;
    scratch_path("testcases/schema/x");
    scratch_file("reference-network/faults.xml", text);
    unlink(scratch_path("testcases/schema/faults.rng"));
    if (symlink(schema, scratch_path("testcases/schema/faults.rng")) < 0)
        return -1;
    return faults_load(scratch, &set, &err);
}

static void test_every_fault_that_there_is(void)
{
    CU_ASSERT_EQUAL_FATAL(faults_load(".", &set, &err), 0);
    CU_ASSERT_TRUE(set->n >= 7);
    for (int i = 0; i < set->n; i++) {
        const struct fault *f = &set->fault[i];
        CU_ASSERT_TRUE(f->name[0] && f->description[0]);
        CU_ASSERT_TRUE(f->ndefines + f->nscenarios + f->nnodes + f->nparties > 0 || *f->sut);
        CU_ASSERT_PTR_EQUAL(faults_find(set, f->name), f);
    }
    CU_ASSERT_PTR_NOT_NULL(faults_find(set, "pf-a-bypassed"));
    CU_ASSERT_PTR_NULL(faults_find(set, "no-such-fault"));
    faults_free(set);
}

static void test_all_of_it_is_read(void)
{
    const struct fault *f;

    CU_ASSERT_EQUAL_FATAL(
        load("<faults>\n"
             "<fault name=\"one\" closer=\"client-b\" rule=\"path.missing\" step=\"4\" verdict=\"fail\">"
             "<description>Words\n over two lines.</description>"
             "<define function=\"core-a\" value=\"FAULT=x\"/><define function=\"pf-a\" value=\"EDIT=/a/b/\"/>"
             "<scenario role=\"client-b\" file=\"faults/b.xml\"/></fault>\n"
             "<fault name=\"two\" closer=\"client-a\" rule=\"reply.missing\" "
             "verdict=\"fail\"><description>More.</description>"
             "<define function=\"core-a\" value=\"FAULT=y\"/></fault></faults>"),
        0);
    CU_ASSERT_EQUAL(set->n, 2);
    f = faults_find(set, "one");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_STRING_EQUAL(f->closer, "client-b");
    CU_ASSERT_STRING_EQUAL(f->description, "Words over two lines.");
    CU_ASSERT_TRUE(f->step == 4 && f->ndefines == 2 && f->nscenarios == 1 && f->line == 2);
    CU_ASSERT_STRING_EQUAL(f->define[1].role, "pf-a");
    CU_ASSERT_STRING_EQUAL(f->define[1].value, "EDIT=/a/b/");
    CU_ASSERT_STRING_EQUAL(f->scenario[0].file, "faults/b.xml");
    CU_ASSERT_EQUAL(faults_find(set, "two")->step, 0);
    faults_free(set);
}

static void test_the_shape_of_a_network_is_read(void)
{
    char text[ADDR_TEXT];
    const struct fault *f;

    CU_ASSERT_EQUAL_FATAL(
        load("<faults><fault name=\"n\" closer=\"client-a\" closes=\"pf-a\" sut=\"shapes/x.xml\" "
             "verdict=\"pass\">"
             "<description>d</description>"
             "<node function=\"core-a\" plays=\"entry\" address=\"127.0.10.5\"/>"
             "<party role=\"client-b\" file=\"register.xml\" address=\"127.0.20.9\" preamble=\"yes\"/>"
             "<party role=\"pf-a\" file=\"b2bua/far.xml\" port=\"5070\" twin=\"far\"/></fault></faults>"),
        0);
    f = faults_find(set, "n");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_STRING_EQUAL(f->sut, "shapes/x.xml");
    CU_ASSERT_STRING_EQUAL(f->closes, "pf-a");
    CU_ASSERT_TRUE(f->nnodes == 1 && f->nparties == 2);
    CU_ASSERT_STRING_EQUAL(f->node[0].plays, "entry");
    CU_ASSERT_STRING_EQUAL(addr_format(&f->node[0].at, text), "127.0.10.5");
    CU_ASSERT_TRUE(f->party[0].preamble && f->party[0].has_at && f->party[0].port == 0);
    CU_ASSERT_STRING_EQUAL(addr_format(&f->party[0].at, text), "127.0.20.9");
    CU_ASSERT_TRUE(!f->party[1].preamble && !f->party[1].has_at && f->party[1].port == 5070);
    CU_ASSERT_STRING_EQUAL(f->party[1].twin, "far");
    faults_free(set);
    CU_ASSERT_EQUAL(load("<faults><fault name=\"n\" closer=\"client-a\" verdict=\"pass\">"
                         "<description>d</description>\n"
                         "<node function=\"core-a\" plays=\"edge\" address=\"here\"/></fault></faults>"),
                    -EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "\"here\" is no IP address");
    CU_ASSERT_EQUAL(err.line, 2);
}

static void test_variants_stand_beside_faults(void)
{
    const struct testcase udp = {.closer = "client-a", .transport = "udp", .timeout = NSEC_PER_SEC};
    const struct testcase one = {.id = "CPM_CLS_NET_I_001", .closer = "client-a"};
    const struct testcase own = {.closer = "client-a"}, b = {.closer = "client-b", .transport = "tcp"};
    const struct fault *f;

    scratch_file("reference-network/variants.xml",
                 "<faults><fault name=\"v\" closer=\"client-a\" transport=\"tcp\" timeout=\"2min\" "
                 "verdict=\"pass\"><description>d</description></fault></faults>");
    CU_ASSERT_EQUAL_FATAL(
        load("<faults><fault name=\"x\" closer=\"client-a\" rule=\"syntax\" verdict=\"fail\">"
             "<description>d</description></fault><fault name=\"y\" closer=\"client-a\" "
             "testcase=\"CPM_CLS_NET_I_001\" verdict=\"pass\"><description>d</description></fault></faults>"),
        0);
    CU_ASSERT_EQUAL(set->n, 3);
    f = faults_find(set, "v");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_TRUE(!f->rule[0] && strcmp(f->verdict, "pass") == 0);
    CU_ASSERT_FALSE(fault_shows(f, &udp, "tcp"));
    CU_ASSERT_TRUE(fault_shows(f, &own, "tcp"));
    CU_ASSERT_FALSE(fault_shows(f, &own, "udp"));
    CU_ASSERT_FALSE(fault_shows(f, &b, "tcp"));
    CU_ASSERT_TRUE(fault_shows(faults_find(set, "x"), &udp, "tcp"));
    CU_ASSERT_FALSE(fault_shows(faults_find(set, "y"), &udp, "tcp"));
    CU_ASSERT_TRUE(fault_shows(faults_find(set, "y"), &one, "udp"));
    CU_ASSERT_EQUAL(fault_timeout(f, &udp), 120 * NSEC_PER_SEC);
    CU_ASSERT_EQUAL(fault_timeout(faults_find(set, "x"), &udp), NSEC_PER_SEC);
    CU_ASSERT_EQUAL(fault_timeout(NULL, &udp), NSEC_PER_SEC);
    faults_free(set);
    CU_ASSERT_EQUAL(load("<faults><fault name=\"v\" closer=\"client-a\" rule=\"syntax\" verdict=\"fail\">"
                         "<description>d</description></fault></faults>"),
                    -EINVAL); /* the name is taken */
    unlink(scratch_path("reference-network/variants.xml"));
}

static void test_mistakes_are_refused(void)
{
    CU_ASSERT_EQUAL(load("<faults><fault name=\"x\"/></faults>"), -EINVAL);
    CU_ASSERT_EQUAL(load("<faults><nonsense/></faults>"), -EINVAL);
    CU_ASSERT_EQUAL(load("<faults"), -EINVAL);
    CU_ASSERT_EQUAL(load("<faults>"
                         "<fault name=\"x\" closer=\"client-a\" rule=\"path.missing\" "
                         "verdict=\"fail\"><description>d</description>"
                         "<define function=\"core-a\" value=\"FAULT=y\"/></fault>"
                         "<fault name=\"x\" closer=\"client-a\" rule=\"path.missing\" "
                         "verdict=\"fail\"><description>d</description>"
                         "<define function=\"core-a\" value=\"FAULT=y\"/></fault></faults>"),
                    -EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "there are two faults named \"x\"");
    CU_ASSERT_EQUAL(faults_load("/no/such/place", &set, &err), -ENOENT);
}

/* Whatever a test case is to find is there, and every one but those of clients names something. */
static void test_every_test_case_finds_something(void)
{
    struct testcases *suite = NULL;

    CU_ASSERT_EQUAL_FATAL(faults_load(".", &set, &err), 0);
    CU_ASSERT_EQUAL_FATAL(testcases_load("testcases", &suite, &err), 0);
    for (int i = 0; i < suite->n; i++) {
        const struct testcase *tc = suite->tc[i];
        bool right = tc->nfinds > 0 || strcmp(tc->sut, "CLIENT") == 0;

        for (int k = 0; k < tc->nfinds; k++)
            right &= faults_find(set, tc->finds[k].fault) != NULL;
        CU_ASSERT_TRUE(right);
        if (!right)
            printf("  %s\n", tc->id);
    }
    for (int i = 0; i < set->n; i++)
        if (*set->fault[i].testcase)
            CU_ASSERT_PTR_NOT_NULL(testcases_find(suite, set->fault[i].testcase));
    testcases_free(suite);
    faults_free(set);
}

static const struct test tests[] = {
    {"every fault that there is", test_every_fault_that_there_is},
    {"every test case finds something", test_every_test_case_finds_something},
    {"all of it is read", test_all_of_it_is_read},
    {"the shape of a network is read", test_the_shape_of_a_network_is_read},
    {"variants stand beside faults", test_variants_stand_beside_faults},
    {"mistakes are refused", test_mistakes_are_refused},
};

TEST_MAIN("fault", tests)
