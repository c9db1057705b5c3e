#include "suite/flow.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>

static const char schemas[] = "testcases/schema";

static struct flow *close_1_1(void)
{
    struct error err;
    struct flow *f = NULL;

    if (flow_load("testcases/flows/close-1-1.xml", schemas, &f, &err) < 0) {
        printf("  %s\n", err.text);
        CU_FAIL_FATAL("close-1-1.xml");
    }
    return f;
}

/* Whether step `i` leads from one role to another. */
static bool leads(const struct flow *f, int i, const char *from, const char *to)
{
    const struct flow_step *s = &f->step[i];

    return s->number == i + 1 && strcmp(f->role[s->from].name, from) == 0 &&
           strcmp(f->role[s->to].name, to) == 0;
}

static void reads_the_closing_flow(void)
{
    static const char *const way[] = {"client-a", "core-a", "pf-a",   "core-a",
                                      "core-b",   "pf-b",   "core-b", "client-b"};
    struct flow *f = close_1_1();

    CU_ASSERT_STRING_EQUAL(f->id, "close-1-1");
    CU_ASSERT_STRING_EQUAL(f->document, "OMA CPM SD");
    CU_ASSERT_STRING_EQUAL(f->clause, "C.2.3.1");
    CU_ASSERT_STRING_EQUAL(f->method, "BYE");
    CU_ASSERT_STRING_EQUAL(f->request, "BYE");
    CU_ASSERT_STRING_EQUAL(f->reply, "OK");
    CU_ASSERT_EQUAL(f->nroles, 6);
    CU_ASSERT_EQUAL(f->nsteps, 14);
    CU_ASSERT_EQUAL(f->nrequests, 7);
    CU_ASSERT_TRUE(f->status == 200 && flow_wants(f, 200) && !flow_wants(f, 202));
    CU_ASSERT_FALSE(f->mirrored || f->stray || f->any_of_kind);
    for (int i = 0; i < 7; i++) {
        CU_ASSERT_TRUE(leads(f, i, way[i], way[i + 1]) && !f->step[i].response);
        CU_ASSERT_TRUE(leads(f, 13 - i, way[i + 1], way[i]) && f->step[13 - i].response);
    }
    CU_ASSERT_TRUE(f->role[flow_role(f, "client-b")].client);
    CU_ASSERT_FALSE(f->role[flow_role(f, "pf-b")].client);
    CU_ASSERT_STRING_EQUAL(f->role[flow_role(f, "pf-b")].kind, "pf");
    CU_ASSERT_EQUAL(flow_role(f, "core-c"), -1);
    CU_ASSERT_STRING_EQUAL(
        f->step[3].text,
        "SIP/IP Core A routes the request to SIP/IP Core B, the core of the other user's network.");
    CU_ASSERT_TRUE(f->step[0].line > 10 && f->step[13].line > f->step[0].line);
    flow_free(f);
}

static void mirrors(void)
{
    struct flow *f = close_1_1(), *m, *back;

    CU_ASSERT_EQUAL_FATAL(flow_mirror(f, &m), 0);
    CU_ASSERT_EQUAL_FATAL(flow_mirror(m, &back), 0);
    CU_ASSERT_TRUE(m->mirrored && !back->mirrored);
    CU_ASSERT_TRUE(leads(m, 0, "client-b", "core-b") && leads(m, 3, "core-b", "core-a"));
    CU_ASSERT_TRUE(leads(m, 4, "core-a", "pf-a") && leads(m, 7, "client-a", "core-a"));
    CU_ASSERT_TRUE(leads(m, 13, "core-b", "client-b"));
    CU_ASSERT_EQUAL(flow_role(m, "pf-a"), flow_role(f, "pf-a"));
    CU_ASSERT_STRING_EQUAL(m->step[6].text, "SIP/IP Core A delivers the request to CPM Client A.");
    for (int i = 0; i < f->nsteps; i++) {
        CU_ASSERT_EQUAL(back->step[i].from, f->step[i].from);
        CU_ASSERT_EQUAL(back->step[i].to, f->step[i].to);
        CU_ASSERT_STRING_EQUAL(back->step[i].text, f->step[i].text);
        CU_ASSERT_STRING_NOT_EQUAL(m->step[i].text, f->step[i].text);
    }
    flow_free(f);
    flow_free(m);
    flow_free(back);
    flow_free(NULL);
}

