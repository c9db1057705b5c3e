/* An output file that appears whole or not at all: it grows unseen beside its place and is moved there when
 * it is complete, so that an older report is never half overwritten, and a killed run leaves nothing. What is
 * not an ordinary file (a pipe) is written to directly, and so is a stream that we were given, whatever it is
 * (/dev/stdout, /dev/fd/N): behind what stands there already.
 *
 * Errors stick: after the first failed write all others do nothing and return the same negative errno, so a
 * writer need look only once per result. */
#ifndef CPMSPEC_REPORT_OUTFILE_H
#define CPMSPEC_REPORT_OUTFILE_H

#include "base/error.h"
#include "base/slice.h"

struct outfile;

/* -ENOENT, -EACCES, … where nothing can be written there. */
int outfile_open(const char *path, struct outfile **ret, struct error *err);

/* An unnamed file on the same disk (for a path that is no ordinary file: where temporary files go), for a
 * body whose head is known only later. Freed by outfile_free; it must not be committed. */
int outfile_spool(const struct outfile *f, struct outfile **ret, struct error *err);

int outfile_write(struct outfile *f, struct slice s);
int outfile_printf(struct outfile *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Shows all bytes of a spool, from the first, to `take`, which returns 0 or a negative errno to stop. */
int outfile_replay(struct outfile *spool, int (*take)(void *ctx, struct slice s), void *ctx);

/* Bytes written so far. */
uint64_t outfile_size(const struct outfile *f);

/* 0, or the failure that stuck with a text that names the path. */
int outfile_check(const struct outfile *f, struct error *err);

/* Writes what is buffered and moves the file to its place; then only outfile_free is left to do. */
int outfile_commit(struct outfile *f, struct error *err);

/* Removes what was not committed. NULL is allowed. */
void outfile_free(struct outfile *f);

#endif
