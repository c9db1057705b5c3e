#include "drive/plan.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>

static struct testcases *suite;
static struct profile *profile;
static struct plan *plan;
static struct error err;

static int make(const char *testcase, const struct fault *fault)
{
    struct plan_spec spec = {profile, testcases_find(suite, testcase), fault, "/data", "/out"};

    CU_ASSERT_PTR_NOT_NULL_FATAL(spec.testcase);
    return plan_new(&spec, &plan, &err);
}

static void load(const char *path)
{
    profile_free(profile);
    profile = NULL;
    CU_ASSERT_EQUAL_FATAL(profile_load(path, "testcases/schema", &profile, &err), 0);
}

/* A profile of its own, for what the default one does not have. */
static void load_all(const char *functions, const char *transport, const char *captures)
{
    char text[4096];

    snprintf(text, sizeof text,
             "<sut name=\"x\"><ixit transport=\"%s\">%s"
             "<user side=\"a\" uri=\"sip:alice@a.example\" password=\"pa\"/>"
             "<user side=\"b\" uri=\"sip:bob@b.example\" password=\"pb\"/>%s</ixit></sut>",
             transport, functions, captures);
    load(scratch_file("sut.xml", text));
}

static void load_text(const char *functions, const char *transport)
{
    load_all(functions, transport, "");
}

static void load_after(const char *functions, const char *captures)
{
    load_all(functions, "udp", captures);
}

/* Whether `word` and then `next` stand in a command line. */
static bool has(const struct plan_party *p, const char *word, const char *next)
{
    for (int i = 0; p->argv[i]; i++)
        if (strcmp(p->argv[i], word) == 0 && (!next || (p->argv[i + 1] && strcmp(p->argv[i + 1], next) == 0)))
            return true;
    printf("\n  no \"%s %s\" in:", word, next ? next : "");
    for (int i = 0; p->argv[i]; i++)
        printf(" %s", p->argv[i]);
    return false;
}

static bool lacks(const struct plan_party *p, const char *start)
{
    for (int i = 0; p->argv[i]; i++)
        if (strncmp(p->argv[i], start, strlen(start)) == 0)
            return false;
    return true;
}

static const struct plan_party *function(const char *role)
{
    for (int i = 0; i < plan->nfunctions; i++)
        if (strcmp(plan->function[i].role, role) == 0)
            return &plan->function[i];
    CU_FAIL_FATAL("no such function");
    return NULL;
}

static void test_the_reference_network(void)
{
    const struct plan_party *p;
    char text[ENDPOINT_TEXT];

    load("reference-network/sut.xml");
    CU_ASSERT_TRUE(plan_is_private(profile));
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_001", NULL), 0);
    CU_ASSERT_EQUAL(plan->nfunctions, 4);
    p = function("core-a");
    CU_ASSERT_TRUE(has(p, "kamailio", "-f") && has(p, "-f", "/data/reference-network/kamailio.cfg"));
    CU_ASSERT_TRUE(has(p, "-l", "udp:127.0.10.2:5060") && has(p, "-l", "tcp:127.0.10.2:5060"));
    CU_ASSERT_TRUE(has(p, "-A", "ROLE_CORE") && has(p, "-A", "SELF=sip:127.0.10.2:5060"));
    CU_ASSERT_TRUE(has(p, "-A", "USER_1=alice@a.example") && has(p, "-A", "SECRET_1=alice-secret"));
    CU_ASSERT_TRUE(has(p, "-A", "PF_1=sip:127.0.10.3:5060") && has(p, "-A", "PEER=sip:127.0.20.2:5060"));
    CU_ASSERT_TRUE(has(p, "-w", "/out/core-a") && lacks(p, "USER_2"));
    CU_ASSERT_STRING_EQUAL(endpoint_format(&p->at, text), "127.0.10.2:5060");
    CU_ASSERT_STRING_EQUAL(p->log, "/out/core-a.log");
    p = function("pf-b");
    CU_ASSERT_TRUE(has(p, "-A", "ROLE_PF") && lacks(p, "USER_") && lacks(p, "PEER"));
    plan_free(plan);
}

