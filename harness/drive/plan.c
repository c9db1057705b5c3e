#include "drive/plan.h"

#include "wire/hepsource.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { PLAN_BYTES_MAX = 1 << 20, SIP_PORT = 5060 };

/* The clients' own patience: for one message; and for all, which is more than they will be given, because
 * SIPp would take the end of it for its own failure. */
enum { RECV_TIMEOUT_MS = 10000, TIMEOUT_S = 3600 };

struct planner {
    const struct plan_spec *spec;
    struct plan *plan;
    bool tcp;
    bool failed; /* memory is out */
    struct error *err;
};

bool plan_is_private(const struct profile *p)
{
    for (int i = 0; i < p->nfunctions; i++)
        if (p->function[i].under_test)
            return false;
    return true;
}

#define TEXT(k, ...) text_or_fail(k, arena_printf(&(k)->plan->arena, __VA_ARGS__))

static const char *text_or_fail(struct planner *k, const char *text)
{
    if (!text)
        k->failed = true;
    return text ? text : "";
}

static void add_arg(struct planner *k, struct plan_party *p, const char *text)
{
    size_t n = 0;

    while (p->argv[n])
        n++;
    if (n + 1 < PLAN_ARGS_MAX)
        p->argv[n] = text;
    else
        k->failed = true;
}

static void add_args(struct planner *k, struct plan_party *p, const char *const *texts)
{
    for (; *texts; texts++)
        add_arg(k, p, *texts);
}

/* --- what the profile says */

static char side_of(const char *role)
{
    size_t n = strlen(role);

    return n ? role[n - 1] : '\0';
}

static bool is_kind(const char *role, const char *kind)
{
    return strncmp(role, kind, strlen(kind)) == 0;
}

/* The one address that a function is reached at. */
static bool function_at(const struct profile *p, int function, struct endpoint *ret)
{
    for (int i = 0; i < p->nnodes; i++) {
        const struct profile_node *n = &p->node[i];
        if (n->function == function && n->bits == 128) {
            *ret = (struct endpoint){n->addr, n->port ? n->port : SIP_PORT};
            return true;
        }
    }
    return false;
}

static bool role_at(const struct profile *p, const char *kind, char side, struct endpoint *ret)
{
    char role[ROLE_NAME_MAX];
    int f;

    snprintf(role, sizeof role, "%s%c", kind, side);
    f = profile_function(p, role);
    return f >= 0 && function_at(p, f, ret);
}

static const struct profile_user *user_of(const struct profile *p, char side)
{
    for (int i = 0; i < p->nusers; i++)
        if (p->user[i].side == side)
            return &p->user[i];
    return NULL;
}

/* "sip:alice@a.example" -> "alice@a.example" */
static const char *without_scheme(const char *uri)
{
    const char *colon = strchr(uri, ':');

    return colon ? colon + 1 : uri;
}

static bool same_place(const struct endpoint *a, const struct endpoint *b)
{
    return addr_eq(&a->addr, &b->addr) && a->port == b->port;
}

/* --- functions */

static const char *uri_text(struct planner *k, const struct endpoint *e)
{
    char text[ENDPOINT_TEXT];

    return TEXT(k, "sip:%s%s", endpoint_format(e, text), k->tcp ? ";transport=tcp" : "");
}

static void define(struct planner *k, struct plan_party *p, const char *text)
{
    add_arg(k, p, "-A");
    add_arg(k, p, text);
}

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
    define(k, p, TEXT(k, "HEP=\"sip:%s%s\"", endpoint_format(&at, text), tcp ? ";transport=tcp" : ""));
    define(k, p, TEXT(k, "HEP_AGENT=%d", k->plan->nfunctions));
    return 0;
}

static void add_common(struct planner *k, struct plan_party *p, bool core)
{
    char at[ENDPOINT_TEXT];
    const char *const args[] = {"kamailio",
                                "-f",
                                TEXT(k, "%s/reference-network/kamailio.cfg", k->spec->data_dir),
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
                                TEXT(k, "udp:%s", endpoint_format(&p->at, at)),
                                "-l",
                                TEXT(k, "tcp:%s", endpoint_format(&p->at, at)),
                                NULL};

    add_args(k, p, args);
    define(k, p, core ? "ROLE_CORE" : "ROLE_PF");
    define(k, p, TEXT(k, "SELF=%s", uri_text(k, &p->at)));
}

