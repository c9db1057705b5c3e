#include "suite/testcase_read.h"

#include "suite/duration.h"
#include "suite/xml.h"

#include <stdio.h>

static const nsec_t TIMEOUT_DEFAULT = 30 * NSEC_PER_SEC, TIMEOUT_MAX = 600 * NSEC_PER_SEC;

static const struct {
    const char *sut, *folder;
} homes[] = {{"NET", "network"}, {"PF", "pf"}, {"CORE", "core"}, {"CLIENT", "client"}};

/* The id says where the file lies and how it is called, so that an id is found without a search. */
static int read_id(const xmlNode *root, const char *folder, const struct testcases *s, struct testcase *tc,
                   struct error *err)
{
    const char *file = strrchr(tc->path, '/');
    char want[64];
    int r = xml_attr(root, "id", tc->id, sizeof tc->id, err);

    if (r < 0)
        return r;
    snprintf(tc->sut, sizeof tc->sut, "%.*s", (int)strcspn(tc->id + strlen("CPM_CLS_"), "_"),
             tc->id + strlen("CPM_CLS_"));
    for (size_t i = 0; i < sizeof homes / sizeof homes[0]; i++)
        if (strcmp(homes[i].sut, tc->sut) == 0 && strcmp(homes[i].folder, folder) != 0)
            return xml_error(root, err, "%s belongs into the folder %s/, not %s/", tc->id, homes[i].folder,
                             folder);
    snprintf(want, sizeof want, "%s.xml", tc->id);
    if (strcmp(file ? file + 1 : tc->path, want) != 0)
        return xml_error(root, err, "the id is %s, so the file must be named %s", tc->id, want);
    if (testcases_find(s, tc->id))
        return xml_error(root, err, "the id %s is already taken", tc->id);
    return 0;
}

static int unknown_role(const xmlNode *n, const char *role, const struct flow *f, struct error *err)
{
    return xml_error(n, err, "role \"%s\" is not a role of the flow %s", role, f->id);
}

static int read_flow(const xmlNode *root, const struct testcases *s, struct testcase *tc, struct error *err)
{
    char name[48];
    int r = xml_attr(root, "flow", name, sizeof name, err), closer, starter;

    if (r < 0 || (r = xml_attr(root, "closer", tc->closer, sizeof tc->closer, err)) < 0)
        return r;
    tc->flow = testcases_flow(s, name);
    if (!tc->flow)
        return xml_error(root, err, "there is no flow with the id \"%s\" in the folder flows/", name);
    closer = flow_role(tc->flow, tc->closer);
    if (closer < 0)
        return unknown_role(root, tc->closer, tc->flow, err);
    starter = tc->flow->step[0].from;
    if (closer != starter && closer != tc->flow->role[starter].mirror)
        return xml_error(root, err, "\"%s\" cannot close: the flow starts at \"%s\", its mirror at \"%s\"",
                         tc->closer, tc->flow->role[starter].name,
                         tc->flow->role[tc->flow->role[starter].mirror].name);
    tc->mirrored = closer != starter;
    return 0;
}

/* A further flow that the test case names; *ret stays NULL where it names none. */
static int read_further(const xmlNode *root, const char *attribute, const struct testcases *s,
                        const struct flow **ret, struct error *err)
{
    char name[48];
    int r = xml_attr(root, attribute, name, sizeof name, err);

    if (r < 0 || !*name)
        return r;
    *ret = testcases_flow(s, name);
    return *ret ? 0 : xml_error(root, err, "there is no flow with the id \"%s\" in the folder flows/", name);
}

/* What is not to be closed has a flow of its own, and so has what closes after a refusal. */
static int read_further_flows(const xmlNode *root, const struct testcases *s, struct testcase *tc,
                              struct error *err)
{
    int r;

    if (tc->flow->stray)
        return xml_error(root, err, "the flow %s closes no session; name it with stray=, and one that does",
                         tc->flow->id);
    if ((r = read_further(root, "stray", s, &tc->stray, err)) < 0 ||
        (r = read_further(root, "again", s, &tc->again, err)) < 0)
        return r;
    if (tc->stray && !tc->stray->stray)
        return xml_error(root, err, "the flow %s is that of a session; stray= wants one with dialog=\"none\"",
                         tc->stray->id);
    if (tc->again && (tc->again->stray || tc->flow->status < 300))
        return xml_error(root, err,
                         "again= is the flow that closes the session after flow= was refused; "
                         "%s closes none, or %s is no refusal",
                         tc->again->id, tc->flow->id);
    return 0;
}

static int read_timeout(const xmlNode *root, struct testcase *tc, struct error *err)
{
    char text[32];
    int r = xml_attr(root, "timeout", text, sizeof text, err);

    tc->timeout = TIMEOUT_DEFAULT;
    if (r < 0)
        return r;
    if (xmlHasNsProp(root, (const xmlChar *)"timeout", NULL) &&
        !duration_parse(slice_of(text), TIMEOUT_MAX, &tc->timeout))
        return xml_error(root, err, "timeout \"%s\" is no duration; write \"40s\", up to ten minutes", text);
    return 0;
}

