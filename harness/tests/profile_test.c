#include "suite/profile.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>

static const char schemas[] = "testcases/schema";

static struct endpoint at(const char *address, uint16_t port)
{
    struct endpoint e = {.port = port};

    if (!addr_parse(slice_of(address), &e.addr))
        CU_FAIL_FATAL("address");
    return e;
}

static struct profile *load(const char *xml)
{
    struct profile *p = NULL;
    struct error err = {.text = ""};

    if (profile_load(scratch_file("sut.xml", xml), schemas, &p, &err) < 0) {
        printf("  %s:%d: %s\n", err.file, err.line, err.text);
        CU_FAIL_FATAL("profile");
    }
    return p;
}

static bool refuses(const char *xml, const char *want)
{
    struct profile *p = NULL;
    struct error err = {.text = ""};
    char text[1024];

    if (profile_load(scratch_file("sut.xml", xml), schemas, &p, &err) != -EINVAL || p) {
        profile_free(p);
        return false;
    }
    return scratch_says(error_format(&err, text, sizeof text), want);
}

#define SUT(inside)         "<sut name='S'>\n<ixit>\n" inside "</ixit></sut>"
#define NODE(role, address) "<function role='" role "'><node address='" address "'/></function>\n"

static role_set owners(const struct profile *p, const char *address, uint16_t port)
{
    struct endpoint e = at(address, port);
    return profile_owners(p, &e);
}

static void reads_the_reference_network(void)
{
    struct profile *p = NULL;
    struct error err;
    struct flow *f = NULL;
    int function[FLOW_ROLES_MAX];

    CU_ASSERT_EQUAL_FATAL(profile_load("reference-network/sut.xml", schemas, &p, &err), 0);
    CU_ASSERT_EQUAL_FATAL(flow_load("testcases/flows/close-1-1.xml", schemas, &f, &err), 0);
    CU_ASSERT_EQUAL_FATAL(profile_bind(p, f, function, &err), 0);
    CU_ASSERT_STRING_EQUAL(p->name, "Reference network");
    CU_ASSERT_STRING_EQUAL(p->path, "reference-network/sut.xml");
    CU_ASSERT_STRING_EQUAL(p->transport, "udp");
    CU_ASSERT_EQUAL(p->nfunctions, 6);
    CU_ASSERT_EQUAL(p->nusers, 2);
    CU_ASSERT_STRING_EQUAL(p->user[1].uri, "sip:bob@b.example");
    CU_ASSERT_TRUE(p->user[1].side == 'b' && p->user[1].password[0]);
    CU_ASSERT_TRUE(p->ncaptures == 1 && p->capture[0].kind == CAPTURE_INTERFACE);
    CU_ASSERT_TRUE(profile_supports(p, "tcp") && !profile_supports(p, "tc"));
    CU_ASSERT_EQUAL(owners(p, "127.0.10.1", 5060), 1u << function[flow_role(f, "client-a")]);
    CU_ASSERT_EQUAL(owners(p, "127.0.10.1", 40001), 1u << function[flow_role(f, "client-a")]);
    CU_ASSERT_EQUAL(owners(p, "127.0.10.2", 49152), 1u << function[flow_role(f, "core-a")]);
    CU_ASSERT_EQUAL(owners(p, "127.0.10.3", 5060), 1u << function[flow_role(f, "pf-a")]);
    CU_ASSERT_EQUAL(owners(p, "127.0.20.2", 0), 1u << function[flow_role(f, "core-b")]);
    CU_ASSERT_EQUAL(owners(p, "127.0.20.3", 5060), 1u << function[flow_role(f, "pf-b")]);
    CU_ASSERT_EQUAL(owners(p, "127.0.20.1", 5060), 1u << function[flow_role(f, "client-b")]);
    CU_ASSERT_EQUAL(owners(p, "127.0.0.1", 5060), 0);
    for (int i = 0; i < p->nfunctions; i++)
        CU_ASSERT_FALSE(p->function[i].under_test || p->function[i].b2bua);
    profile_free(p);
    flow_free(f);
    profile_free(NULL);
}

