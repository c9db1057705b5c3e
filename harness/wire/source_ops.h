/* How the kinds of source hang together; for those who make one, not for those who read. A kind embeds
 * `struct source` as its first member and fills it with source_init. */
#ifndef CPMSPEC_WIRE_SOURCE_OPS_H
#define CPMSPEC_WIRE_SOURCE_OPS_H

#include "wire/source.h"

struct source_ops {
    /* As source_next, but number, source and the text's file are filled in for it. Sets s->state on a final
     * answer other than 0. */
    int (*next)(struct source *s, struct frame *ret, struct error *err);
    int (*fd)(const struct source *s);
    uint64_t (*dropped)(const struct source *s);
    bool (*has_secrets)(const struct source *s); /* may be NULL */
    void (*release)(struct source *s);           /* everything, the struct included */
};

struct source {
    const struct source_ops *ops;
    char name[256];
    uint32_t index;
    bool numbered; /* frames bring their own numbers */
    uint64_t frames;
    enum source_state state;
    int answer; /* the final one, given again */
    struct error error;
};

void source_init(struct source *s, const struct source_ops *ops, const char *name, uint32_t index);

#endif