static int read_attempts(const xmlNode *root, struct testcase *tc, struct error *err)
{
    char text[4];
    int r = xml_attr(root, "attempts", text, sizeof text, err);

    tc->attempts = r == 0 && *text ? *text - '0' : 1; /* the schema knows one digit */
    return r;
}

static int read_texts(const xmlNode *root, struct testcase *tc, struct error *err)
{
    const xmlNode *purpose = xml_first(root, "purpose");
    int r;

    if ((r = xml_text(xml_first(root, "title"), tc->title, sizeof tc->title, err)) < 0 ||
        (r = xml_text(xml_first(purpose, "with"), tc->with, sizeof tc->with, err)) < 0 ||
        (r = xml_text(xml_first(purpose, "when"), tc->when, sizeof tc->when, err)) < 0)
        return r;
    return xml_text(xml_first(purpose, "then"), tc->then, sizeof tc->then, err);
}

static int read_references(const xmlNode *root, struct testcase *tc, struct error *err)
{
    for (const xmlNode *n = xml_first(root, "reference"); n; n = xml_next(n, "reference")) {
        int r;

        if (tc->nreferences == TESTCASE_REFERENCES_MAX)
            return xml_error(n, err, "a test case has at most %d references", TESTCASE_REFERENCES_MAX);
        if ((r = xml_text(n, tc->reference[tc->nreferences], sizeof tc->reference[0], err)) < 0)
            return r;
        tc->nreferences++;
    }
    return 0;
}

static int read_need(const xmlNode *n, const struct flow *f, struct testcase_need *need, struct error *err)
{
    static const char *const kinds[] = {
        [NEED_FEATURE] = "feature", [NEED_PROXY] = "proxy", [NEED_B2BUA] = "b2bua"};
    int given = 0, r;

    for (int kind = NEED_FEATURE; kind <= NEED_B2BUA; kind++) {
        if (!xmlHasNsProp(n, (const xmlChar *)kinds[kind], NULL))
            continue;
        if ((r = xml_attr(n, kinds[kind], need->what, sizeof need->what, err)) < 0)
            return r;
        need->kind = (enum need_kind)kind;
        given++;
    }
    if (given != 1)
        return xml_error(n, err, "<needs> names %s; give exactly one of feature, proxy or b2bua",
                         given ? "several things" : "nothing");
    if (need->kind != NEED_FEATURE && flow_role(f, need->what) < 0)
        return unknown_role(n, need->what, f, err);
    return 0;
}

static int read_needs(const xmlNode *root, struct testcase *tc, struct error *err)
{
    for (const xmlNode *n = xml_first(root, "needs"); n; n = xml_next(n, "needs")) {
        int r;

        if (tc->nneeds == TESTCASE_NEEDS_MAX)
            return xml_error(n, err, "a test case has at most %d needs", TESTCASE_NEEDS_MAX);
        if ((r = read_need(n, tc->flow, &tc->need[tc->nneeds], err)) < 0)
            return r;
        tc->nneeds++;
    }
    return 0;
}

/* One where the file says nothing; the schema has checked the digit. */
static int read_sessions(const xmlNode *n, struct testcase_drive *d, struct error *err)
{
    uint64_t sessions = 1;
    char text[8];
    int r = xml_attr(n, "sessions", text, sizeof text, err);

    if (r == 0 && *text)
        slice_number(slice_of(text), TESTCASE_SESSIONS_MAX, &sessions);
    d->sessions = (int)sessions;
    return r;
}

static int read_parties(const xmlNode *root, const char *element, struct testcase *tc, struct error *err)
{
    for (const xmlNode *n = xml_first(root, element); n; n = xml_next(n, element)) {
        struct testcase_drive *d = &tc->drive[tc->ndrives];
        int r;

        if (tc->ndrives == TESTCASE_DRIVES_MAX)
            return xml_error(n, err, "a test case drives at most %d parties", TESTCASE_DRIVES_MAX);
        if ((r = xml_attr(n, "role", d->role, sizeof d->role, err)) < 0 ||
            (r = xml_attr(n, "scenario", d->scenario, sizeof d->scenario, err)) < 0 ||
            (r = xml_attr(n, "action", d->action, sizeof d->action, err)) < 0 ||
            (r = read_sessions(n, d, err)) < 0)
            return r;
        if (flow_role(tc->flow, d->role) < 0)
            return unknown_role(n, d->role, tc->flow, err);
        d->preamble = xml_is(n, "preamble");
        for (int i = 0; i < tc->ndrives; i++)
            if (strcmp(tc->drive[i].role, d->role) == 0 && !d->preamble && !tc->drive[i].preamble)
                return xml_error(n, err, "\"%s\" is already driven in line %d; one address serves one SIPp",
                                 d->role, tc->drive[i].line);
        d->line = xml_line(n);
        tc->ndrives++;
    }
    return 0;
}