static void reads_everything(void)
{
    struct profile *p =
        load("<sut name='S'><ics><b2bua role='pf-a'/><supports feature='hep'/><correlate header='X-B'/></ics>"
             "<ixit transport='tcp'><timer name='T2' value='2.5s'/><capture hep='udp:[::1]:9060'/>"
             "<function role='pf-a' under-test='yes'><node address='2001:db8::3' port='5070'/></function>"
             "<capture command='ssh host tcpdump -w -'/><user side='b' uri='sips:b@x'/>"
             "<user side='a' uri='tel:+4930' password='p&quot;w'/><correlate header='X-A'/></ixit></sut>");

    CU_ASSERT_STRING_EQUAL(p->transport, "tcp");
    CU_ASSERT_TRUE(p->function[0].under_test && p->function[0].b2bua);
    CU_ASSERT_EQUAL(owners(p, "2001:db8::3", 5070), 1);
    CU_ASSERT_EQUAL(owners(p, "2001:db8::3", 5060), 1);
    CU_ASSERT_EQUAL(owners(p, "2001:db8::4", 5070), 0);
    CU_ASSERT_TRUE(p->t1 == 500 * NSEC_PER_MSEC && p->t2 == 2500 * NSEC_PER_MSEC &&
                   p->t4 == 5 * NSEC_PER_SEC);
    CU_ASSERT_TRUE(p->capture[0].kind == CAPTURE_HEP && p->capture[1].kind == CAPTURE_COMMAND);
    CU_ASSERT_STRING_EQUAL(p->capture[1].text, "ssh host tcpdump -w -");
    CU_ASSERT_STRING_EQUAL(p->user[1].password, "p\"w");
    CU_ASSERT_EQUAL(p->ncorrelate, 2);
    CU_ASSERT_STRING_EQUAL(p->correlate[0], "X-A");
    CU_ASSERT_STRING_EQUAL(p->correlate[1], "X-B");
    profile_free(p);
}

/* The more exact node wins: first by the port, then by the prefix. */
static void finds_the_owner(void)
{
    struct profile *p = load(SUT(NODE("wide", "10.0.0.0/8") NODE("inner", "10.1.0.0/16") NODE(
        "one", "10.1.2.3") "<function role='port'><node address='10.1.2.3' port='5070'/><node "
                           "address='10.1.2.4' port='5070'/></function>\n"
                           "<function role='six'><node address='2001:db8::/32'/><node "
                           "address='2001:db8::7'/></function>\n" NODE("shared-1", "192.0.2.9")
                                     NODE("shared-2", "192.0.2.9") NODE("net-1", "198.51.100.0/24")
                                         NODE("net-2", "198.51.100.0/24")));

    CU_ASSERT_EQUAL(owners(p, "10.200.0.1", 5060), 1u << 0);
    CU_ASSERT_EQUAL(owners(p, "10.1.0.1", 5060), 1u << 1);
    CU_ASSERT_EQUAL(owners(p, "10.1.2.3", 5060), 1u << 2);
    CU_ASSERT_EQUAL(owners(p, "10.1.2.3", 5070), 1u << 3);
    CU_ASSERT_EQUAL(owners(p, "10.1.2.4", 5070), 1u << 3);
    CU_ASSERT_EQUAL(owners(p, "10.1.2.4", 5060), 1u << 1);
    CU_ASSERT_EQUAL(owners(p, "2001:db8:1::1", 5060), 1u << 4);
    CU_ASSERT_EQUAL(owners(p, "2001:db8::7", 1), 1u << 4);
    CU_ASSERT_EQUAL(owners(p, "2001:db9::1", 5060), 0);
    CU_ASSERT_EQUAL(owners(p, "192.0.2.9", 5060), 3u << 5);
    CU_ASSERT_EQUAL(owners(p, "198.51.100.77", 5060), 3u << 7);
    CU_ASSERT_EQUAL(owners(p, "11.0.0.1", 5060), 0);
    CU_ASSERT_TRUE(profile_same_nodes(p, 5, 6) && profile_same_nodes(p, 7, 8) && profile_same_nodes(p, 0, 0));
    CU_ASSERT_FALSE(profile_same_nodes(p, 0, 1) || profile_same_nodes(p, 2, 3) ||
                    profile_same_nodes(p, 3, 2));
    profile_free(p);
}