static void test_the_clients_in_their_order(void)
{
    const struct plan_party *p;

    load("reference-network/sut.xml");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_001", NULL), 0);
    CU_ASSERT_EQUAL_FATAL(plan->nclients, 3);
    p = &plan->client[0];
    CU_ASSERT_TRUE(p->preamble && strcmp(p->name, "client-b-register") == 0);
    CU_ASSERT_STRING_EQUAL(plan->client[1].name, "client-b-is-closed");
    p = &plan->client[2];
    CU_ASSERT_STRING_EQUAL(p->name, "client-a-closes");
    CU_ASSERT_FALSE(p->preamble || plan->client[1].preamble);
    CU_ASSERT_TRUE(has(p, "sipp", "127.0.10.2:5060") &&
                   has(p, "-sf", "/data/sipp-scenarios/client-a-closes.xml"));
    CU_ASSERT_TRUE(has(p, "-i", "127.0.10.1") && has(p, "-p", "5060") && has(p, "-t", "u1"));
    CU_ASSERT_TRUE(has(p, "-m", "1"));
    CU_ASSERT_TRUE(has(p, "-au", "alice@a.example") && has(p, "-ap", "alice-secret"));
    CU_ASSERT_TRUE(has(p, "own_user", "alice") && has(p, "own_domain", "a.example"));
    CU_ASSERT_TRUE(has(p, "peer_uri", "sip:bob@b.example") && has(p, "-auth_uri", "a.example"));
    CU_ASSERT_TRUE(has(p, "-error_file", "/out/client-a-closes.errors.log"));
    CU_ASSERT_STRING_EQUAL(p->errors, "/out/client-a-closes.errors.log");
    plan_free(plan);
}

static void test_several_sessions(void)
{
    load("reference-network/sut.xml");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_030", NULL), 0);
    CU_ASSERT_EQUAL_FATAL(plan->nclients, 3);
    CU_ASSERT_TRUE(has(&plan->client[0], "-m", "1"));
    CU_ASSERT_TRUE(has(&plan->client[1], "-m", "2") && has(&plan->client[2], "-m", "2"));
    plan_free(plan);
}

static const char *unique_of(const struct plan_party *p)
{
    for (int i = 0; p->argv[i]; i++)
        if (strcmp(p->argv[i], "unique") == 0)
            return p->argv[i + 1];
    return "";
}

static void test_no_two_clients_share_their_names_for_calls(void)
{
    char first[64];

    load("reference-network/sut.xml");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_001", NULL), 0);
    CU_ASSERT_EQUAL(strlen(unique_of(&plan->client[0])), 32);
    CU_ASSERT_STRING_NOT_EQUAL(unique_of(&plan->client[0]), unique_of(&plan->client[1]));
    snprintf(first, sizeof first, "%s", unique_of(&plan->client[2]));
    plan_free(plan);
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_001", NULL), 0);
    CU_ASSERT_STRING_NOT_EQUAL(first, unique_of(&plan->client[2]));
    plan_free(plan);
}

static void test_tcp_is_in_every_uri(void)
{
    load("reference-network/sut.xml");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_003", NULL), 0);
    CU_ASSERT_TRUE(has(function("core-a"), "-A", "SELF=sip:127.0.10.2:5060;transport=tcp"));
    CU_ASSERT_TRUE(has(function("core-a"), "-A", "PF_1=sip:127.0.10.3:5060;transport=tcp"));
    CU_ASSERT_TRUE(has(function("core-a"), "-A", "PEER=sip:127.0.20.2:5060;transport=tcp"));
    CU_ASSERT_TRUE(has(&plan->client[2], "-t", "t1"));
    CU_ASSERT_TRUE(plan->client[2].tcp && function("pf-a")->tcp);
    plan_free(plan);
}

