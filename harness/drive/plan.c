#include "drive/plan.h"

#include "drive/iut.h"
#include "drive/planner.h"
#include "wire/hepsource.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLAN_BYTES_MAX = 1 << 20 };

/* The clients' own patience: for one message; and for all, which is more than they will be given, because
 * SIPp would take the end of it for its own failure. */
enum { RECV_TIMEOUT_MS = 10000, TIMEOUT_S = 3600 };

/* Of one that is there for as long as there are others. */
enum { SESSIONS_ANY = 1000000 };

/* One that waits for somebody else's program, or for a person, waits as long as the test case may take. */
static int recv_timeout_ms(const struct planner *k)
{
    const struct testcase *tc = k->spec->testcase;

    for (int i = 0; i < tc->ndrives; i++)
        if (*tc->drive[i].action)
            return (int)(tc->timeout / NSEC_PER_MSEC);
    return RECV_TIMEOUT_MS;
}

/* --- functions */

/* Where the profile listens for HEP, the functions report there (the first place of several). */
static int add_mirror(struct planner *k, struct plan_party *p)
{
    const struct profile *profile = k->spec->profile;
    char text[ENDPOINT_TEXT];
    struct endpoint at;
    bool tcp;
    int i = 0;

    while (i < profile->ncaptures && profile->capture[i].kind != CAPTURE_HEP)
        i++;
    if (i == profile->ncaptures || !hep_place(slice_of(profile->capture[i].text), &tcp, &at))
        return 0;
    hep_reach(&at);
    if (addr_is_v4(&at.addr) != addr_is_v4(&p->at.addr))
        return error_at(k->err, EINVAL, profile->path, profile->capture[i].line,
                        "%s cannot report there by HEP: one address is IPv4, the other is IPv6", p->role);
    planner_define(
        k, p, planner_text(k, "HEP=\"sip:%s%s\"", endpoint_format(&at, text), tcp ? ";transport=tcp" : ""));
    planner_define(k, p, planner_text(k, "HEP_AGENT=%d", k->plan->nfunctions));
    return 0;
}

/* `plays`: "CORE", "PF", "EDGE" or "ENTRY". */
static void add_common(struct planner *k, struct plan_party *p, const char *plays)
{
    const struct profile *profile = k->spec->profile;
    char at[ENDPOINT_TEXT];
    const char *const args[] = {"kamailio",
                                "-f",
                                planner_text(k, "%s/reference-network/kamailio.cfg", k->spec->data_dir),
                                "-DD",
                                "-E",
                                "-n",
                                "1",
                                "-N",
                                "1",
                                "-m",
                                "16",
                                "-M",
                                "8",
                                "-Y",
                                p->dir,
                                "-w",
                                p->dir,
                                "-l",
                                planner_text(k, "udp:%s", endpoint_format(&p->at, at)),
                                "-l",
                                planner_text(k, "tcp:%s", endpoint_format(&p->at, at)),
                                NULL};

    planner_args(k, p, args);
    planner_define(k, p, planner_text(k, "ROLE_%s", plays));
    planner_define(k, p, planner_text(k, "SELF=%s", planner_uri(k, &p->at)));
    planner_define(k, p, planner_text(k, "T1=%lld", (long long)(profile->t1 / NSEC_PER_MSEC)));
    planner_define(k, p, planner_text(k, "T2=%lld", (long long)(profile->t2 / NSEC_PER_MSEC)));
    planner_define(k, p, planner_text(k, "TIMER_F=%lld", (long long)(64 * profile->t1 / NSEC_PER_MSEC)));
}

/* The further server of a core that plays this; false where it has none. */
static bool node_at(const struct planner *k, const char *role, const char *plays, struct endpoint *ret)
{
    const struct fault *f = k->spec->fault;

    for (int i = 0; f && i < f->nnodes; i++) {
        if (strcmp(f->node[i].role, role) != 0 || strcmp(f->node[i].plays, plays) != 0)
            continue;
        *ret = (struct endpoint){f->node[i].at, PLANNER_SIP_PORT};
        return true;
    }
    return false;
}