/* A server that plays one function entirely and another one in part is not the same server. */
static void tells_shared_from_same(void)
{
    struct profile *p =
        load(SUT(NODE("part", "10.0.0.1") "<function role='whole'><node address='10.0.0.1'/><node "
                                          "address='10.0.0.2'/></function>"
                                          "<function role='port'><node address='10.0.0.1' "
                                          "port='5060'/></function>"));

    CU_ASSERT_FALSE(profile_same_nodes(p, 0, 1) || profile_same_nodes(p, 1, 0));
    CU_ASSERT_FALSE(profile_same_nodes(p, 0, 2) || profile_same_nodes(p, 2, 0));
    profile_free(p);
}

/* A network of every address owns what nobody else does. */
static void knows_networks_of_everything(void)
{
    struct profile *p = load(SUT(NODE("rest", "0.0.0.0/0") NODE("rest-6", "::/0") NODE("one", "10.0.0.1")));

    CU_ASSERT_EQUAL(owners(p, "10.0.0.1", 9), 1u << 2);
    CU_ASSERT_EQUAL(owners(p, "10.0.0.2", 9), 1u << 0);
    CU_ASSERT_EQUAL(owners(p, "2001:db8::2", 9), 1u << 1);
    profile_free(p);
}

/* Of an address with no node for that port: its only function. */
static role_set only_owner(const struct profile *p, const struct endpoint *e)
{
    role_set all = 0;

    for (int i = 0; i < p->nnodes; i++)
        if (addr_in_net(&e->addr, &p->node[i].addr, p->node[i].bits))
            all |= (role_set)1 << p->node[i].function;
    return __builtin_popcount(all) == 1 ? all : 0;
}

/* The table against a plain search through all nodes, over many endpoints. */
static role_set slow_owners(const struct profile *p, const struct endpoint *e)
{
    role_set best = 0;
    int best_rank = -1;

    for (int i = 0; i < p->nnodes; i++) {
        const struct profile_node *n = &p->node[i];
        int rank = (n->port ? 1000 : 0) + (int)n->bits;

        if ((n->port && n->port != e->port) || !addr_in_net(&e->addr, &n->addr, n->bits) || rank < best_rank)
            continue;
        best = (rank > best_rank ? 0 : best) | (role_set)1 << n->function;
        best_rank = rank;
    }
    return best ? best : only_owner(p, e);
}

static void agrees_with_a_plain_search(void)
{
    struct profile *p = calloc(1, sizeof *p);
    uint64_t seed = 88172645463325252u;
    unsigned owned = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    for (int round = 0; p && round < 200; round++) {
        p->nnodes = PROFILE_NODES_MAX;
        p->nfunctions = PROFILE_FUNCTIONS_MAX;
        for (int i = 0; i < p->nnodes + 500; i++) {
            struct endpoint e;

            seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
            e.addr = addr_v4(
                (uint8_t[4]){10, (uint8_t)(seed & 1), (uint8_t)(seed >> 8 & 3), (uint8_t)(seed >> 16 & 7)});
            e.port = (uint16_t)(5060 + (seed >> 24 & 1));
            if (i < p->nnodes) {
                unsigned bits = seed >> 32 & 3 ? 128 : 120 - 8 * (seed >> 40 & 1);
                memset(e.addr.b + bits / 8, 0, 16 - bits / 8);
                p->node[i] =
                    (struct profile_node){e.addr, bits, seed >> 48 & 1 ? e.port : 0, (int)(seed >> 56 & 15)};
                if (i == p->nnodes - 1)
                    profile_index(p);
            } else {
                CU_ASSERT_EQUAL(profile_owners(p, &e), slow_owners(p, &e));
                owned += slow_owners(p, &e) != 0;
            }
        }
    }
    CU_ASSERT_TRUE(owned > 1000 && owned < 200 * 500);
    profile_free(p);
}

