/* What is to be said of single frames: the steps that they show and the findings that point at them.
 * Collected as results come, and later written into a copy of the capture (annotated.h). */
#ifndef CPMSPEC_REPORT_ANNOTATIONS_H
#define CPMSPEC_REPORT_ANNOTATIONS_H

#include "oracle/result.h"

/* Frames past the first so many go without; a frame's text is cut at so many bytes. */
enum { ANNOTATIONS_MAX = 65536, ANNOTATION_BYTES = 8192 };

struct annotations;

/* -ENOMEM. */
int annotations_new(struct annotations **ret);
void annotations_free(struct annotations *a);

/* One line more for a frame. 0, -ENOMEM, -ENOSPC where the bound is met (the frame stays as it was). */
int annotations_add(struct annotations *a, uint32_t source, uint64_t frame, const char *line);

/* The steps and findings of a result: "session-1, step 3: pf-a -> core-a BYE"; "session-1: path.missing at
 * step 3 (must): expected …; observed …". 0 or -ENOMEM; what is past the bounds is left out. */
int annotations_add_result(struct annotations *a, const struct result *r);

/* The frame's lines, joined by LF, in valid UTF-8; empty where there are none. Valid until something is
 * added. */
struct slice annotations_of(const struct annotations *a, uint32_t source, uint64_t frame);

size_t annotations_count(const struct annotations *a);

#endif