/* Where terminals ("edge") or other cores ("entry") reach the core of a side. */
static bool core_at(const struct planner *k, char side, const char *plays, struct endpoint *ret)
{
    const char *role = side == 'a' ? "core-a" : "core-b";

    return node_at(k, role, plays, ret) || planner_role_at(k->spec->profile, "core-", side, ret);
}

static int add_served_user(struct planner *k, struct plan_party *p, char side, int number)
{
    const struct profile *profile = k->spec->profile;
    const struct profile_user *user = planner_user(profile, side);
    struct endpoint pf;

    if (!user)
        return error_at(
            k->err, EINVAL, profile->path, 0,
            "the profile names no user of side %c, whom %s is to serve: add <user side=\"%c\" …/>", side,
            p->role, side);
    planner_define(k, p, planner_text(k, "USER_%d=%s", number, planner_identity(user)));
    planner_define(k, p, planner_text(k, "SECRET_%d=%s", number, user->password));
    if (planner_role_at(profile, "pf-", side, &pf))
        planner_define(k, p, planner_text(k, "PF_%d=%s", number, planner_uri(k, &pf)));
    return 0;
}

/* A core serves its own side's user, and the other's too where both cores are this one. */
static int add_core(struct planner *k, struct plan_party *p)
{
    char side = planner_side(p->role), other = side == 'a' ? 'b' : 'a';
    struct endpoint peer, node;
    int r = add_served_user(k, p, side, 1);

    if (node_at(k, p->role, "edge", &node))
        planner_define(k, p, planner_text(k, "EDGE=%s", planner_uri(k, &node)));
    if (node_at(k, p->role, "entry", &node))
        planner_define(k, p, planner_text(k, "ENTRY=%s", planner_uri(k, &node)));
    if (r == 0 && core_at(k, other, "entry", &peer)) {
        if (planner_same_place(&peer, &p->at))
            r = add_served_user(k, p, other, 2);
        else
            planner_define(k, p, planner_text(k, "PEER=%s", planner_uri(k, &peer)));
    }
    return r;
}

static void add_faults(struct planner *k, struct plan_party *p, const char *role)
{
    const struct testcase *tc = k->spec->testcase;
    const struct fault *f = k->spec->fault;

    for (int i = 0; f && i < f->ndefines; i++)
        if (strcmp(f->define[i].role, role) == 0)
            planner_define(k, p, planner_text(k, "%s", f->define[i].value));
    for (int i = 0; i < tc->ndefines; i++)
        if (strcmp(tc->define[i].role, role) == 0)
            planner_define(k, p, planner_text(k, "%s", tc->define[i].value));
}

static struct plan_party *function_there(struct plan *plan, const struct endpoint *at)
{
    for (int i = 0; i < plan->nfunctions; i++)
        if (planner_same_place(&plan->function[i].at, at))
            return &plan->function[i];
    return NULL;
}

static struct plan_party *new_function(struct planner *k, const char *role, const struct endpoint *at)
{
    struct plan_party *p = &k->plan->function[k->plan->nfunctions++];

    p->role = planner_text(k, "%s", role);
    p->at = *at;
    p->tcp = k->tcp;
    return p;
}

/* Whether SIPp plays it. */
static bool has_party(const struct planner *k, const char *role)
{
    const struct fault *f = k->spec->fault;

    for (int i = 0; f && i < f->nparties; i++)
        if (strcmp(f->party[i].role, role) == 0)
            return true;
    return false;
}