static void refuses_wrong_nodes(void)
{
    CU_ASSERT_TRUE(refuses(
        SUT(NODE("core-a", "core.example")),
        "sut.xml:3: address \"core.example\" is neither an IP address (\"192.0.2.1\", \"2001:db8::1\") "
        "nor a network (\"192.0.2.0/24\"); host names are not looked up"));
    CU_ASSERT_TRUE(refuses(
        SUT(NODE("core-a", "10.0.0.1/33")),
        "sut.xml:3: address \"10.0.0.1/33\" is neither an IP address (\"192.0.2.1\", \"2001:db8::1\") nor "
        "a network (\"192.0.2.0/24\"); host names are not looked up"));
    CU_ASSERT_TRUE(refuses(SUT(NODE("core-a", "10.0.0.300")),
                           "sut.xml:3: address \"10.0.0.300\" is neither an IP address "
                           "(\"192.0.2.1\", \"2001:db8::1\") nor a network "
                           "(\"192.0.2.0/24\"); host names are not looked up"));
    CU_ASSERT_TRUE(
        refuses(SUT(NODE("core-a", "10.0.0.1/24")),
                "sut.xml:3: network \"10.0.0.1/24\" has bits set behind its prefix; write 10.0.0.0/24"));
    CU_ASSERT_TRUE(
        refuses(SUT(NODE("core-a", "2001:db8::1/64")),
                "sut.xml:3: network \"2001:db8::1/64\" has bits set behind its prefix; write 2001:db8::/64"));
    for (size_t i = 0; i < 6; i++) {
        static const char *const port[] = {"0", "65536", "-1", "sip", "5060 ", "99999999999"};
        char xml[400], want[200];

        snprintf(xml, sizeof xml,
                 SUT("<function role='x'>\n\n<node address='10.0.0.1' port='%s'/></function>"), port[i]);
        snprintf(want, sizeof want,
                 "sut.xml:5: port \"%s\" is no port; use 1 to 65535, or leave it out to mean every port",
                 port[i]);
        CU_ASSERT_TRUE(refuses(xml, want));
    }
    CU_ASSERT_TRUE(
        refuses(SUT("<function role='x'><node address='10.0.0.1' port=''/></function>"),
                "sut.xml:3: the port is empty; use 1 to 65535, or leave it out to mean every port"));
    CU_ASSERT_TRUE(
        refuses(SUT("<function role='x'/>"),
                "sut.xml:3: <function> lacks a <node>: <node address=\"…\"/>, where the function lives"));
    CU_ASSERT_TRUE(refuses(SUT("<function role='x'><node addres='10.0.0.1'/></function>"),
                           "sut.xml:3: attribute addres is not known on <node>; use address or port"));
    CU_ASSERT_TRUE(refuses(
        SUT("<function role='x'><node/></function>"),
        "sut.xml:3: <node> lacks the attribute address: an IP address (\"192.0.2.1\", \"2001:db8::1\") or "
        "a network (\"192.0.2.0/24\")"));
}