static int read_defines(const xmlNode *root, struct testcase *tc, struct error *err)
{
    for (const xmlNode *n = xml_first(root, "define"); n; n = xml_next(n, "define")) {
        struct testcase_define *d = &tc->define[tc->ndefines];
        int r;

        if (tc->ndefines == TESTCASE_DEFINES_MAX)
            return xml_error(n, err, "a test case has at most %d <define>", TESTCASE_DEFINES_MAX);
        if ((r = xml_attr(n, "function", d->role, sizeof d->role, err)) < 0 ||
            (r = xml_attr(n, "value", d->value, sizeof d->value, err)) < 0)
            return r;
        if (flow_role(tc->flow, d->role) < 0)
            return unknown_role(n, d->role, tc->flow, err);
        tc->ndefines++;
    }
    return 0;
}

static int read_provoked(const xmlNode *root, struct testcase *tc, struct error *err)
{
    for (const xmlNode *n = xml_first(root, "provokes"); n; n = xml_next(n, "provokes")) {
        struct testcase_provoked *p = &tc->provoked[tc->nprovoked];
        int r;

        if (tc->nprovoked == TESTCASE_PROVOKED_MAX)
            return xml_error(n, err, "a test case has at most %d <provokes>", TESTCASE_PROVOKED_MAX);
        if ((r = xml_attr(n, "rule", p->rule, sizeof p->rule, err)) < 0 ||
            (r = xml_attr(n, "role", p->role, sizeof p->role, err)) < 0)
            return r;
        if (flow_role(tc->flow, p->role) < 0)
            return unknown_role(n, p->role, tc->flow, err);
        tc->nprovoked++;
    }
    return 0;
}

static int read_rules(const xmlNode *root, struct testcase *tc, struct error *err)
{
    for (const xmlNode *n = xml_first(root, "rule"); n; n = xml_next(n, "rule")) {
        int r;

        if (tc->nrules == TESTCASE_RULES_MAX)
            return xml_error(n, err, "a test case is about at most %d rules", TESTCASE_RULES_MAX);
        if ((r = xml_attr(n, "id", tc->rule[tc->nrules], sizeof tc->rule[0], err)) < 0)
            return r;
        tc->nrules++;
    }
    return 0;
}

static int read_finds(const xmlNode *root, struct testcase *tc, struct error *err)
{
    for (const xmlNode *n = xml_first(root, "finds"); n; n = xml_next(n, "finds")) {
        struct testcase_finds *f = &tc->finds[tc->nfinds];
        int r, i = 0;

        if (tc->nfinds == TESTCASE_FINDS_MAX)
            return xml_error(n, err, "a test case names at most %d faults that it finds", TESTCASE_FINDS_MAX);
        if ((r = xml_attr(n, "fault", f->fault, sizeof f->fault, err)) < 0 ||
            (r = xml_attr(n, "rule", f->rule, sizeof f->rule, err)) < 0)
            return r;
        while (i < tc->nrules && strcmp(tc->rule[i], f->rule) != 0)
            i++;
        if (i == tc->nrules)
            return xml_error(n, err, "the test case is not about the rule %s; add <rule id=\"%s\"/>", f->rule,
                             f->rule);
        tc->nfinds++;
    }
    return 0;
}

static int read_all(const xmlNode *root, const char *folder, const struct testcases *s, struct testcase *tc,
                    struct error *err)
{
    int r;

    if ((r = read_id(root, folder, s, tc, err)) < 0 || (r = read_flow(root, s, tc, err)) < 0 ||
        (r = read_further_flows(root, s, tc, err)) < 0 ||
        (r = xml_attr(root, "transport", tc->transport, sizeof tc->transport, err)) < 0 ||
        (r = read_timeout(root, tc, err)) < 0 || (r = read_attempts(root, tc, err)) < 0 ||
        (r = read_texts(root, tc, err)) < 0 || (r = read_references(root, tc, err)) < 0 ||
        (r = read_needs(root, tc, err)) < 0 || (r = read_parties(root, "preamble", tc, err)) < 0 ||
        (r = read_parties(root, "drive", tc, err)) < 0 || (r = read_defines(root, tc, err)) < 0 ||
        (r = read_provoked(root, tc, err)) < 0)
        return r;
    r = read_rules(root, tc, err);
    return r < 0 ? r : read_finds(root, tc, err);
}

int testcase_read(const char *path, const char *folder, const struct xml_schema *schema,
                  const struct testcases *s, struct testcase *tc, struct error *err)
{
    xmlDoc *doc;
    int r;

    if ((r = xml_load_as(path, schema, &doc, err)) < 0)
        return r;
    snprintf(tc->path, sizeof tc->path, "%s", path);
    r = read_all(xmlDocGetRootElement(doc), folder, s, tc, err);
    xmlFreeDoc(doc);
    return r;
}