static void test_a_fault_reaches_who_has_it(void)
{
    struct fault fault = {.name = "f",
                          .ndefines = 1,
                          .define = {{"core-b", "FAULT=some"}},
                          .nscenarios = 1,
                          .scenario = {{"client-b", "faults/client-b-answers.xml"}}};

    load("reference-network/sut.xml");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_001", &fault), 0);
    CU_ASSERT_TRUE(has(function("core-b"), "-A", "FAULT=some"));
    CU_ASSERT_TRUE(lacks(function("core-a"), "FAULT") && lacks(function("pf-b"), "FAULT"));
    CU_ASSERT_TRUE(has(&plan->client[0], "-sf", "/data/sipp-scenarios/register.xml"));
    CU_ASSERT_TRUE(has(&plan->client[1], "-sf", "/data/sipp-scenarios/faults/client-b-answers.xml"));
    CU_ASSERT_STRING_EQUAL(plan->client[1].name, "client-b-answers");
    CU_ASSERT_TRUE(has(&plan->client[2], "-sf", "/data/sipp-scenarios/client-a-closes.xml"));
    plan_free(plan);
}

static void test_a_core_of_several_nodes(void)
{
    struct fault fault = {
        .name = "f",
        .ndefines = 1,
        .define = {{"core-a-edge", "FAULT=some"}},
        .nnodes = 3,
        .node = {{"core-a", "edge", {{0}}}, {"core-a", "entry", {{0}}}, {"core-b", "entry", {{0}}}}};
    const struct plan_party *p = NULL;

    CU_ASSERT_TRUE(addr_parse(slice_of("127.0.10.4"), &fault.node[0].at));
    CU_ASSERT_TRUE(addr_parse(slice_of("127.0.10.5"), &fault.node[1].at));
    CU_ASSERT_TRUE(addr_parse(slice_of("127.0.20.5"), &fault.node[2].at));
    load("reference-network/sut.xml");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_001", &fault), 0);
    CU_ASSERT_EQUAL(plan->nfunctions, 7);
    CU_ASSERT_TRUE(has(function("core-a"), "-A", "EDGE=sip:127.0.10.4:5060"));
    CU_ASSERT_TRUE(has(function("core-a"), "-A", "ENTRY=sip:127.0.10.5:5060"));
    CU_ASSERT_TRUE(has(function("core-a"), "-A", "PEER=sip:127.0.20.5:5060"));
    CU_ASSERT_TRUE(has(function("core-b"), "-A", "PEER=sip:127.0.10.5:5060") &&
                   lacks(function("core-b"), "EDGE"));
    for (int i = 0; i < plan->nfunctions; i++)
        if (strcmp(plan->function[i].name, "core-a-edge") == 0)
            p = &plan->function[i];
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    CU_ASSERT_TRUE(has(p, "-A", "FAULT=some") && lacks(function("core-a"), "FAULT"));
    CU_ASSERT_TRUE(has(p, "-A", "ROLE_EDGE") && has(p, "-A", "SERVING=sip:127.0.10.2:5060"));
    CU_ASSERT_TRUE(has(p, "-l", "udp:127.0.10.4:5060") && has(p, "-A", "SELF=sip:127.0.10.4:5060"));
    CU_ASSERT_TRUE(has(&plan->client[2], "sipp", "127.0.10.4:5060"));
    CU_ASSERT_TRUE(has(&plan->client[1], "sipp", "127.0.20.2:5060"));
    plan_free(plan);
}

/* The place that the file of the twins gives a leg. */
static bool twin_listens_at(const char *file, const char *leg, int port)
{
    char line[80], want[80];
    FILE *f = fopen(file, "r");
    bool found = false;

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    snprintf(want, sizeof want, "%s;127.0.0.1:%d\n", leg, port);
    while (fgets(line, sizeof line, f))
        found |= strcmp(line, want) == 0;
    fclose(f);
    return found;
}

