#include "drive/iut.h"

#include "base/words.h"
#include "sip/msg.h"
#include "sip/value.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ENVIRONMENT_MAX = 16 };

/* The two users and the core, as the client under test needs them. */
struct view {
    const struct profile_function *function;
    const struct profile_user *me, *peer;
    struct endpoint at, core;
};

static int look(const struct profile *p, const char *role, struct view *ret, struct error *err)
{
    char side = planner_side(role);
    int f = profile_function(p, role);

    if (f < 0 || !planner_function_at(p, f, &ret->at))
        return error_at(err, EINVAL, p->path, f < 0 ? 0 : p->function[f].line,
                        "%s is under test and has no address of its own: give it a <node> with one address",
                        role);
    ret->function = &p->function[f];
    ret->me = planner_user(p, side);
    ret->peer = planner_user(p, side == 'a' ? 'b' : 'a');
    if (!ret->me || !ret->peer || !planner_role_at(p, "core-", side, &ret->core))
        return error_at(err, EINVAL, p->path, p->function[f].line,
                        "%s is under test, and needs a user on each side and the address of core-%c", role,
                        side);
    return 0;
}

static const char *const *environment(struct planner *k, const struct testcase_drive *d,
                                      const struct plan_party *p, const struct view *v)
{
    const char **env = arena_alloc(&k->plan->arena, (ENVIRONMENT_MAX + 1) * sizeof *env);
    const struct testcase *tc = k->spec->testcase;
    nsec_t timeout = fault_timeout(k->spec->fault, tc);
    char core[ENDPOINT_TEXT], address[ADDR_TEXT];
    int n = 0;

    if (!env) {
        k->failed = true;
        return NULL;
    }
    env[n++] = planner_text(k, "CPMSPEC_TESTCASE=%s", tc->id);
    env[n++] = planner_text(k, "CPMSPEC_ROLE=%s", d->role);
    env[n++] = planner_text(k, "CPMSPEC_ACTION=%s", d->action);
    env[n++] = planner_text(k, "CPMSPEC_URI=%s", v->me->uri);
    env[n++] = planner_text(k, "CPMSPEC_USERNAME=%s", planner_identity(v->me));
    env[n++] = planner_text(k, "CPMSPEC_PASSWORD=%s", v->me->password);
    env[n++] = planner_text(k, "CPMSPEC_PEER_URI=%s", v->peer->uri);
    env[n++] = planner_text(k, "CPMSPEC_PROXY=%s", endpoint_format(&v->core, core));
    env[n++] = planner_text(k, "CPMSPEC_TRANSPORT=%s", k->tcp ? "tcp" : "udp");
    env[n++] = planner_text(k, "CPMSPEC_ADDRESS=%s", addr_format(&v->at.addr, address));
    env[n++] = planner_text(k, "CPMSPEC_PORT=%u", v->at.port);
    env[n++] = planner_text(k, "CPMSPEC_SECONDS=%lld", (long long)(timeout / NSEC_PER_SEC));
    env[n++] = planner_text(k, "CPMSPEC_DIR=%s", p->dir);
    return env;
}

/* The profile has checked that the command can be taken apart. */
static void add_command(struct planner *k, struct plan_party *p, const char *command)
{
    struct words words;

    if (words_split(slice_of(command), &words) < 0) {
        k->failed = true;
        return;
    }
    for (int i = 0; i < words.n; i++)
        planner_arg(k, p, planner_text(k, "%s", words.word[i]));
}

