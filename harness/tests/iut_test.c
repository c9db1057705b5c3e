#include "drive/iut.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>

static struct testcases *suite;
static struct profile *profile;
static struct plan *plan;
static struct error err;

/* Client B is under test over IPv6, client A is as its element says. */
static void load(const char *client_a, const char *start_b)
{
    char text[4096];

    snprintf(text, sizeof text,
             "<sut name='x'><ixit>%s"
             "<function role='core-a'><node address='127.0.10.2' port='5070'/></function>"
             "<function role='pf-a'><node address='127.0.10.3'/></function>"
             "<function role='core-b'><node address='::1' port='5062'/></function>"
             "<function role='pf-b'><node address='127.0.20.3'/></function>"
             "<function role='client-b' under-test='yes'><node address='::1' port='5064'/>%s</function>"
             "<user side='a' uri='sip:alice@a.example' password='pa'/>"
             "<user side='b' uri='sip:bob@b.example' password='pb'/></ixit>"
             "<ics><supports feature='tcp'/></ics></sut>",
             client_a, start_b);
    profile_free(profile);
    profile = NULL;
    CU_ASSERT_EQUAL_FATAL(profile_load(scratch_file("sut.xml", text), "testcases/schema", &profile, &err), 0);
}

static const char client_a[] = "<function role='client-a'><node address='127.0.10.1'/></function>";

static int make(const char *id)
{
    struct plan_spec spec = {profile, testcases_find(suite, id), NULL, "/data", "/out"};

    CU_ASSERT_PTR_NOT_NULL_FATAL(spec.testcase);
    return plan_new(&spec, &plan, &err);
}

static bool has(const struct plan_party *p, const char *setting)
{
    for (int i = 0; p->env && p->env[i]; i++)
        if (strcmp(p->env[i], setting) == 0)
            return true;
    printf("\n  no %s\n", setting);
    return false;
}

static bool word(const struct plan_party *p, const char *text)
{
    for (int i = 0; p->argv[i]; i++)
        if (strcmp(p->argv[i], text) == 0)
            return true;
    return false;
}

static void test_a_command_is_told_all_it_needs(void)
{
    const struct plan_party *p;

    load(client_a, "<start command='run-it \"all of it\" now'/>");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_CLIENT_V_006"), 0); /* B closes, over TCP */
    CU_ASSERT_EQUAL_FATAL(plan->nclients, 2);
    p = &plan->client[0];
    CU_ASSERT_TRUE(p->kind == PLAN_COMMAND && plan_has_iut(plan));
    CU_ASSERT_STRING_EQUAL(p->argv[0], "run-it");
    CU_ASSERT_STRING_EQUAL(p->argv[1], "all of it");
    CU_ASSERT_STRING_EQUAL(p->argv[2], "now");
    CU_ASSERT_PTR_NULL(p->argv[3]);
    CU_ASSERT_TRUE(has(p, "CPMSPEC_TESTCASE=CPM_CLS_CLIENT_V_006") && has(p, "CPMSPEC_ROLE=client-b"));
    CU_ASSERT_TRUE(has(p, "CPMSPEC_ACTION=be-called-and-close"));
    CU_ASSERT_TRUE(has(p, "CPMSPEC_URI=sip:bob@b.example") && has(p, "CPMSPEC_PEER_URI=sip:alice@a.example"));
    CU_ASSERT_TRUE(has(p, "CPMSPEC_USERNAME=bob@b.example") && has(p, "CPMSPEC_PASSWORD=pb"));
    CU_ASSERT_TRUE(has(p, "CPMSPEC_PROXY=[::1]:5062") && has(p, "CPMSPEC_TRANSPORT=tcp"));
    CU_ASSERT_TRUE(has(p, "CPMSPEC_ADDRESS=::1") && has(p, "CPMSPEC_PORT=5064"));
    CU_ASSERT_TRUE(has(p, "CPMSPEC_SECONDS=60") && has(p, "CPMSPEC_DIR=/out/client-b-under-test"));
    CU_ASSERT_STRING_EQUAL(p->log, "/out/client-b-under-test.log");
    CU_ASSERT_STRING_EQUAL(p->identity, "bob@b.example");
    plan_free(plan);
}

/* It is not known how fast the other end is: they wait for it for as long as the test case may take. */
static void test_the_others_have_patience(void)
{
    load(client_a, "<start command='x'/>");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_CLIENT_V_002"), 0);
    CU_ASSERT_TRUE(plan->client[1].kind == PLAN_PLAYED && word(&plan->client[1], "60000"));
    CU_ASSERT_FALSE(plan->told);
    plan_free(plan);
}