static void test_sipp_in_the_place_of_a_function(void)
{
    struct fault fault = {
        .name = "f",
        .nparties = 2,
        .party = {{.role = "pf-b", .file = "b2bua/far-closes.xml", .port = 5070, .twin = "far"},
                  {.role = "pf-b", .file = "b2bua/near-is-closed.xml", .twin = "near"}}};
    const struct plan_party *far, *near;

    load("reference-network/sut.xml");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_001", &fault), 0);
    CU_ASSERT_EQUAL(plan->nfunctions, 3);
    CU_ASSERT_EQUAL_FATAL(plan->nclients, 5);
    far = &plan->client[0];
    near = &plan->client[1];
    CU_ASSERT_STRING_EQUAL(far->name, "pf-b-far-closes");
    CU_ASSERT_TRUE(has(far, "-i", "127.0.20.3") && has(far, "-p", "5070") && has(near, "-p", "5060"));
    CU_ASSERT_TRUE(has(far, "-slave", "far") && has(near, "-master", "near"));
    CU_ASSERT_TRUE(has(far, "-slave_cfg", "/data/sipp-scenarios/b2bua/pf-b.twins"));
    CU_ASSERT_TRUE(far->lasting && near->lasting && !plan->client[2].lasting);
    CU_ASSERT_TRUE(has(far, "-m", "1000000") && has(&plan->client[2], "-m", "1"));
    CU_ASSERT_TRUE(has(far, "hops", "50") && has(near, "hops", "60"));
    CU_ASSERT_TRUE(far->tcp && far->at.port == 6004 && !near->tcp && near->at.port == 5060);
    CU_ASSERT_TRUE(twin_listens_at("sipp-scenarios/b2bua/pf-b.twins", "far", 6004));
    CU_ASSERT_TRUE(twin_listens_at("sipp-scenarios/b2bua/pf-a.twins", "far", 6002));
    CU_ASSERT_TRUE(has(&plan->client[2], "-sf", "/data/sipp-scenarios/register.xml"));
    plan_free(plan);
}

static void test_a_further_client(void)
{
    struct fault fault = {
        .name = "f",
        .nparties = 2,
        .party = {{.role = "client-b", .file = "register.xml", .preamble = true, .has_at = true},
                  {.role = "client-b", .file = "client-b-is-closed.xml", .has_at = true}}};

    CU_ASSERT_TRUE(addr_parse(slice_of("127.0.20.9"), &fault.party[0].at));
    fault.party[1].at = fault.party[0].at;
    load("reference-network/sut.xml");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_001", &fault), 0);
    CU_ASSERT_EQUAL_FATAL(plan->nclients, 5);
    CU_ASSERT_TRUE(plan->client[0].preamble && has(&plan->client[0], "-i", "127.0.20.9"));
    CU_ASSERT_TRUE(!plan->client[1].preamble && has(&plan->client[1], "-i", "127.0.20.9"));
    CU_ASSERT_TRUE(has(&plan->client[2], "-i", "127.0.20.1"));
    CU_ASSERT_STRING_EQUAL(plan->client[3].name, "client-b-is-closed-2");
    plan_free(plan);
}

static void test_the_timers_of_the_profile(void)
{
    load("reference-network/sut.xml");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_001", NULL), 0);
    CU_ASSERT_TRUE(has(function("pf-a"), "-A", "T1=500") && has(function("pf-a"), "-A", "T2=4000"));
    CU_ASSERT_TRUE(has(function("pf-a"), "-A", "TIMER_F=32000"));
    plan_free(plan);
    load("reference-network/shapes/quick.xml");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_001", NULL), 0);
    CU_ASSERT_TRUE(has(function("core-b"), "-A", "T1=100") && has(function("core-b"), "-A", "TIMER_F=6400"));
    plan_free(plan);
}

