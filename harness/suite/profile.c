#include "suite/profile.h"

#include "base/words.h"
#include "suite/duration.h"
#include "suite/xml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const nsec_t DURATION_MAX = 3600 * NSEC_PER_SEC;

static bool same_place(const struct profile_node *a, const struct profile_node *b)
{
    return a->bits == b->bits && a->port == b->port && addr_eq(&a->addr, &b->addr);
}

static int read_address(const xmlNode *n, struct profile_node *node, struct error *err)
{
    char text[128];
    struct addr net;
    int r = xml_attr(n, "address", text, sizeof text, err);

    if (r < 0)
        return r;
    if (!addr_parse_net(slice_of(text), &node->addr, &node->bits))
        return xml_error(
            n, err,
            "address \"%s\" is neither an IP address (\"192.0.2.1\", \"2001:db8::1\") nor a network "
            "(\"192.0.2.0/24\"); host names are not looked up",
            text);
    net = node->addr;
    for (unsigned bit = node->bits; bit < 128; bit++)
        net.b[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
    if (!addr_eq(&net, &node->addr))
        return xml_error(n, err, "network \"%s\" has bits set behind its prefix; write %s%s", text,
                         addr_format(&net, (char[ADDR_TEXT]){""}), strchr(text, '/'));
    return 0;
}

static int read_node(const xmlNode *n, int function, struct profile_node *node, struct error *err)
{
    char text[16];
    uint64_t port = 0;
    int r;

    *node = (struct profile_node){.function = function};
    if ((r = read_address(n, node, err)) < 0 || (r = xml_attr(n, "port", text, sizeof text, err)) < 0)
        return r;
    if (text[0] && (!slice_number(slice_of(text), UINT16_MAX, &port) || port == 0))
        return xml_error(n, err, "port \"%s\" is no port; use 1 to 65535, or leave it out to mean every port",
                         text);
    if (!text[0] && xmlHasNsProp(n, (const xmlChar *)"port", NULL))
        return xml_error(n, err, "the port is empty; use 1 to 65535, or leave it out to mean every port");
    node->port = (uint16_t)port;
    return 0;
}

/* Two functions may share a node, but where a more exact address meets a more exact port, no order of the two
 * is natural. */
static int check_node(const struct profile *p, const xmlNode *n, const struct profile_node *node,
                      struct error *err)
{
    for (int i = 0; i < p->nnodes; i++) {
        const struct profile_node *other = &p->node[i];
        bool longer = node->bits > other->bits;
        const struct profile_node *in = longer ? node : other, *net = longer ? other : node;

        if (same_place(node, other) && node->function == other->function)
            return xml_error(n, err, "this node is already given for role \"%s\"; remove one of the two",
                             p->function[node->function].role);
        if (node->bits != other->bits && node->function != other->function && net->port && !in->port &&
            addr_in_net(&in->addr, &net->addr, net->bits))
            return xml_error(
                n, err,
                "the node overlaps one of role \"%s\", and neither is the more exact: one has the "
                "longer prefix, the other the port; give both the port",
                p->function[other->function].role);
    }
    return 0;
}

static int read_nodes(const xmlNode *function, struct profile *p, struct error *err)
{
    for (const xmlNode *n = xml_first(function, "node"); n; n = xml_next(n, "node")) {
        struct profile_node *node = &p->node[p->nnodes];
        int r;

        if (p->nnodes == PROFILE_NODES_MAX)
            return xml_error(n, err, "a profile has at most %d nodes; join them to networks",
                             PROFILE_NODES_MAX);
        if ((r = read_node(n, p->nfunctions - 1, node, err)) < 0 || (r = check_node(p, n, node, err)) < 0)
            return r;
        p->nnodes++;
    }
    return 0;
}

/* What moves a client under test. Everybody else acts by himself, or is played. */
static int read_start(const xmlNode *function, struct profile_function *f, struct error *err)
{
    const xmlNode *n = xml_first(function, "start");
    struct words words;
    char text[8];
    int r;

    if (!n)
        return 0;
    if ((r = xml_attr(n, "command", f->start, sizeof f->start, err)) < 0 ||
        (r = xml_attr(n, "network", text, sizeof text, err)) < 0)
        return r;
    f->start_on_host = strcmp(text, "host") == 0;
    f->start_apart = strcmp(text, "own") == 0;
    f->start_line = xml_line(n);
    if (!f->under_test || strncmp(f->role, "client-", strlen("client-")) != 0)
        return xml_error(n, err,
                         "<start> is for a client that is under test; remove it, or mark a client "
                         "under-test=\"yes\"");
    r = words_split(slice_of(f->start), &words);
    if (r == -ENODATA)
        return xml_error(n, err, "the command that starts %s is empty", f->role);
    if (r < 0)
        return xml_error(n, err, "the command has %s; there is no shell, quotes only join words",
                         r == -EINVAL ? "a quote without its end" : "too many words");
    return 0;
}

static int read_functions(const xmlNode *ixit, struct profile *p, struct error *err)
{
    for (const xmlNode *n = xml_first(ixit, "function"); n; n = xml_next(n, "function")) {
        struct profile_function *f = &p->function[p->nfunctions];
        int r, other;

        if (p->nfunctions == PROFILE_FUNCTIONS_MAX)
            return xml_error(n, err, "a profile has at most %d functions", PROFILE_FUNCTIONS_MAX);
        if ((r = xml_attr(n, "role", f->role, sizeof f->role, err)) < 0)
            return r;
        other = profile_function(p, f->role);
        if (other >= 0)
            return xml_error(n, err, "role \"%s\" is already given in line %d; put all its nodes there",
                             f->role, p->function[other].line);
        f->under_test = xml_yes(n, "under-test");
        f->line = xml_line(n);
        p->nfunctions++;
        if ((r = read_nodes(n, p, err)) < 0 || (r = read_start(n, f, err)) < 0)
            return r;
    }
    return 0;
}

static int read_users(const xmlNode *ixit, struct profile *p, struct error *err)
{
    bool side[2] = {false, false};

    for (const xmlNode *n = xml_first(ixit, "user"); n; n = xml_next(n, "user")) {
        struct profile_user *u = &p->user[p->nusers];
        char text[8];
        int r;

        if (p->nusers == PROFILE_USERS_MAX)
            return xml_error(n, err, "a profile has at most %d users", PROFILE_USERS_MAX);
        if ((r = xml_attr(n, "side", text, sizeof text, err)) < 0 ||
            (r = xml_attr(n, "uri", u->uri, sizeof u->uri, err)) < 0 ||
            (r = xml_attr(n, "password", u->password, sizeof u->password, err)) < 0)
            return r;
        u->side = text[0];
        side[u->side - 'a'] = true;
        p->nusers++;
    }
    if (side[0] != side[1])
        return xml_error(ixit, err, "there is no user of side %s; add <user side=\"%s\" uri=\"sip:…\"/>",
                         side[0] ? "b" : "a", side[0] ? "b" : "a");
    return 0;
}

/* "udp:127.0.0.1:9060", "tcp:[2001:db8::1]:9060" */
static bool is_hep(const char *text)
{
    struct slice s = slice_of(text);
    struct addr a;
    uint64_t port;
    const char *colon;

    if (!slice_starts(s, SLICE("udp:")) && !slice_starts(s, SLICE("tcp:")))
        return false;
    s = slice_tail(s, 4);
    colon = memrchr(s.p, ':', s.n);
    return colon && addr_parse(slice_head(s, (size_t)(colon - s.p)), &a) &&
           slice_number(slice_of(colon + 1), UINT16_MAX, &port) && port > 0;
}

static int read_capture(const xmlNode *n, struct profile_capture *c, struct error *err)
{
    static const char *const kinds[] = {
        [CAPTURE_INTERFACE] = "interface", [CAPTURE_COMMAND] = "command", [CAPTURE_HEP] = "hep"};
    struct words words;
    int given = 0, r;

    for (int kind = CAPTURE_INTERFACE; kind <= CAPTURE_HEP; kind++) {
        if (!xmlHasNsProp(n, (const xmlChar *)kinds[kind], NULL))
            continue;
        if ((r = xml_attr(n, kinds[kind], c->text, sizeof c->text, err)) < 0)
            return r;
        c->kind = (enum capture_kind)kind;
        given++;
    }
    if (given != 1)
        return xml_error(n, err, "<capture> has %s; give exactly one of interface, command or hep",
                         given ? "more than one source" : "no source");
    if (slice_trim(slice_of(c->text)).n == 0)
        return xml_error(n, err, "the %s to capture from is empty", kinds[c->kind]);
    r = c->kind == CAPTURE_COMMAND ? words_split(slice_of(c->text), &words) : 0;
    if (r < 0)
        return xml_error(n, err, "the command has %s; there is no shell, quotes only join words",
                         r == -EINVAL ? "a quote without its end" : "too many words");
    if (c->kind == CAPTURE_HEP && !is_hep(c->text))
        return xml_error(
            n, err, "hep=\"%s\" is no place to listen; write \"udp:127.0.0.1:9060\" or \"tcp:…\"", c->text);
    c->line = xml_line(n);
    return 0;
}

static int read_captures(const xmlNode *ixit, struct profile *p, struct error *err)
{
    for (const xmlNode *n = xml_first(ixit, "capture"); n; n = xml_next(n, "capture")) {
        struct profile_capture *c = &p->capture[p->ncaptures];
        int r;

        if (p->ncaptures == PROFILE_CAPTURES_MAX)
            return xml_error(n, err, "a profile has at most %d capture points", PROFILE_CAPTURES_MAX);
        if ((r = read_capture(n, c, err)) < 0)
            return r;
        for (int i = 0; i < p->ncaptures; i++)
            if (p->capture[i].kind == c->kind && strcmp(p->capture[i].text, c->text) == 0)
                return xml_error(n, err, "\"%s\" is already captured from in line %d; remove one of the two",
                                 c->text, p->capture[i].line);
        p->ncaptures++;
    }
    return 0;
}

static int read_timer(const xmlNode *n, struct profile *p, bool seen[3], struct error *err)
{
    enum { TIMERS = 3 };
    static const char *const names[TIMERS] = {"T1", "T2", "T4"};
    nsec_t *const timer[TIMERS] = {&p->t1, &p->t2, &p->t4};
    char name[8] = "", value[32] = "";
    int r, i = 0;

    if ((r = xml_attr(n, "name", name, sizeof name, err)) < 0 ||
        (r = xml_attr(n, "value", value, sizeof value, err)) < 0)
        return r;
    while (i < TIMERS && strcmp(names[i], name) != 0)
        i++;
    if (i == TIMERS)
        return xml_error(n, err, "timer %s is not known; use T1, T2 or T4", name);
    if (seen[i])
        return xml_error(n, err, "timer %s is given twice; remove one of the two", name);
    seen[i] = true;
    if (!duration_parse(slice_of(value), DURATION_MAX, timer[i]))
        return xml_error(n, err, "\"%s\" is no duration for %s; write \"500ms\" or \"4s\", up to an hour",
                         value, name);
    return 0;
}

static int read_timers(const xmlNode *ixit, struct profile *p, struct error *err)
{
    bool seen[3] = {false, false, false};

    p->t1 = 500 * NSEC_PER_MSEC;
    p->t2 = 4 * NSEC_PER_SEC;
    p->t4 = 5 * NSEC_PER_SEC;
    for (const xmlNode *n = xml_first(ixit, "timer"); n; n = xml_next(n, "timer")) {
        int r = read_timer(n, p, seen, err);

        if (r < 0)
            return r;
    }
    if (p->t2 < p->t1)
        return xml_error(ixit, err,
                         "timer T2 is shorter than T1; retransmissions are doubled from T1 up to T2");
    return 0;
}

static int read_correlates(const xmlNode *inside, struct profile *p, struct error *err)
{
    for (const xmlNode *n = inside ? xml_first(inside, "correlate") : NULL; n; n = xml_next(n, "correlate")) {
        int r;

        if (p->ncorrelate == PROFILE_HEADERS_MAX)
            return xml_error(n, err, "a profile names at most %d headers to correlate by",
                             PROFILE_HEADERS_MAX);
        if ((r = xml_attr(n, "header", p->correlate[p->ncorrelate], sizeof p->correlate[0], err)) < 0)
            return r;
        p->ncorrelate++;
    }
    return 0;
}

static int read_b2buas(const xmlNode *ics, struct profile *p, struct error *err)
{
    for (const xmlNode *n = xml_first(ics, "b2bua"); n; n = xml_next(n, "b2bua")) {
        char role[ROLE_NAME_MAX];
        int r = xml_attr(n, "role", role, sizeof role, err), f;

        if (r < 0)
            return r;
        f = profile_function(p, role);
        if (f < 0)
            return xml_error(
                n, err, "role \"%s\" has no <function> in <ixit>; add one, or remove this <b2bua>", role);
        p->function[f].b2bua = true;
    }
    return 0;
}

static int read_features(const xmlNode *ics, struct profile *p, struct error *err)
{
    for (const xmlNode *n = xml_first(ics, "supports"); n; n = xml_next(n, "supports")) {
        int r;

        if (p->nfeatures == PROFILE_FEATURES_MAX)
            return xml_error(n, err, "a profile names at most %d features", PROFILE_FEATURES_MAX);
        if ((r = xml_attr(n, "feature", p->feature[p->nfeatures], sizeof p->feature[0], err)) < 0)
            return r;
        p->nfeatures++;
    }
    return 0;
}

static int read_ics(const xmlNode *root, struct profile *p, struct error *err)
{
    const xmlNode *ics = xml_first(root, "ics");
    int r;

    if (!ics)
        return 0;
    if ((r = read_b2buas(ics, p, err)) < 0 || (r = read_features(ics, p, err)) < 0)
        return r;
    return read_correlates(ics, p, err);
}

static int read_profile(const xmlNode *root, struct profile *p, struct error *err)
{
    const xmlNode *ixit = xml_first(root, "ixit");
    int r;

    if ((r = xml_attr(root, "name", p->name, sizeof p->name, err)) < 0 ||
        (r = xml_attr(ixit, "transport", p->transport, sizeof p->transport, err)) < 0)
        return r;
    if (!p->transport[0])
        snprintf(p->transport, sizeof p->transport, "udp");
    if ((r = read_functions(ixit, p, err)) < 0 || (r = read_users(ixit, p, err)) < 0 ||
        (r = read_captures(ixit, p, err)) < 0 || (r = read_timers(ixit, p, err)) < 0 ||
        (r = read_correlates(ixit, p, err)) < 0)
        return r;
    return read_ics(root, p, err);
}

int profile_load(const char *path, const char *schema_dir, struct profile **ret, struct error *err)
{
    char schema[4096];
    struct profile *p;
    xmlDoc *doc;
    int r;

    snprintf(schema, sizeof schema, "%s/sut.rng", schema_dir);
    if ((r = xml_load(path, schema, &doc, err)) < 0)
        return r;
    p = calloc(1, sizeof *p);
    if (p) {
        snprintf(p->path, sizeof p->path, "%s", path);
        r = read_profile(xmlDocGetRootElement(doc), p, err);
        profile_index(p);
    } else {
        r = error_set(err, ENOMEM, "no memory for a profile");
    }
    xmlFreeDoc(doc);
    if (r < 0)
        profile_free(p);
    else
        *ret = p;
    return r;
}

void profile_free(struct profile *p)
{
    free(p);
}