static void refuses_overlaps(void)
{
    CU_ASSERT_TRUE(
        refuses(SUT("<function role='x'><node address='10.0.0.1'/>\n<node address='10.0.0.1'/></function>"),
                "sut.xml:4: this node is already given for role \"x\"; remove one of the two"));
    CU_ASSERT_TRUE(refuses(
        SUT(NODE("x", "10.0.0.1") "<function role='y'><node address='10.0.0.0/24' port='5060'/></function>"),
        "sut.xml:4: the node overlaps one of role \"x\", and neither is the more exact: one has the "
        "longer prefix, the other the port; give both the port"));
    CU_ASSERT_TRUE(
        refuses(SUT("<function role='y'><node address='10.0.0.0/24' port='5060'/></function>\n" NODE(
                    "x", "10.0.0.1")),
                "sut.xml:4: the node overlaps one of role \"y\", and neither is the more exact: one has the "
                "longer prefix, the other the port; give both the port"));
    profile_free(load(SUT("<function role='y'><node address='10.0.0.0/24' port='5060'/></function>\n"
                          "<function role='x'><node address='10.0.0.1' port='5070'/></function>")));
    CU_ASSERT_TRUE(refuses(SUT(NODE("x", "10.0.0.1") NODE("y", "10.0.0.2") NODE("x", "10.0.0.3")),
                           "sut.xml:5: role \"x\" is already given in line 3; put all its nodes there"));
}

static void refuses_wrong_users_and_timers(void)
{
    CU_ASSERT_TRUE(refuses(SUT(NODE("x", "10.0.0.1") "<user side='a' uri='sip:a@x'/>"),
                           "sut.xml:2: there is no user of side b; add <user side=\"b\" uri=\"sip:…\"/>"));
    CU_ASSERT_TRUE(refuses(SUT(NODE("x", "10.0.0.1") "<user side='b' uri='sip:a@x'/>"),
                           "sut.xml:2: there is no user of side a; add <user side=\"a\" uri=\"sip:…\"/>"));
    CU_ASSERT_TRUE(refuses(SUT(NODE("x", "10.0.0.1") "<user uri='sip:a@x'/>"),
                           "sut.xml:4: <user> lacks the attribute side"));
    CU_ASSERT_TRUE(refuses(SUT(NODE("x", "10.0.0.1") "<user side='c' uri='sip:a@x'/>"),
                           "sut.xml:4: side=\"c\" on <user> is not known; use a or b"));
    CU_ASSERT_TRUE(refuses(
        SUT(NODE("x", "10.0.0.1") "<user side='a' uri='alice'/>"),
        "sut.xml:4: uri=\"alice\" on <user> is not a SIP, SIPS or tel URI (\"sip:alice@a.example\")"));
    CU_ASSERT_TRUE(refuses(SUT(NODE("x", "10.0.0.1") "<timer name='T9' value='1s'/>"),
                           "sut.xml:4: name=\"T9\" on <timer> is not known; use T1, T2 or T4"));
    CU_ASSERT_TRUE(
        refuses(SUT(NODE("x", "10.0.0.1") "<timer name='T1' value='500'/>"),
                "sut.xml:4: \"500\" is no duration for T1; write \"500ms\" or \"4s\", up to an hour"));
    CU_ASSERT_TRUE(
        refuses(SUT(NODE("x", "10.0.0.1") "<timer name='T1' value='2h'/>"),
                "sut.xml:4: \"2h\" is no duration for T1; write \"500ms\" or \"4s\", up to an hour"));
    CU_ASSERT_TRUE(
        refuses(SUT(NODE("x", "10.0.0.1") "<timer name='T1' value='1s'/>\n<timer name='T1' value='1s'/>"),
                "sut.xml:5: timer T1 is given twice; remove one of the two"));
    CU_ASSERT_TRUE(
        refuses(SUT(NODE("x", "10.0.0.1") "<timer name='T1' value='5s'/>"),
                "sut.xml:2: timer T2 is shorter than T1; retransmissions are doubled from T1 up to T2"));
}