static int plan_function(struct planner *k, int index)
{
    const struct profile_function *f = &k->spec->profile->function[index];
    bool core = planner_is_kind(f->role, "core-");
    char address[ADDR_TEXT];
    struct plan_party *p;
    struct endpoint at;
    int r;

    if (!planner_function_at(k->spec->profile, index, &at))
        return error_at(
            k->err, EINVAL, k->spec->profile->path, f->line,
            "%s is to be simulated and has no address of its own: give it a <node> with one address",
            f->role);
    p = function_there(k->plan, &at);
    if (p && planner_is_kind(p->role, "core-") != core)
        return error_at(k->err, EINVAL, k->spec->profile->path, f->line,
                        "%s and %s cannot be simulated at the same address and port", p->role, f->role);
    if (p) {
        add_faults(k, p, f->role);
        return 0;
    }
    p = new_function(k, f->role, &at);
    planner_name(k, p, p->role);
    add_common(k, p, core ? "CORE" : "PF");
    if (f->b2bua && !core)
        planner_define(k, p, planner_text(k, "HIDING=\"%s\"", addr_format(&p->at.addr, address)));
    add_faults(k, p, f->role);
    r = add_mirror(k, p);
    return r == 0 && core ? add_core(k, p) : r;
}

static int plan_node(struct planner *k, const struct fault_node *n)
{
    struct endpoint at = {n->at, PLANNER_SIP_PORT}, serving;
    struct plan_party *p;

    if (!planner_role_at(k->spec->profile, "core-", planner_side(n->role), &serving))
        return error_set(k->err, EINVAL,
                         "%s: the profile gives %s no address, before which it is to have nodes",
                         k->spec->fault->name, n->role);
    p = new_function(k, n->role, &at);
    planner_name(k, p, planner_text(k, "%s-%s", n->role, n->plays));
    add_common(k, p, strcmp(n->plays, "edge") == 0 ? "EDGE" : "ENTRY");
    planner_define(k, p, planner_text(k, "SERVING=%s", planner_uri(k, &serving)));
    add_faults(k, p, p->name);
    return add_mirror(k, p);
}

/* --- clients */

/* What SIPp is to play: a client of the test case, or (extra) a party that the fault brings. */
struct part {
    const char *role, *scenario;
    bool preamble;
    int sessions;
    const struct fault_party *extra;
};

static const char *client_name(struct planner *k, const struct part *d)
{
    const char *base = strrchr(d->scenario, '/') ? strrchr(d->scenario, '/') + 1 : d->scenario;
    int n = (int)strcspn(base, "."), same = 0;
    const char *name = strncmp(base, d->role, strlen(d->role)) == 0
                           ? planner_text(k, "%.*s", n, base)
                           : planner_text(k, "%s-%.*s", d->role, n, base);

    for (int i = 0; i < k->plan->nclients; i++)
        same += strncmp(k->plan->client[i].name, name, strlen(name)) == 0;
    return same ? planner_text(k, "%s-%d", name, same + 1) : name;
}

/* A fault's scenario takes the place of what its role says in the test body. */
static const char *scenario_of(const struct plan_spec *spec, const struct testcase_drive *d)
{
    for (int i = 0; spec->fault && !d->preamble && i < spec->fault->nscenarios; i++)
        if (strcmp(spec->fault->scenario[i].role, d->role) == 0)
            return spec->fault->scenario[i].file;
    return d->scenario;
}

/* Who the client is, for what its scenario calls by key. */
static void add_user(struct planner *k, struct plan_party *p, const struct profile_user *me,
                     const struct profile_user *peer)
{
    const char *identity = planner_identity(me), *at = strchr(identity, '@');
    const char *unique = planner_unique(k), *domain = at ? at + 1 : identity;
    const char *const args[] = {"-au",
                                planner_text(k, "%s", identity),
                                "-ap",
                                planner_text(k, "%s", me->password),
                                "-auth_uri",
                                planner_text(k, "%s", domain),
                                "-cid_str",
                                planner_text(k, "%%u-%s@%%s", unique),
                                "-key",
                                "unique",
                                unique,
                                "-key",
                                "own_uri",
                                planner_text(k, "%s", me->uri),
                                "-key",
                                "own_user",
                                planner_text(k, "%.*s", (int)strcspn(identity, "@"), identity),
                                "-key",
                                "own_domain",
                                planner_text(k, "%s", domain),
                                "-key",
                                "peer_uri",
                                planner_text(k, "%s", peer->uri),
                                NULL};

    planner_args(k, p, args);
}

