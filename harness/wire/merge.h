/* Several captures as one: frames in the order of their time stamps, those of each capture in its own order.
 * Clocks that disagree are not put right here; whoever compares times of two sources has to know (struct
 * frame says which). */
#ifndef CPMSPEC_WIRE_MERGE_H
#define CPMSPEC_WIRE_MERGE_H

#include "wire/source.h"

enum { MERGE_SOURCES_MAX = 64 };

struct merge;

int merge_new(struct merge **ret);
void merge_free(struct merge *m);

/* Takes the source over, on failure too (-ENOSPC: there are MERGE_SOURCES_MAX already). */
int merge_add(struct merge *m, struct source *s);

/* As source_next, for all sources together: 1, 0 at the end of the last one, -EAGAIN, -EINTR. What is wrong
 * with one source
 * (-ENODATA, -EMEDIUMTYPE, -EBADMSG, …) is told once; call again to go on with the others. */
int merge_next(struct merge *m, struct frame *ret, struct error *err);

/* Frames that the capturing sides lost, together. */
uint64_t merge_dropped(const struct merge *m);

#endif