#define HEAD "<flow id='f' title='t' document='d' clause='c' method='BYE' request='BYE' reply='OK'>\n"
#define ROLES                                                                                                \
    "<role name='a' title='A' mirror='b' kind='client'/>\n"                                                  \
    "<role name='b' title='B' mirror='a' kind='client'/>\n"                                                  \
    "<role name='c' title='C' mirror='c' kind='core'/>\n"
#define STEP(n, from, to, what)                                                                              \
    "<step number='" #n "' from='" from "' to='" to "' conveys='" what "'>x</step>\n"
#define GOOD                                                                                                 \
    STEP(1, "a", "c", "request")                                                                             \
    STEP(2, "c", "b", "request") STEP(3, "b", "c", "reply") STEP(4, "c", "a", "reply")

#define REFUSAL(more)                                                                                        \
    "<flow id='f' title='t' document='d' clause='c' method='BYE' request='BYE' reply='483' " more ">\n"
#define SHORT STEP(1, "a", "c", "request") STEP(2, "c", "a", "reply") "</flow>"

static bool refuses(const char *xml, const char *want)
{
    struct flow *f = NULL;
    struct error err = {.text = ""};
    char text[1024];

    if (flow_load(scratch_file("f.xml", xml), schemas, &f, &err) != -EINVAL || f) {
        flow_free(f);
        return false;
    }
    return scratch_says(error_format(&err, text, sizeof text), want);
}

static void takes_a_small_one(void)
{
    struct flow *f = NULL;
    struct error err = {.text = ""};

    CU_ASSERT_EQUAL(flow_load(scratch_file("f.xml", HEAD ROLES GOOD "</flow>"), schemas, &f, &err), 0);
    CU_ASSERT_STRING_EQUAL(err.text, "");
    CU_ASSERT_TRUE(f && f->nsteps == 4 && f->nrequests == 2);
    flow_free(f);
}

/* The one who refuses chooses with what. */
static void takes_a_refusal_of_a_kind(void)
{
    struct flow *f = NULL, *m = NULL;
    struct error err = {.text = ""};

    CU_ASSERT_EQUAL_FATAL(
        flow_load(scratch_file("f.xml", REFUSAL("status='4xx'") ROLES SHORT), schemas, &f, &err), 0);
    CU_ASSERT_EQUAL_FATAL(flow_mirror(f, &m), 0);
    CU_ASSERT_TRUE(f->any_of_kind && f->status == 400 && m->any_of_kind);
    CU_ASSERT_TRUE(flow_wants(m, 400) && flow_wants(m, 481) && flow_wants(m, 499));
    CU_ASSERT_FALSE(flow_wants(m, 399) || flow_wants(m, 500) || flow_wants(m, 200));
    flow_free(f);
    flow_free(m);
    CU_ASSERT_TRUE(refuses(REFUSAL("status='2xx'") ROLES GOOD "</flow>",
                           "f.xml:1: status=\"2xx\" on <flow> is not the status of the answer, 200 to 699 "
                           "(\"483\"), or whichever refusal of a kind (\"4xx\"); without it 200"));
}

/* Whoever refuses the request is where it ends. */
static void takes_a_refusal(void)
{
    struct flow *f = NULL, *m = NULL;
    struct error err = {.text = ""};
    const char *const stray = REFUSAL("status='481' dialog='none'") ROLES GOOD "</flow>";

    CU_ASSERT_EQUAL_FATAL(
        flow_load(scratch_file("f.xml", REFUSAL("status='483'") ROLES SHORT), schemas, &f, &err), 0);
    CU_ASSERT_TRUE(f->status == 483 && !f->stray && f->nrequests == 1);
    CU_ASSERT_EQUAL_FATAL(flow_mirror(f, &m), 0);
    CU_ASSERT_TRUE(m->status == 483 && m->step[0].from == flow_role(f, "b"));
    flow_free(f);
    flow_free(m);
    CU_ASSERT_EQUAL_FATAL(flow_load(scratch_file("f.xml", stray), schemas, &f, &err), 0);
    CU_ASSERT_TRUE(f->status == 481 && f->stray && flow_wants(f, 481) && !flow_wants(f, 400));
    flow_free(f);
    CU_ASSERT_TRUE(refuses(REFUSAL("status='202'") ROLES SHORT,
                           "f.xml:1: the request must lead from one client to another; mark them "
                           "kind=\"client\", or give the status of a refusal"));
    CU_ASSERT_TRUE(refuses(REFUSAL("status='100'") ROLES SHORT,
                           "f.xml:1: status=\"100\" on <flow> is not the status of the answer, 200 to 699 "
                           "(\"483\"), or whichever refusal of a kind (\"4xx\"); without it 200"));
    CU_ASSERT_TRUE(refuses(REFUSAL("dialog='open'") ROLES SHORT,
                           "f.xml:1: dialog=\"open\" on <flow> is not known; use none"));
}