/* It reads one message at a time: a second one would meet the step that answers the first. */
static void add_client_args(struct planner *k, struct plan_party *p, int sessions,
                            const struct endpoint *core)
{
    char text[ENDPOINT_TEXT], address[ADDR_TEXT];
    bool v4 = addr_is_v4(&p->at.addr);
    const char *const args[] = {"sipp",
                                planner_text(k, "%s", endpoint_format(core, text)),
                                "-sf",
                                planner_text(k, "%s/sipp-scenarios/%s", k->spec->data_dir, p->scenario),
                                "-i",
                                planner_text(k, v4 ? "%s" : "[%s]", addr_format(&p->at.addr, address)),
                                "-p",
                                planner_text(k, "%u", p->at.port),
                                "-t",
                                p->tcp ? "t1" : "u1",
                                "-m",
                                planner_text(k, "%d", sessions),
                                "-nostdin",
                                "-max_recv_loops",
                                "1",
                                "-default_behaviors",
                                "all,-bye",
                                "-recv_timeout",
                                planner_text(k, "%d", recv_timeout_ms(k)),
                                "-timeout",
                                planner_text(k, "%ds", TIMEOUT_S),
                                "-timeout_error",
                                "-trace_err",
                                "-error_file",
                                p->errors,
                                "-trace_msg",
                                "-message_file",
                                planner_text(k, "%s/%s.messages.log", k->spec->dir, p->name),
                                "-trace_logs",
                                "-log_file",
                                planner_text(k, "%s/%s.notes.log", k->spec->dir, p->name),
                                NULL};

    planner_args(k, p, args);
}

/* The two legs of a B2BUA find each other over TCP, each listening at the place that pf-a.twins or pf-b.twins
 * gives it. The far one listens for its twin only, so that is what shows that it is there. "hops": the
 * Max-Forwards that it sends requests with, fewer than it can be handed, also behind another B2BUA. */
static void add_twin(struct planner *k, struct plan_party *p, const struct fault_party *extra)
{
    static const uint8_t any[4] = {0}; /* SIPp listens for its twin on all addresses */
    bool far = strcmp(extra->twin, "far") == 0, first = far == (planner_side(p->role) == 'a');

    planner_arg(k, p, far ? "-slave" : "-master");
    planner_arg(k, p, planner_text(k, "%s", extra->twin));
    planner_arg(k, p, "-slave_cfg");
    planner_arg(k, p, planner_text(k, "%s/sipp-scenarios/b2bua/%s.twins", k->spec->data_dir, p->role));
    planner_arg(k, p, "-key");
    planner_arg(k, p, "hops");
    planner_arg(k, p, first ? "60" : "50");
    if (!far)
        return;
    p->at = (struct endpoint){addr_v4(any), planner_side(p->role) == 'a' ? 6002 : 6004};
    p->tcp = true;
}

static int place_client(struct planner *k, const struct part *d, struct plan_party *p)
{
    const struct profile *profile = k->spec->profile;
    int f = profile_function(profile, d->role);

    if (f < 0 || !planner_function_at(profile, f, &p->at))
        return error_at(k->err, EINVAL, profile->path, 0, "%s plays %s, and the profile gives it no address",
                        k->spec->testcase->id, d->role);
    if (profile->function[f].under_test)
        return error_at(k->err, EINVAL, profile->path, profile->function[f].line,
                        "%s plays %s, which is under test", k->spec->testcase->id, d->role);
    if (d->extra && d->extra->has_at)
        p->at.addr = d->extra->at;
    if (d->extra && d->extra->port)
        p->at.port = d->extra->port;
    return 0;
}