static int add_served_user(struct planner *k, struct plan_party *p, char side, int number)
{
    const struct profile *profile = k->spec->profile;
    const struct profile_user *user = user_of(profile, side);
    struct endpoint pf;

    if (!user)
        return error_at(
            k->err, EINVAL, profile->path, 0,
            "the profile names no user of side %c, whom %s is to serve: add <user side=\"%c\" …/>", side,
            p->role, side);
    define(k, p, TEXT(k, "USER_%d=%s", number, without_scheme(user->uri)));
    define(k, p, TEXT(k, "SECRET_%d=%s", number, user->password));
    if (role_at(profile, "pf-", side, &pf))
        define(k, p, TEXT(k, "PF_%d=%s", number, uri_text(k, &pf)));
    return 0;
}

/* A core serves its own side's user, and the other's too where both cores are this one. */
static int add_core(struct planner *k, struct plan_party *p)
{
    char side = side_of(p->role), other = side == 'a' ? 'b' : 'a';
    struct endpoint peer;
    int r = add_served_user(k, p, side, 1);

    if (r == 0 && role_at(k->spec->profile, "core-", other, &peer)) {
        if (same_place(&peer, &p->at))
            r = add_served_user(k, p, other, 2);
        else
            define(k, p, TEXT(k, "PEER=%s", uri_text(k, &peer)));
    }
    return r;
}

static void add_faults(struct planner *k, struct plan_party *p, const char *role)
{
    const struct fault *f = k->spec->fault;

    for (int i = 0; f && i < f->ndefines; i++)
        if (strcmp(f->define[i].role, role) == 0)
            define(k, p, TEXT(k, "%s", f->define[i].value));
}

static struct plan_party *function_there(struct plan *plan, const struct endpoint *at)
{
    for (int i = 0; i < plan->nfunctions; i++)
        if (same_place(&plan->function[i].at, at))
            return &plan->function[i];
    return NULL;
}

static void name_party(struct planner *k, struct plan_party *p, const char *name)
{
    p->name = name;
    p->dir = TEXT(k, "%s/%s", k->spec->dir, name);
    p->log = TEXT(k, "%s/%s.log", k->spec->dir, name);
}

static int plan_function(struct planner *k, int index)
{
    const struct profile_function *f = &k->spec->profile->function[index];
    bool core = is_kind(f->role, "core-");
    char address[ADDR_TEXT];
    struct plan_party *p;
    struct endpoint at;
    int r;

    if (!function_at(k->spec->profile, index, &at))
        return error_at(
            k->err, EINVAL, k->spec->profile->path, f->line,
            "%s is to be simulated and has no address of its own: give it a <node> with one address",
            f->role);
    p = function_there(k->plan, &at);
    if (p && is_kind(p->role, "core-") != core)
        return error_at(k->err, EINVAL, k->spec->profile->path, f->line,
                        "%s and %s cannot be simulated at the same address and port", p->role, f->role);
    if (p) {
        add_faults(k, p, f->role);
        return 0;
    }
    p = &k->plan->function[k->plan->nfunctions++];
    p->role = TEXT(k, "%s", f->role);
    p->at = at;
    p->tcp = k->tcp;
    name_party(k, p, p->role);
    add_common(k, p, core);
    if (f->b2bua && !core)
        define(k, p, TEXT(k, "HIDING=\"%s\"", addr_format(&p->at.addr, address)));
    add_faults(k, p, f->role);
    r = add_mirror(k, p);
    return r == 0 && core ? add_core(k, p) : r;
}

/* --- clients */

static const char *client_name(struct planner *k, const struct testcase_drive *d, const char *scenario)
{
    const char *base = strrchr(scenario, '/') ? strrchr(scenario, '/') + 1 : scenario;
    int n = (int)strcspn(base, "."), same = 0;
    const char *name = strncmp(base, d->role, strlen(d->role)) == 0 ? TEXT(k, "%.*s", n, base)
                                                                    : TEXT(k, "%s-%.*s", d->role, n, base);

    for (int i = 0; i < k->plan->nclients; i++)
        same += strncmp(k->plan->client[i].name, name, strlen(name)) == 0;
    return same ? TEXT(k, "%s-%d", name, same + 1) : name;
}

