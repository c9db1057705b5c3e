#include "drive/planner.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum { TEXT_MAX = 8192 };

const char *planner_text(struct planner *k, const char *fmt, ...)
{
    char text[TEXT_MAX];
    const char *kept;
    va_list args;
    int n;

    va_start(args, fmt);
    n = vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    kept = n >= 0 && n < TEXT_MAX ? arena_printf(&k->plan->arena, "%s", text) : NULL;
    if (!kept)
        k->failed = true;
    return kept ? kept : "";
}

const char *planner_unique(struct planner *k)
{
    uint8_t b[16];

    if (getrandom(b, sizeof b, 0) != (ssize_t)sizeof b)
        k->failed = true;
    return planner_text(k, "%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x%02x", b[0], b[1],
                        b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
                        b[15]);
}

const char *planner_uri(struct planner *k, const struct endpoint *e)
{
    char text[ENDPOINT_TEXT];

    return planner_text(k, "sip:%s%s", endpoint_format(e, text), k->tcp ? ";transport=tcp" : "");
}

void planner_arg(struct planner *k, struct plan_party *p, const char *text)
{
    size_t n = 0;

    while (p->argv[n])
        n++;
    if (n + 1 < PLAN_ARGS_MAX)
        p->argv[n] = text;
    else
        k->failed = true;
}

void planner_args(struct planner *k, struct plan_party *p, const char *const *texts)
{
    for (; *texts; texts++)
        planner_arg(k, p, *texts);
}

void planner_define(struct planner *k, struct plan_party *p, const char *text)
{
    planner_arg(k, p, "-A");
    planner_arg(k, p, text);
}

void planner_name(struct planner *k, struct plan_party *p, const char *name)
{
    p->name = name;
    p->dir = planner_text(k, "%s/%s", k->spec->dir, name);
    p->log = planner_text(k, "%s/%s.log", k->spec->dir, name);
}

char planner_side(const char *role)
{
    size_t n = strlen(role);

    return n ? role[n - 1] : '\0';
}

bool planner_is_kind(const char *role, const char *kind)
{
    return strncmp(role, kind, strlen(kind)) == 0;
}

bool planner_function_at(const struct profile *p, int function, struct endpoint *ret)
{
    for (int i = 0; i < p->nnodes; i++) {
        const struct profile_node *n = &p->node[i];
        if (n->function == function && n->bits == 128) {
            *ret = (struct endpoint){n->addr, n->port ? n->port : PLANNER_SIP_PORT};
            return true;
        }
    }
    return false;
}

bool planner_role_at(const struct profile *p, const char *kind, char side, struct endpoint *ret)
{
    char role[ROLE_NAME_MAX];
    int f;

    snprintf(role, sizeof role, "%s%c", kind, side);
    f = profile_function(p, role);
    return f >= 0 && planner_function_at(p, f, ret);
}

const struct profile_user *planner_user(const struct profile *p, char side)
{
    for (int i = 0; i < p->nusers; i++)
        if (p->user[i].side == side)
            return &p->user[i];
    return NULL;
}

const char *planner_identity(const struct profile_user *user)
{
    const char *colon = strchr(user->uri, ':');

    return colon ? colon + 1 : user->uri;
}

bool planner_same_place(const struct endpoint *a, const struct endpoint *b)
{
    return addr_eq(&a->addr, &b->addr) && a->port == b->port;
}

/* --- of the whole */

/* Whether an address can be had in a network of our own and means the same there. */
static bool is_loopback(const struct profile_node *n)
{
    static const struct addr v6 = {{[15] = 1}};

    return n->bits == 128 && (addr_is_v4(&n->addr) ? n->addr.b[12] == 127 : addr_eq(&n->addr, &v6));
}

bool plan_is_private(const struct profile *p)
{
    bool ours = true, local = true;

    for (int i = 0; i < p->nfunctions; i++) {
        const struct profile_function *f = &p->function[i];

        if (f->under_test && (!*f->start || f->start_on_host))
            return false;
        ours &= !f->under_test || f->start_apart;
    }
    for (int i = 0; i < p->nnodes; i++)
        local &= is_loopback(&p->node[i]);
    return ours || local;
}

bool plan_has_iut(const struct plan *p)
{
    for (int i = 0; i < p->nclients; i++)
        if (p->client[i].kind != PLAN_PLAYED)
            return true;
    return false;
}