static int plan_client(struct planner *k, const struct part *d)
{
    const struct profile *profile = k->spec->profile;
    char side = planner_side(d->role);
    const struct profile_user *me = planner_user(profile, side),
                              *peer = planner_user(profile, side == 'a' ? 'b' : 'a');
    struct plan_party *p = &k->plan->client[k->plan->nclients];
    struct endpoint core;
    int r = place_client(k, d, p);

    if (r < 0)
        return r;
    if (!me || !peer || !core_at(k, side, "edge", &core))
        return error_at(k->err, EINVAL, profile->path, 0,
                        "%s needs a user on each side and the address of core-%c", k->spec->testcase->id,
                        side);
    p->preamble = d->preamble;
    p->lasting = d->extra && *d->extra->twin;
    p->role = planner_text(k, "%s", d->role);
    p->scenario = planner_text(k, "%s", d->scenario);
    p->tcp = k->tcp;
    planner_name(k, p, client_name(k, d));
    p->errors = planner_text(k, "%s/%s.errors.log", k->spec->dir, p->name);
    add_client_args(k, p, p->lasting ? SESSIONS_ANY : d->sessions, &core);
    add_user(k, p, me, peer);
    if (p->lasting)
        add_twin(k, p, d->extra);
    k->plan->nclients++;
    return 0;
}

static int plan_functions(struct planner *k)
{
    const struct profile *profile = k->spec->profile;
    const struct fault *fault = k->spec->fault;
    int r = 0;

    for (int i = 0; r == 0 && i < profile->nfunctions; i++)
        if (!profile->function[i].under_test && !planner_is_kind(profile->function[i].role, "client-") &&
            !has_party(k, profile->function[i].role))
            r = plan_function(k, i);
    for (int i = 0; fault && r == 0 && i < fault->nnodes; i++)
        r = plan_node(k, &fault->node[i]);
    return r;
}

static int plan_clients(struct planner *k)
{
    const struct fault *fault = k->spec->fault;
    int r = 0;

    for (int i = 0; fault && r == 0 && i < fault->nparties; i++) {
        const struct fault_party *p = &fault->party[i];
        r = plan_client(k, &(struct part){p->role, p->file, p->preamble, 1, p});
    }
    for (int i = 0; r == 0 && i < k->spec->testcase->ndrives; i++) {
        const struct testcase_drive *d = &k->spec->testcase->drive[i];
        if (*d->action)
            r = iut_plan(k, d, &k->plan->client[k->plan->nclients++], k->err);
        else
            r = plan_client(k,
                            &(struct part){d->role, scenario_of(k->spec, d), d->preamble, d->sessions, NULL});
    }
    return r;
}

static int plan_all(struct planner *k)
{
    int r = plan_functions(k);

    if (r == 0)
        r = plan_clients(k);
    if (r == 0 && k->failed)
        r = error_set(k->err, ENOMEM, "no memory to plan %s", k->spec->testcase->id);
    return r;
}

int plan_new(const struct plan_spec *spec, struct plan **ret, struct error *err)
{
    const char *transport = *spec->testcase->transport ? spec->testcase->transport : spec->profile->transport;
    struct planner k = {.spec = spec, .tcp = strcmp(transport, "tcp") == 0, .err = err};
    int r;

    k.plan = calloc(1, sizeof *k.plan);
    if (!k.plan)
        return error_set(err, ENOMEM, "no memory to plan %s", spec->testcase->id);
    arena_init(&k.plan->arena, PLAN_BYTES_MAX);
    k.plan->told = spec->testcase->ndefines > 0;
    r = plan_all(&k);
    if (r < 0) {
        plan_free(k.plan);
        return r;
    }
    *ret = k.plan;
    return 0;
}

void plan_free(struct plan *p)
{
    if (!p)
        return;
    arena_done(&p->arena);
    free(p);
}