/* SIPp names its calls by its process id, which comes again in every PID namespace. */
static const char *unique_text(struct planner *k)
{
    uint8_t b[16];

    if (getrandom(b, sizeof b, 0) != (ssize_t)sizeof b)
        k->failed = true;
    return TEXT(k, "%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2], b[3],
                b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

/* A fault's scenario takes the place of what its role says in the test body. */
static const char *scenario_of(const struct plan_spec *spec, const struct testcase_drive *d)
{
    for (int i = 0; spec->fault && !d->preamble && i < spec->fault->nscenarios; i++)
        if (strcmp(spec->fault->scenario[i].role, d->role) == 0)
            return spec->fault->scenario[i].file;
    return d->scenario;
}

static void add_client_args(struct planner *k, struct plan_party *p, const struct endpoint *core,
                            const struct profile_user *me, const struct profile_user *peer)
{
    const char *identity = without_scheme(me->uri), *at = strchr(identity, '@');
    char text[ENDPOINT_TEXT], address[ADDR_TEXT];
    const char *unique = unique_text(k), *domain = at ? at + 1 : identity;
    bool v4 = addr_is_v4(&p->at.addr);
    const char *const args[] = {"sipp",
                                TEXT(k, "%s", endpoint_format(core, text)),
                                "-sf",
                                TEXT(k, "%s/sipp-scenarios/%s", k->spec->data_dir, p->scenario),
                                "-i",
                                TEXT(k, v4 ? "%s" : "[%s]", addr_format(&p->at.addr, address)),
                                "-p",
                                TEXT(k, "%u", p->at.port),
                                "-t",
                                p->tcp ? "t1" : "u1",
                                "-m",
                                "1",
                                "-nostdin",
                                "-default_behaviors",
                                "all,-bye",
                                "-recv_timeout",
                                TEXT(k, "%d", RECV_TIMEOUT_MS),
                                "-timeout",
                                TEXT(k, "%ds", TIMEOUT_S),
                                "-timeout_error",
                                "-au",
                                TEXT(k, "%s", identity),
                                "-ap",
                                TEXT(k, "%s", me->password),
                                "-auth_uri",
                                TEXT(k, "%s", domain),
                                "-cid_str",
                                TEXT(k, "%%u-%s@%%s", unique),
                                "-key",
                                "unique",
                                unique,
                                "-key",
                                "own_uri",
                                TEXT(k, "%s", me->uri),
                                "-key",
                                "own_user",
                                TEXT(k, "%.*s", (int)strcspn(identity, "@"), identity),
                                "-key",
                                "own_domain",
                                TEXT(k, "%s", domain),
                                "-key",
                                "peer_uri",
                                TEXT(k, "%s", peer->uri),
                                "-trace_err",
                                "-error_file",
                                p->errors,
                                "-trace_msg",
                                "-message_file",
                                TEXT(k, "%s/%s.messages.log", k->spec->dir, p->name),
                                "-trace_logs",
                                "-log_file",
                                TEXT(k, "%s/%s.notes.log", k->spec->dir, p->name),
                                NULL};

    add_args(k, p, args);
}

static int plan_client(struct planner *k, int index)
{
    const struct testcase *tc = k->spec->testcase;
    const struct testcase_drive *d = &tc->drive[index];
    const struct profile *profile = k->spec->profile;
    int f = profile_function(profile, d->role);
    char side = side_of(d->role);
    const struct profile_user *me = user_of(profile, side), *peer = user_of(profile, side == 'a' ? 'b' : 'a');
    struct plan_party *p = &k->plan->client[k->plan->nclients];
    struct endpoint core;

    if (f < 0 || !function_at(profile, f, &p->at))
        return error_at(k->err, EINVAL, profile->path, 0, "%s plays %s, and the profile gives it no address",
                        tc->id, d->role);
    if (profile->function[f].under_test)
        return error_at(k->err, EINVAL, profile->path, profile->function[f].line,
                        "%s plays %s, which is under test", tc->id, d->role);
    if (!me || !peer || !role_at(profile, "core-", side, &core))
        return error_at(k->err, EINVAL, profile->path, 0,
                        "%s needs a user on each side and the address of core-%c", tc->id, side);
    p->preamble = d->preamble;
    p->role = TEXT(k, "%s", d->role);
    p->scenario = TEXT(k, "%s", scenario_of(k->spec, d));
    p->tcp = k->tcp;
    name_party(k, p, client_name(k, d, p->scenario));
    p->errors = TEXT(k, "%s/%s.errors.log", k->spec->dir, p->name);
    add_client_args(k, p, &core, me, peer);
    k->plan->nclients++;
    return 0;
}

static int plan_all(struct planner *k)
{
    const struct profile *profile = k->spec->profile;
    int r = 0;

    for (int i = 0; r == 0 && i < profile->nfunctions; i++)
        if (!profile->function[i].under_test && !is_kind(profile->function[i].role, "client-"))
            r = plan_function(k, i);
    for (int i = 0; r == 0 && i < k->spec->testcase->ndrives; i++)
        r = plan_client(k, i);
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