static void refuses_wrong_captures(void)
{
    static const char *const hep[] = {"9060",
                                      "udp:127.0.0.1",
                                      "udp:localhost:9060",
                                      "sctp:127.0.0.1:9060",
                                      "udp:127.0.0.1:0",
                                      "tcp:127.0.0.1:70000",
                                      "udp:127.0.0.1:x",
                                      "udp:"};

    CU_ASSERT_TRUE(
        refuses(SUT(NODE("x", "10.0.0.1") "<capture/>"),
                "sut.xml:4: <capture> has no source; give exactly one of interface, command or hep"));
    CU_ASSERT_TRUE(refuses(
        SUT(NODE("x", "10.0.0.1") "<capture interface='lo' hep='udp:127.0.0.1:9060'/>"),
        "sut.xml:4: <capture> has more than one source; give exactly one of interface, command or hep"));
    CU_ASSERT_TRUE(refuses(SUT(NODE("x", "10.0.0.1") "<capture command=' '/>"),
                           "sut.xml:4: the command to capture from is empty"));
    CU_ASSERT_TRUE(refuses(
        SUT(NODE("x", "10.0.0.1") "<capture command='tcpdump \"-w -'/>"),
        "sut.xml:4: the command has a quote without its end; there is no shell, quotes only join words"));
    CU_ASSERT_TRUE(refuses(SUT(NODE("x", "10.0.0.1") "<capture interface='lo'/>\n<capture interface='lo'/>"),
                           "sut.xml:5: \"lo\" is already captured from in line 4; remove one of the two"));
    for (size_t i = 0; i < sizeof hep / sizeof hep[0]; i++) {
        char xml[400], want[300];

        snprintf(xml, sizeof xml, SUT(NODE("x", "10.0.0.1") "<capture hep='%s'/>"), hep[i]);
        snprintf(want, sizeof want,
                 "sut.xml:4: hep=\"%s\" is no place to listen; write \"udp:127.0.0.1:9060\" or \"tcp:…\"",
                 hep[i]);
        CU_ASSERT_TRUE(refuses(xml, want));
    }
}

static void refuses_a_wrong_whole(void)
{
    CU_ASSERT_TRUE(
        refuses("<sut name='S'/>", "sut.xml:1: <sut> lacks a <ixit>: the addresses, users and timers"));
    CU_ASSERT_TRUE(refuses("<sut><ixit/></sut>",
                           "sut.xml:1: <sut> lacks the attribute name: a name that reports can show"));
    CU_ASSERT_TRUE(refuses(
        "<sut name='S'>\n<ixit/></sut>",
        "sut.xml:2: <ixit> lacks a <function>: <function role=\"…\"> with the nodes that play the role"));
    CU_ASSERT_TRUE(refuses("<sut name='S' transport='udp'><ixit/></sut>",
                           "sut.xml:1: attribute transport is not known on <sut>; use name"));
    CU_ASSERT_TRUE(refuses("<sut name='S'><ixit transport='sctp'>" NODE("x", "10.0.0.1") "</ixit></sut>",
                           "sut.xml:1: transport=\"sctp\" on <ixit> is not known; use udp or tcp"));
    CU_ASSERT_TRUE(
        refuses("<sut name='S'><ixit>" NODE("x", "10.0.0.1") "</ixit>\n<ics>\n<b2bua role='y'/></ics></sut>",
                "sut.xml:4: role \"y\" has no <function> in <ixit>; add one, or remove this <b2bua>"));
    CU_ASSERT_TRUE(refuses(
        "<sut name='S'><ixit>" NODE("x", "10.0.0.1") "<correlate header='X Y'/></ixit></sut>",
        "sut.xml:2: header=\"X Y\" on <correlate> is not the name of a SIP header (\"X-Session-Key\")"));
    CU_ASSERT_TRUE(refuses(SUT("<function role='x' under-test='maybe'><node address='10.0.0.1'/></function>"),
                           "sut.xml:3: under-test=\"maybe\" on <function> is not known; use yes or no"));
}