static void refuses_wrong_roles(void)
{
    CU_ASSERT_TRUE(refuses(HEAD "<role name='a' title='A' mirror='z' kind='client'/>\n" GOOD "</flow>",
                           "f.xml:2: mirror \"z\" of role \"a\" is no role of this flow"));
    CU_ASSERT_TRUE(refuses(HEAD ROLES "<role name='a' title='A' mirror='b' kind='client'/>" GOOD "</flow>",
                           "f.xml:5: role \"a\" is already there; give each role once"));
    CU_ASSERT_TRUE(refuses(HEAD ROLES "<role name='d' title='D' mirror='c' kind='core'/>" GOOD "</flow>",
                           "f.xml:5: the mirror of \"d\" is \"c\", but not the other way round; pair them"));
    CU_ASSERT_TRUE(refuses(HEAD "<role name='a' title='A' mirror='b' kind='client'/>\n"
                                "<role name='b' title='B' mirror='a' kind='core'/>\n" GOOD "</flow>",
                           "f.xml:2: \"a\" and its mirror \"b\" must be of the same kind"));
    CU_ASSERT_TRUE(refuses(HEAD "<role name='a' title='A' mirror='a' kind='boss'/>" GOOD "</flow>",
                           "f.xml:2: kind=\"boss\" on <role> is not known; use client, core or pf"));
    CU_ASSERT_TRUE(
        refuses(HEAD "<role name='averyveryverylongnamethatgoesonandon' title='A' mirror='a' kind='pf'/>" GOOD
                     "</flow>",
                "f.xml:2: name is too long; at most 31 bytes fit"));
}

static void refuses_wrong_steps(void)
{
    CU_ASSERT_TRUE(refuses(HEAD ROLES STEP(1, "a", "z", "request") "</flow>",
                           "f.xml:5: role \"z\" is not a role of this flow; add a <role> for it"));
    CU_ASSERT_TRUE(
        refuses(HEAD ROLES STEP(2, "a", "c", "request") "</flow>",
                "f.xml:5: step 2 stands where step 1 is due; number the steps from 1 without holes"));
    CU_ASSERT_TRUE(
        refuses(HEAD ROLES STEP(1, "a", "c", "request") STEP(3, "c", "b", "request") "</flow>",
                "f.xml:6: step 3 stands where step 2 is due; number the steps from 1 without holes"));
    CU_ASSERT_TRUE(refuses(HEAD ROLES STEP(1, "a", "a", "request") "</flow>",
                           "f.xml:5: step 1 leads from \"a\" to itself"));
    CU_ASSERT_TRUE(refuses(HEAD ROLES STEP(1, "a", "c", "request") STEP(2, "a", "b", "request") "</flow>",
                           "f.xml:6: step 2 starts at \"a\", but step 1 ended at \"c\""));
    CU_ASSERT_TRUE(refuses(HEAD ROLES STEP(1, "a", "b", "reply") STEP(2, "b", "a", "request") "</flow>",
                           "f.xml:6: step 2 conveys the request after a reply; put all requests first"));
    CU_ASSERT_TRUE(refuses(HEAD ROLES STEP(1, "a", "c", "question") "</flow>",
                           "f.xml:5: conveys=\"question\" on <step> is not known; use request or reply"));
    CU_ASSERT_TRUE(
        refuses(HEAD ROLES "<step number='1' from='a' to='c' conveys='request'>{z} talks</step></flow>",
                "f.xml:5: the text does not fit, or has something in braces that is no role of this flow"));
    CU_ASSERT_TRUE(
        refuses(HEAD ROLES "<step number='1' from='a' to='c' conveys='request'>{a talks</step></flow>",
                "f.xml:5: the text does not fit, or has something in braces that is no role of this flow"));
    CU_ASSERT_TRUE(
        refuses(HEAD ROLES "<step number='1' from='a' to='c' conveys='request'> </step></flow>",
                "f.xml:5: the text \" \" of <step> is not a text with at least one visible character"));
}

