/* Looking things up in a profile. profile_owners is asked twice for each SIP message, so a few probes of a
 * hash must do. */
#include "suite/profile.h"

#include <errno.h>
#include <stdio.h>

int profile_function(const struct profile *p, const char *role)
{
    for (int i = 0; i < p->nfunctions; i++)
        if (strcmp(p->function[i].role, role) == 0)
            return i;
    return -1;
}

bool profile_supports(const struct profile *p, const char *feature)
{
    for (int i = 0; i < p->nfeatures; i++)
        if (strcmp(p->feature[i], feature) == 0)
            return true;
    return false;
}

static unsigned slot_of(const struct addr *a, uint16_t port)
{
    uint64_t high, low, h;

    memcpy(&high, a->b, 8);
    memcpy(&low, a->b + 8, 8);
    h = (low ^ (high * 0x9e3779b97f4a7c15u) ^ port) * 0xff51afd7ed558ccdu;
    return (unsigned)(h >> 32) % PROFILE_SLOTS;
}

/* The slot of an endpoint, or the free one where it would be. Half of the slots stay free, so one is found.
 */
static unsigned probe(const struct profile_index *x, const struct addr *a, uint16_t port)
{
    unsigned i = slot_of(a, port);

    while (x->slot[i].owners && (x->slot[i].at.port != port || !addr_eq(&x->slot[i].at.addr, a)))
        i = (i + 1) % PROFILE_SLOTS;
    return i;
}

static void index_net(struct profile_index *x, const struct profile_node *node)
{
    int i = 0;

    while (i < x->nnets && (x->net[i].bits != node->bits || x->net[i].port != node->port ||
                            !addr_in_net(&x->net[i].addr, &node->addr, node->bits)))
        i++;
    if (i == x->nnets) {
        x->net[x->nnets].addr = node->addr;
        x->net[x->nnets].bits = node->bits;
        x->net[x->nnets++].port = node->port;
    }
    x->net[i].owners |= (role_set)1 << node->function;
}

void profile_index(struct profile *p)
{
    struct profile_index *x = &p->index;

    memset(x, 0, sizeof *x);
    for (int i = 0; i < p->nnodes; i++) {
        const struct profile_node *node = &p->node[i];
        unsigned at;

        if (node->bits < 128) {
            index_net(x, node);
            continue;
        }
        at = probe(x, &node->addr, node->port);
        x->slot[at].at = (struct endpoint){node->addr, node->port};
        x->slot[at].owners |= (role_set)1 << node->function;
    }
}

/* Of the networks with that port the longest one that holds the address. */
static role_set net_owners(const struct profile_index *x, const struct addr *a, uint16_t port)
{
    unsigned best = 0;
    role_set owners = 0;

    for (int i = 0; i < x->nnets; i++)
        if (x->net[i].port == port && (x->net[i].bits > best || !owners) &&
            addr_in_net(a, &x->net[i].addr, x->net[i].bits)) {
            best = x->net[i].bits;
            owners = x->net[i].owners;
        }
    return owners;
}

static role_set port_owners(const struct profile_index *x, const struct addr *a, uint16_t port)
{
    role_set owners = x->slot[probe(x, a, port)].owners;
    return owners || x->nnets == 0 ? owners : net_owners(x, a, port);
}

/* The only function at an address; 0 where there are several, or none. */
static role_set host_owner(const struct profile *p, const struct addr *a)
{
    role_set all = 0;

    for (int i = 0; i < p->nnodes; i++)
        if (addr_in_net(a, &p->node[i].addr, p->node[i].bits))
            all |= (role_set)1 << p->node[i].function;
    return all & (all - 1) ? 0 : all;
}

role_set profile_owners(const struct profile *p, const struct endpoint *e)
{
    role_set owners = port_owners(&p->index, &e->addr, e->port);

    if (!owners)
        owners = port_owners(&p->index, &e->addr, 0);
    return owners ? owners : host_owner(p, &e->addr);
}

static bool same_place(const struct profile_node *a, const struct profile_node *b)
{
    return a->bits == b->bits && a->port == b->port && addr_eq(&a->addr, &b->addr);
}

static bool has_all_nodes(const struct profile *p, int f, int g)
{
    for (int i = 0; i < p->nnodes; i++) {
        bool found = p->node[i].function != f;

        for (int j = 0; j < p->nnodes && !found; j++)
            found = p->node[j].function == g && same_place(&p->node[i], &p->node[j]);
        if (!found)
            return false;
    }
    return true;
}

bool profile_same_nodes(const struct profile *p, int f, int g)
{
    return f == g || (has_all_nodes(p, f, g) && has_all_nodes(p, g, f));
}

static bool takes_part(const struct flow *f, int role)
{
    for (int i = 0; i < f->nsteps; i++)
        if (f->step[i].from == role || f->step[i].to == role)
            return true;
    return false;
}

static int unknown_role(const struct profile *p, const struct profile_function *function,
                        const struct flow *f, struct error *err)
{
    char roles[FLOW_ROLES_MAX * (ROLE_NAME_MAX + 4)];
    size_t n = 0;

    for (int i = 0; i < f->nroles; i++)
        n += (size_t)snprintf(roles + n, sizeof roles - n, "%s%s",
                              i == 0               ? ""
                              : i == f->nroles - 1 ? " or "
                                                   : ", ",
                              f->role[i].name);
    return error_at(err, EINVAL, p->path, function->line,
                    "role \"%s\" is not a role of the flow %s; use one of %s", function->role, f->id, roles);
}

int profile_bind(const struct profile *p, const struct flow *f, int ret_function[FLOW_ROLES_MAX],
                 struct error *err)
{
    int function[FLOW_ROLES_MAX];

    for (int i = 0; i < p->nfunctions; i++)
        if (flow_role(f, p->function[i].role) < 0)
            return unknown_role(p, &p->function[i], f, err);
    for (int i = 0; i < FLOW_ROLES_MAX; i++) {
        function[i] = i < f->nroles ? profile_function(p, f->role[i].name) : -1;
        if (i < f->nroles && function[i] < 0 && takes_part(f, i))
            return error_at(
                err, ENOENT, p->path, 0,
                "there is no function for the role \"%s\" (%s); add <function role=\"%s\"> with its "
                "addresses inside <ixit>",
                f->role[i].name, f->role[i].title, f->role[i].name);
    }
    memcpy(ret_function, function, sizeof function);
    return 0;
}