static void keeps_to_its_bounds(void)
{
    char *xml = calloc(1, 64 * 1024);
    size_t n = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(xml);
    n += (size_t)snprintf(xml, 100, "<sut name='S'><ixit><function role='x'>");
    for (int i = 0; i <= PROFILE_NODES_MAX; i++)
        n += (size_t)snprintf(xml + n, 100, "\n<node address='10.0.0.%d'/>", i);
    snprintf(xml + n, 100, "</function></ixit></sut>");
    CU_ASSERT_TRUE(refuses(xml, "sut.xml:66: a profile has at most 64 nodes; join them to networks"));
    n = (size_t)snprintf(xml, 100, "<sut name='S'><ixit>");
    for (int i = 0; i <= PROFILE_FUNCTIONS_MAX; i++)
        n += (size_t)snprintf(xml + n, 100, "\n<function role='r%d'><node address='10.0.0.%d'/></function>",
                              i, i);
    snprintf(xml + n, 100, "</ixit></sut>");
    CU_ASSERT_TRUE(refuses(xml, "sut.xml:18: a profile has at most 16 functions"));
    n = (size_t)snprintf(xml, 200, "<sut name='S'><ixit>" NODE("x", "10.0.0.1"));
    for (int i = 0; i <= PROFILE_HEADERS_MAX; i++)
        n += (size_t)snprintf(xml + n, 100, "<correlate header='X-%d'/>\n", i);
    snprintf(xml + n, 100, "</ixit></sut>");
    CU_ASSERT_TRUE(refuses(xml, "sut.xml:10: a profile names at most 8 headers to correlate by"));
    free(xml);
}

#define FIVE                                                                                                 \
    NODE("client-a", "10.0.0.1")                                                                             \
    NODE("core-a", "10.0.0.2") NODE("pf-a", "10.0.0.3") NODE("core-b", "10.0.0.2") NODE("pf-b", "10.0.0.4")

static void binds(void)
{
    struct flow *f = NULL;
    struct error err;
    int function[FLOW_ROLES_MAX] = {-9};
    struct profile *p;
    char text[1024];

    CU_ASSERT_EQUAL_FATAL(flow_load("testcases/flows/close-1-1.xml", schemas, &f, &err), 0);
    p = load(SUT(FIVE NODE("client-b", "10.0.0.5")));
    CU_ASSERT_EQUAL(profile_bind(p, f, function, &err), 0);
    for (int i = 0; i < FLOW_ROLES_MAX; i++)
        CU_ASSERT_TRUE(i < 6 ? strcmp(p->function[function[i]].role, f->role[i].name) == 0
                             : function[i] == -1);
    profile_free(p);

    function[0] = -9;
    p = load(SUT(FIVE NODE("core-c", "10.0.0.9") NODE("client-b", "10.0.0.5")));
    CU_ASSERT_EQUAL(profile_bind(p, f, function, &err), -EINVAL);
    CU_ASSERT_TRUE(
        scratch_says(error_format(&err, text, sizeof text),
                     "sut.xml:8: role \"core-c\" is not a role of the flow close-1-1; use one of client-a, "
                     "core-a, pf-a, core-b, pf-b or client-b"));
    profile_free(p);

    p = load(SUT(NODE("client-a", "10.0.0.1")));
    CU_ASSERT_EQUAL(profile_bind(p, f, function, &err), -ENOENT);
    CU_ASSERT_TRUE(
        scratch_says(error_format(&err, text, sizeof text),
                     "sut.xml: there is no function for the role \"core-a\" (SIP/IP Core A); add <function "
                     "role=\"core-a\"> with its addresses inside <ixit>"));
    CU_ASSERT_EQUAL(function[0], -9);
    profile_free(p);
    flow_free(f);
}

static const struct test tests[] = {
    {"reads the reference network", reads_the_reference_network},
    {"reads everything", reads_everything},
    {"finds the owner", finds_the_owner},
    {"tells shared from same", tells_shared_from_same},
    {"knows networks of everything", knows_networks_of_everything},
    {"agrees with a plain search", agrees_with_a_plain_search},
    {"refuses wrong nodes", refuses_wrong_nodes},
    {"refuses overlaps", refuses_overlaps},
    {"refuses wrong users and timers", refuses_wrong_users_and_timers},
    {"refuses wrong captures", refuses_wrong_captures},
    {"refuses a wrong whole", refuses_a_wrong_whole},
    {"keeps to its bounds", keeps_to_its_bounds},
    {"binds", binds},
};
TEST_MAIN("profile", tests)
