/* A doubly linked ring of nodes that live inside other things. A node that is in no ring points to itself. */
#ifndef CPMSPEC_WIRE_LIST_H
#define CPMSPEC_WIRE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *next, *prev;
};

#define LIST_ENTRY(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

static inline void list_init(struct list *l)
{
    l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
    return l->next == l;
}

static inline void list_remove(struct list *n)
{
    n->prev->next = n->next;
    n->next->prev = n->prev;
    list_init(n);
}

/* At the end of the ring; taken out of where it was. */
static inline void list_append(struct list *ring, struct list *n)
{
    list_remove(n);
    n->prev = ring->prev;
    n->next = ring;
    ring->prev->next = n;
    ring->prev = n;
}

#endif
