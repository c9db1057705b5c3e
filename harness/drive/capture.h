/* All capture points of a test case as one: frames from any of them, one proof of all. */
#ifndef CPMSPEC_DRIVE_CAPTURE_H
#define CPMSPEC_DRIVE_CAPTURE_H

#include "drive/loop.h"
#include "drive/sandbox.h"
#include "suite/profile.h"
#include "wire/frame.h"

struct capture;

struct capture_sink {
    /* A frame, valid during the call; a negative errno breaks the capture off without broken(). */
    int (*frame)(void *ctx, const struct frame *f);
    /* Every capture point has seen the sentinel that capture_prove sent. */
    void (*proved)(void *ctx);
    /* The capture cannot go on, or cannot prove itself; nothing more will come. */
    void (*broken)(void *ctx, const struct error *err);
    void *ctx;
};

/* Starts to capture where the profile says, frames' source being the index there; in SANDBOX_PRIVATE, or
 * where the profile says nothing, on the loopback. What capture commands have to say goes to
 * `dir`/capture.log. Profile and loop are borrowed and must outlive the capture. */
int capture_new(const struct profile *p, enum sandbox_kind kind, const char *dir, struct loop *l,
                const struct capture_sink *sink, struct capture **ret, struct error *err);
void capture_free(struct capture *c);

/* Has every capture point prove itself; proved() or broken() will tell. */
void capture_prove(struct capture *c);

/* Frames lost so far, in all. */
uint64_t capture_drops(const struct capture *c);

/* How many capture points there will be. */
int capture_points(const struct profile *p, enum sandbox_kind kind);

#endif