static void test_what_is_under_test_is_not_played(void)
{
    load_text(
        "<function role=\"client-a\"><node address=\"192.0.2.1\" port=\"5060\"/></function>"
        "<function role=\"core-a\" under-test=\"yes\"><node address=\"192.0.2.2\" port=\"5080\"/></function>"
        "<function role=\"pf-a\"><node address=\"192.0.2.3\"/></function>"
        "<function role=\"core-b\" under-test=\"yes\"><node address=\"192.0.2.4\"/></function>"
        "<function role=\"pf-b\" under-test=\"yes\"><node address=\"192.0.2.5\"/></function>"
        "<function role=\"client-b\"><node address=\"192.0.2.6\" port=\"5062\"/></function>",
        "udp");
    CU_ASSERT_FALSE(plan_is_private(profile));
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_001", NULL), 0);
    CU_ASSERT_EQUAL(plan->nfunctions, 1);
    CU_ASSERT_TRUE(has(function("pf-a"), "-l", "udp:192.0.2.3:5060"));
    CU_ASSERT_TRUE(has(&plan->client[2], "sipp", "192.0.2.2:5080"));
    CU_ASSERT_TRUE(has(&plan->client[1], "-p", "5062"));
    plan_free(plan);
}

static void test_one_core_for_both_sides(void)
{
    load_text("<function role=\"client-a\"><node address=\"127.0.10.1\" port=\"5060\"/></function>"
              "<function role=\"core-a\"><node address=\"127.0.10.2\"/></function>"
              "<function role=\"pf-a\"><node address=\"127.0.10.3\"/></function>"
              "<function role=\"core-b\"><node address=\"127.0.10.2\"/></function>"
              "<function role=\"pf-b\"><node address=\"127.0.10.3\"/></function>"
              "<function role=\"client-b\"><node address=\"127.0.20.1\" port=\"5060\"/></function>",
              "udp");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_001", NULL), 0);
    CU_ASSERT_EQUAL(plan->nfunctions, 2);
    CU_ASSERT_TRUE(has(function("core-a"), "-A", "USER_1=alice@a.example"));
    CU_ASSERT_TRUE(has(function("core-a"), "-A", "USER_2=bob@b.example"));
    CU_ASSERT_TRUE(has(function("core-a"), "-A", "PF_2=sip:127.0.10.3:5060"));
    CU_ASSERT_TRUE(lacks(function("core-a"), "PEER"));
    plan_free(plan);
}

static void test_ipv6_is_in_brackets(void)
{
    load_text("<function role=\"client-a\"><node address=\"fd00::1\" port=\"5060\"/></function>"
              "<function role=\"core-a\"><node address=\"fd00::2\"/></function>"
              "<function role=\"pf-a\"><node address=\"fd00::3\"/></function>"
              "<function role=\"core-b\"><node address=\"fd00::4\"/></function>"
              "<function role=\"pf-b\"><node address=\"fd00::5\"/></function>"
              "<function role=\"client-b\"><node address=\"fd00::6\" port=\"5060\"/></function>",
              "udp");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_001", NULL), 0);
    CU_ASSERT_TRUE(has(function("core-a"), "-l", "udp:[fd00::2]:5060"));
    CU_ASSERT_TRUE(has(function("core-a"), "-A", "SELF=sip:[fd00::2]:5060"));
    CU_ASSERT_TRUE(has(&plan->client[2], "-i", "[fd00::1]") &&
                   has(&plan->client[2], "sipp", "[fd00::2]:5060"));
    plan_free(plan);
}