int iut_plan(struct planner *k, const struct testcase_drive *d, struct plan_party *ret, struct error *err)
{
    struct view v;
    int r = look(k->spec->profile, d->role, &v, err);

    if (r < 0)
        return r;
    *ret = (struct plan_party){.kind = *v.function->start ? PLAN_COMMAND : PLAN_OPERATOR,
                               .role = planner_text(k, "%s", d->role),
                               .scenario = planner_text(k, "%s", d->action),
                               .identity = planner_text(k, "%s", planner_identity(v.me)),
                               .at = v.at,
                               .proxy = v.core,
                               .tcp = k->tcp};
    planner_name(k, ret, planner_text(k, "%s-under-test", d->role));
    if (ret->kind == PLAN_COMMAND) {
        add_command(k, ret, v.function->start);
        ret->env = environment(k, d, ret, &v);
    }
    return 0;
}

/* --- what a person is asked */

static const struct {
    const char *action, *before, *behind; /* the name of the other user */
} tasks[] = {
    {"call-and-close", "call ", ", and close the session"},
    {"call-and-be-closed", "call ", ", and leave it to the other end to close the session"},
    {"be-called-and-close", "answer the session of ", ", and close it"},
    {"be-called-and-be-closed", "answer the session of ", ", and leave it to the other end to close it"},
};

enum { TASKS = sizeof tasks / sizeof tasks[0] };

static void add_task(const struct profile *p, const struct testcase *tc, const struct testcase_drive *d,
                     char *out, size_t size)
{
    const char *transport = *tc->transport ? tc->transport : p->transport;
    size_t n = strlen(out), i = 0;
    char core[ENDPOINT_TEXT];
    struct error err;
    struct view v;

    while (i < TASKS && strcmp(tasks[i].action, d->action) != 0)
        i++;
    if (i == TASKS || look(p, d->role, &v, &err) < 0 || *v.function->start)
        return;
    snprintf(out + n, size - n, "%s%s: register %s at %s over %s (user name %s, password %s), %s%s%s",
             n ? "; " : "", d->role, v.me->uri, endpoint_format(&v.core, core),
             strcmp(transport, "tcp") == 0 ? "TCP" : "UDP", planner_identity(v.me), v.me->password,
             tasks[i].before, v.peer->uri, tasks[i].behind);
}

const char *iut_task(const struct profile *p, const struct testcase *tc, char out[IUT_TASK_MAX])
{
    size_t n;

    out[0] = '\0';
    for (int i = 0; i < tc->ndrives; i++)
        if (*tc->drive[i].action)
            add_task(p, tc, &tc->drive[i], out, IUT_TASK_MAX);
    n = strlen(out);
    if (n)
        snprintf(out + n, IUT_TASK_MAX - n, ", within %lld s", (long long)(tc->timeout / NSEC_PER_SEC));
    return out;
}

/* --- what the wire shows */

/* "<sip:bob@b.example;user=phone>" is bob@b.example's. */
static bool is_of(const struct sip_msg *m, const char *identity)
{
    struct sip_nameaddr to;
    const char *colon;
    size_t n = 0;

    if (!sip_nameaddr_decode(sip_value(m, SIP_TO), &to) || !to.uri.n ||
        !(colon = memchr(to.uri.p, ':', to.uri.n)))
        return false;
    to.uri = slice_tail(to.uri, (size_t)(colon + 1 - to.uri.p));
    while (n < to.uri.n && to.uri.p[n] != ';' && to.uri.p[n] != '?')
        n++;
    return slice_ieq(slice_head(to.uri, n), slice_of(identity));
}

bool iut_is_registered(struct slice frame, const char *identity)
{
    static const char status[] = "SIP/2.0 200";
    const char *at = frame.n ? memmem(frame.p, frame.n, status, sizeof status - 1) : NULL;
    struct sip_field table[SIP_FIELDS_MAX];
    struct sip_msg m;
    size_t used;

    if (!at)
        return false;
    if (sip_scan(&m, table, slice_tail(frame, (size_t)(at - frame.p)), SIP_DATAGRAM, &used) != SIP_SCAN_OK)
        return false;
    return m.status == 200 && slice_eq(sip_method_text(&m), SLICE("REGISTER")) && sip_has(&m, SIP_CONTACT) &&
           is_of(&m, identity);
}
