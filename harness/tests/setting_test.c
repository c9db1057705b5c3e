#include "cli/setting.h"

#include "oracle/rule.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>

/* A test program does not stand where the program does; tests run in the source tree. */
static int load(const char *sut, struct setting *ret, struct error *err)
{
    setenv("CPMSPEC_HOME", ".", 1);
    return setting_load(sut, ret, err);
}

static void loads_the_default(void)
{
    struct setting s;
    struct error err;

    CU_ASSERT_EQUAL_FATAL(load(NULL, &s, &err), 0);
    CU_ASSERT_STRING_EQUAL(s.profile->name, "Reference network");
    CU_ASSERT_TRUE(s.suite->n >= 4);
    setting_done(&s);
    CU_ASSERT_TRUE(!s.suite && !s.profile);
}

static void refuses_a_role_of_no_flow(void)
{
    struct setting s = {.suite = NULL};
    struct error err;
    const char *path =
        scratch_file("sut.xml", "<sut name='S'><ixit>\n<function role='core-c'><node address='10.0.0.1'/>"
                                "</function></ixit></sut>");

    CU_ASSERT_EQUAL(load(path, &s, &err), -EINVAL);
    CU_ASSERT_EQUAL(err.line, 2);
    CU_ASSERT_STRING_EQUAL(
        err.text, "role \"core-c\" is not a role of the flow close-1-1; use one of client-a, core-a, "
                  "pf-a, core-b, pf-b or client-b");
    CU_ASSERT_PTR_NULL(s.suite);
}

/* What a test case says it is about is a rule that there is. */
static void knows_every_rule_of_the_test_cases(void)
{
    struct setting s;
    struct error err;

    CU_ASSERT_EQUAL_FATAL(load(NULL, &s, &err), 0);
    for (int i = 0; i < s.suite->n; i++)
        for (int k = 0; k < s.suite->tc[i]->nrules; k++) {
            CU_ASSERT_PTR_NOT_NULL(rule_find(s.suite->tc[i]->rule[k]));
            if (!rule_find(s.suite->tc[i]->rule[k]))
                printf("  %s: %s\n", s.suite->tc[i]->id, s.suite->tc[i]->rule[k]);
        }
    setting_done(&s);
}

static const struct test tests[] = {
    {"loads the default", loads_the_default},
    {"refuses a role of no flow", refuses_a_role_of_no_flow},
    {"knows every rule of the test cases", knows_every_rule_of_the_test_cases},
};
TEST_MAIN("setting", tests)