static void test_functions_report_where_hep_is_listened_for(void)
{
    char more[1024];
    static const char functions[] = "<function role=\"client-a\"><node address=\"127.0.10.1\"/></function>"
                                    "<function role=\"core-a\"><node address=\"127.0.10.2\"/></function>"
                                    "<function role=\"pf-a\"><node address=\"127.0.10.3\"/></function>"
                                    "<function role=\"core-b\"><node address=\"127.0.20.2\"/></function>"
                                    "<function role=\"pf-b\"><node address=\"127.0.20.3\"/></function>"
                                    "<function role=\"client-b\"><node address=\"127.0.20.1\"/></function>";

    load_after(functions, "<capture hep=\"tcp:0.0.0.0:9062\"/>");
    CU_ASSERT_EQUAL_FATAL(make("CPM_CLS_NET_V_001", NULL), 0);
    for (int i = 0; i < plan->nfunctions; i++) {
        snprintf(more, sizeof more, "HEP_AGENT=%d", i + 1);
        CU_ASSERT_TRUE(has(&plan->function[i], "-A", "HEP=\"sip:127.0.0.1:9062;transport=tcp\""));
        CU_ASSERT_TRUE(has(&plan->function[i], "-A", more));
    }
    plan_free(plan);
    load_after(functions, "<capture hep=\"udp:[::1]:9062\"/>");
    CU_ASSERT_EQUAL(make("CPM_CLS_NET_V_001", NULL), -EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "one address is IPv4, the other is IPv6"));
}

static void test_what_cannot_be_planned_is_told(void)
{
    load_text("<function role=\"client-a\"><node address=\"127.0.10.1\" port=\"5060\"/></function>"
              "<function role=\"core-a\"><node address=\"127.0.10.2\"/></function>"
              "<function role=\"pf-a\"><node address=\"127.0.10.2\"/></function>"
              "<function role=\"core-b\"><node address=\"127.0.20.2\"/></function>"
              "<function role=\"pf-b\"><node address=\"127.0.20.3\"/></function>"
              "<function role=\"client-b\"><node address=\"127.0.20.1\" port=\"5060\"/></function>",
              "udp");
    CU_ASSERT_EQUAL(make("CPM_CLS_NET_V_001", NULL), -EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "core-a and pf-a cannot be simulated at the same address and port");
    load_text("<function role=\"client-a\"><node address=\"127.0.10.1\" port=\"5060\"/></function>"
              "<function role=\"core-a\"><node address=\"127.0.10.0/24\"/></function>",
              "udp");
    CU_ASSERT_EQUAL(make("CPM_CLS_NET_V_001", NULL), -EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "core-a is to be simulated and has no address of its own"));
    load_text("<function role=\"client-a\" under-test=\"yes\"><node address=\"127.0.10.1\" "
              "port=\"5060\"/></function>"
              "<function role=\"core-a\"><node address=\"127.0.10.2\"/></function>"
              "<function role=\"core-b\"><node address=\"127.0.20.2\"/></function>"
              "<function role=\"client-b\"><node address=\"127.0.20.1\" port=\"5060\"/></function>",
              "udp");
    CU_ASSERT_EQUAL(make("CPM_CLS_NET_V_001", NULL), -EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "plays client-a, which is under test"));
}

static const struct test tests[] = {
    {"the reference network", test_the_reference_network},
    {"the clients in their order", test_the_clients_in_their_order},
    {"several sessions", test_several_sessions},
    {"no two clients share their names for calls", test_no_two_clients_share_their_names_for_calls},
    {"TCP is in every URI", test_tcp_is_in_every_uri},
    {"a fault reaches who has it", test_a_fault_reaches_who_has_it},
    {"a core of several nodes", test_a_core_of_several_nodes},
    {"SIPp in the place of a function", test_sipp_in_the_place_of_a_function},
    {"a further client", test_a_further_client},
    {"the timers of the profile", test_the_timers_of_the_profile},
    {"what is under test is not played", test_what_is_under_test_is_not_played},
    {"one core for both sides", test_one_core_for_both_sides},
    {"IPv6 is in brackets", test_ipv6_is_in_brackets},
    {"functions report where HEP is listened for", test_functions_report_where_hep_is_listened_for},
    {"what cannot be planned is told", test_what_cannot_be_planned_is_told},
};

int main(int argc, char **argv)
{
    int status;

    if (testcases_load("testcases", &suite, &err) < 0) {
        printf("%s\n", err.text);
        return 99;
    }
    status = test_main(argc, argv, "plan", tests, sizeof tests / sizeof tests[0]);
    profile_free(profile);
    testcases_free(suite);
    return status;
}