static void refuses_a_wrong_whole(void)
{
    CU_ASSERT_TRUE(
        refuses(HEAD ROLES STEP(1, "a", "b", "request") "</flow>",
                "f.xml:1: 1 steps convey the request and 0 the reply; each way has as many as the other"));
    CU_ASSERT_TRUE(
        refuses(HEAD ROLES STEP(1, "a", "b", "reply") "</flow>",
                "f.xml:1: 0 steps convey the request and 1 the reply; each way has as many as the other"));
    CU_ASSERT_TRUE(
        refuses(HEAD ROLES STEP(1, "c", "b", "request") STEP(2, "b", "c", "reply") "</flow>",
                "f.xml:1: the request must lead from one client to another; mark them kind=\"client\", or "
                "give the status of a refusal"));
    CU_ASSERT_TRUE(refuses(HEAD ROLES STEP(1, "a", "c", "request") STEP(2, "c", "b", "request")
                               STEP(3, "b", "a", "reply") STEP(4, "a", "b", "reply") "</flow>",
                           "f.xml:7: step 3 is not the reverse of step 2; it must lead from \"b\" to \"c\""));
    CU_ASSERT_TRUE(refuses(
        "<flow id='F 1' title='t' document='d' clause='c' method='BYE' request='BYE' reply='OK'>" ROLES GOOD
        "</flow>",
        "f.xml:1: id=\"F 1\" on <flow> is not an id: lower-case letters, digits and hyphens "
        "(\"close-1-1\")"));
    CU_ASSERT_TRUE(
        refuses(HEAD ROLES "</flow>",
                "f.xml:1: <flow> lacks a <step>: one message from one function to the next, and what the "
                "specification says of it"));
}

static void keeps_to_its_bounds(void)
{
    char *xml = calloc(1, 64 * 1024);
    size_t n;

    CU_ASSERT_PTR_NOT_NULL_FATAL(xml);
    n = (size_t)snprintf(xml, 800, HEAD ROLES);
    for (int i = 1; i <= FLOW_STEPS_MAX + 1; i++)
        n +=
            (size_t)snprintf(xml + n, 200, "<step number='%d' from='%s' to='%s' conveys='request'>x</step>\n",
                             i, i % 2 ? "a" : "c", i % 2 ? "c" : "a");
    snprintf(xml + n, 20, "</flow>");
    CU_ASSERT_TRUE(refuses(xml, "f.xml:69: a flow has at most 64 steps"));
    n = (size_t)snprintf(xml, 200, HEAD);
    for (int i = 0; i <= FLOW_ROLES_MAX; i++)
        n += (size_t)snprintf(xml + n, 200, "<role name='r%d' title='R' mirror='r%d' kind='pf'/>\n", i, i);
    snprintf(xml + n, 400, GOOD "</flow>");
    CU_ASSERT_TRUE(refuses(xml, "f.xml:18: a flow has at most 16 roles"));
    n = (size_t)snprintf(xml, 800, HEAD ROLES "<step number='1' from='a' to='c' conveys='request'>");
    memset(xml + n, 'x', 300);
    snprintf(xml + n + 300, 20, "</step></flow>");
    CU_ASSERT_TRUE(refuses(xml, "f.xml:5: the text of <step> is too long; at most 255 bytes fit"));
    free(xml);
}

/* A text that fits with one role's title but not with its mirror's would break the mirrored flow later. */
static void tries_both_renderings(void)
{
    char title[64], xml[4096];

    memset(title, 'T', sizeof title - 1);
    title[sizeof title - 1] = '\0';
    snprintf(xml, sizeof xml,
             HEAD "<role name='a' title='A' mirror='b' kind='client'/>\n"
                  "<role name='b' title='%s' mirror='a' kind='client'/>\n"
                  "<step number='1' from='a' to='b' conveys='request'>{a}{a}{a}{a}{a}</step>\n"
                  "<step number='2' from='b' to='a' conveys='reply'>x</step></flow>",
             title);
    CU_ASSERT_TRUE(
        refuses(xml, "f.xml:4: the text does not fit, or has something in braces that is no role of this "
                     "flow"));
}

static const struct test tests[] = {
    {"takes a refusal", takes_a_refusal},
    {"takes a refusal of a kind", takes_a_refusal_of_a_kind},
    {"reads the closing flow", reads_the_closing_flow},
    {"mirrors", mirrors},
    {"takes a small one", takes_a_small_one},
    {"refuses wrong roles", refuses_wrong_roles},
    {"refuses wrong steps", refuses_wrong_steps},
    {"refuses a wrong whole", refuses_a_wrong_whole},
    {"keeps to its bounds", keeps_to_its_bounds},
    {"tries both renderings", tries_both_renderings},
};
TEST_MAIN("flow", tests)
