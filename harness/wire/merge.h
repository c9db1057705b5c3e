/* Several sources as one: the frame with the earliest time stamp comes next, the frames of each source in
 * their own order, whatever their stamps say. No frame is copied. */
#ifndef CPMSPEC_WIRE_MERGE_H
#define CPMSPEC_WIRE_MERGE_H

#include "wire/source.h"

struct merge;

/* -ENOMEM. The merge does not own the sources that are added; they outlive it. */
int merge_new(struct merge **ret);
void merge_free(struct merge *m);
int merge_add(struct merge *m, struct source *s);

/* 1: *ret has the next frame, whose bytes stay until the next call. 0: all sources have ended. -EAGAIN: no
 * source has a frame now, but one may have later (where one has, it is not held back for another that has
 * none yet). -EINTR: a signal came; ask again. Every other negative errno is the end of one source, told
 * once: *err names it, source_state knows more, and asking again goes on with the others. */
int merge_next(struct merge *m, struct frame *ret, struct error *err);

#endif
