/* What a profile says of the start of a client under test. */
#include "suite/profile.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>

#define SUT(inside) "<sut name='S'>\n<ixit>\n" inside "</ixit></sut>"

static int load(const char *xml, struct profile **ret, struct error *err)
{
    return profile_load(scratch_file("sut.xml", xml), "testcases/schema", ret, err);
}

static void test_a_client_under_test_is_started(void)
{
    struct profile *p = NULL;
    struct error err;

    CU_ASSERT_EQUAL_FATAL(load(SUT("<function role='client-a' under-test='yes'><node address='10.0.0.1'/>"
                                   "<start command='run \"a b\"' network='own'/></function>"
                                   "<function role='client-b' under-test='yes'><node address='10.0.0.2'/>\n"
                                   "<start command='ssh phone' network='host'/></function>"
                                   "<function role='core-a'><node address='10.0.0.3'/></function>"),
                               &p, &err),
                          0);
    CU_ASSERT_STRING_EQUAL(p->function[0].start, "run \"a b\"");
    CU_ASSERT_STRING_EQUAL(p->function[1].start, "ssh phone");
    CU_ASSERT_STRING_EQUAL(p->function[2].start, "");
    CU_ASSERT_TRUE(!p->function[0].start_on_host && p->function[1].start_on_host);
    CU_ASSERT_TRUE(p->function[0].start_apart && !p->function[1].start_apart);
    CU_ASSERT_EQUAL(p->function[1].start_line, p->function[1].line + 1);
    profile_free(p);
}

static bool refuses(const char *function, const char *want)
{
    struct profile *p = NULL;
    struct error err = {.text = ""};
    char xml[1024], text[1024];

    snprintf(xml, sizeof xml, SUT("%s"), function);
    if (load(xml, &p, &err) != -EINVAL || p) {
        profile_free(p);
        return false;
    }
    return scratch_says(error_format(&err, text, sizeof text), want);
}

#define START(role, more, command)                                                                           \
    "<function role='" role "'" more "><node address='10.0.0.1'/>\n"                                         \
    "<start command='" command "'/></function>"

static void test_mistakes_are_refused(void)
{
    static const char not_it[] =
        "sut.xml:4: <start> is for a client that is under test; remove it, or mark a "
        "client under-test=\"yes\"";

    CU_ASSERT_TRUE(refuses(START("client-a", "", "x"), not_it));
    CU_ASSERT_TRUE(refuses(START("core-a", " under-test='yes'", "x"), not_it));
    CU_ASSERT_TRUE(refuses(START("client-a", " under-test='yes'", " "),
                           "sut.xml:4: the command that starts client-a is empty"));
    CU_ASSERT_TRUE(
        refuses(START("client-a", " under-test='yes'", "x \"y"),
                "sut.xml:4: the command has a quote without its end; there is no shell, quotes only "
                "join words"));
}

static const struct test tests[] = {
    {"a client under test is started", test_a_client_under_test_is_started},
    {"mistakes are refused", test_mistakes_are_refused},
};

int main(int argc, char **argv)
{
    return test_main(argc, argv, "profile_start", tests, sizeof tests / sizeof tests[0]);
}