static void test_a_function_is_told_to_misbehave(void)
{
    load(client_a, "<start command='x'/>");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_CLIENT_V_010"), 0);
    CU_ASSERT_TRUE(plan->told);
    for (int i = 0; i < plan->nfunctions; i++)
        CU_ASSERT_EQUAL(word(&plan->function[i], "FAULT=challenge"),
                        strcmp(plan->function[i].role, "core-b") == 0);
    plan_free(plan);
}

static void test_where_it_can_live(void)
{
    load(client_a, "<start command='x'/>");
    CU_ASSERT_TRUE(plan_is_private(profile));
    load(client_a, "<start command='x' network='host'/>");
    CU_ASSERT_FALSE(plan_is_private(profile));
    load(client_a, "");
    CU_ASSERT_FALSE(plan_is_private(profile));
    load("<function role='client-a'><node address='192.0.2.1'/></function>", "<start command='x'/>");
    CU_ASSERT_FALSE(plan_is_private(profile));
    load("<function role='client-a'><node address='192.0.2.1'/></function>",
         "<start command='x' network='own'/>");
    CU_ASSERT_TRUE(plan_is_private(profile));
}

static void test_a_person_is_asked(void)
{
    char task[IUT_TASK_MAX];

    load(client_a, "");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_CLIENT_V_004"), 0);
    CU_ASSERT_TRUE(plan->client[0].kind == PLAN_OPERATOR && !plan->client[0].argv[0]);
    plan_free(plan);
    CU_ASSERT_STRING_EQUAL(iut_task(profile, testcases_find(suite, "CPM_CLS_CLIENT_V_004"), task),
                           "client-b: register sip:bob@b.example at [::1]:5062 over UDP (user name "
                           "bob@b.example, password pb), answer the session of sip:alice@a.example, and "
                           "leave it to the other end to close it, within 60 s");
    CU_ASSERT_STRING_EQUAL(iut_task(profile, testcases_find(suite, "CPM_CLS_NET_V_001"), task), "");
    load(client_a, "<start command='x'/>");
    CU_ASSERT_STRING_EQUAL(iut_task(profile, testcases_find(suite, "CPM_CLS_CLIENT_V_004"), task), "");
}

static void test_what_it_lacks_is_told(void)
{
    load(client_a, "<start command='x'/>");
    profile->node[profile->nnodes - 1].bits = 64;
    CU_ASSERT_EQUAL(make("CPM_CLS_CLIENT_V_004"), -EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "client-b is under test and has no address of its own"));
    profile->node[profile->nnodes - 1].bits = 128;
    profile->nusers = 1;
    CU_ASSERT_EQUAL(make("CPM_CLS_CLIENT_V_004"), -EINVAL);
}

static bool registers(const char *text)
{
    return iut_is_registered(slice_of(text), "bob@b.example");
}

static void test_a_registration_is_seen(void)
{
    static const char ok[] =
        "\x01\x02 bytes before it SIP/2.0 200 OK\r\nvia: SIP/2.0/UDP h;branch=z9hG4bKx\r\n"
        "t: \"Bob\" <sip:Bob@b.example;user=phone>;tag=1\r\nf: <sip:bob@b.example>\r\n"
        "cseq: 2   REGISTER\r\nm: <sip:bob@127.0.20.1>;expires=600\r\nl: 0\r\n\r\n";
    static const struct {
        const char *from, *to;
    } changes[] = {{" 200", " 401"},
                   {"REGISTER", "INVITE"},
                   {"Bob@b", "bobby@b"},
                   {"\nm: <", "\nx: <"},
                   {"\nt: ", "\ny: "}};

    CU_ASSERT_TRUE(registers(ok));
    CU_ASSERT_FALSE(registers(""));
    CU_ASSERT_FALSE(registers("REGISTER sip:b.example SIP/2.0\r\nTo: <sip:bob@b.example>\r\n\r\n"));
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const char *at = strstr(ok, changes[i].from);
        char text[512];

        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - ok), ok, changes[i].to,
                 at + strlen(changes[i].from));
        CU_ASSERT_FALSE(registers(text));
    }
}

static const struct test tests[] = {
    {"a command is told all it needs", test_a_command_is_told_all_it_needs},
    {"the others have patience", test_the_others_have_patience},
    {"a function is told to misbehave", test_a_function_is_told_to_misbehave},
    {"where it can live", test_where_it_can_live},
    {"a person is asked", test_a_person_is_asked},
    {"what it lacks is told", test_what_it_lacks_is_told},
    {"a registration is seen", test_a_registration_is_seen},
};

int main(int argc, char **argv)
{
    int status;

    if (testcases_load("testcases", &suite, &err) < 0) {
        printf("%s\n", err.text);
        return 99;
    }
    status = test_main(argc, argv, "iut", tests, sizeof tests / sizeof tests[0]);
    profile_free(profile);
    testcases_free(suite);
    return status;
}
