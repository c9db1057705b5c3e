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

/* Starts to capture where the profile says, or on the loopback where it says nothing. In SANDBOX_PRIVATE the
 * interfaces that it names are the loopback, all of them; commands run inside, and HEP is listened for there.
 * Frames' source is the number of the capture point, from 0. What a command has to say goes to
 * `dir`/capture.log, capture-2.log for the second point, and so on. Profile and loop are borrowed and must
 * outlive the capture. */
int capture_new(const struct profile *p, enum sandbox_kind kind, const char *dir, struct loop *l,
                const struct capture_sink *sink, struct capture **ret, struct error *err);
void capture_free(struct capture *c);

/* Has every capture point prove itself; proved() or broken() will tell. */
void capture_prove(struct capture *c);

/* Ends the capture, proved or not; nothing more will come. Returns how many frames were lost, in all. */
uint64_t capture_end(struct capture *c);

/* How many capture points there will be. */
int capture_points(const struct profile *p, enum sandbox_kind kind);

/* Whose clock stamps the frames of each point: ours, but where a command captures, which may run anywhere and
 * so has its own. (HEP reports bring a second time with them, their sender's.) `several`: there is more than
 * one. */
struct capture_clocks {
    uint32_t n;
    uint32_t clock[PROFILE_CAPTURES_MAX];
    bool several;
};
void capture_clocks(const struct profile *p, enum sandbox_kind kind, struct capture_clocks *ret);

/* Whether nothing that the functions say can escape: all that goes over the loopback of a network of our own
 * is captured. What a command leaves out, or a function does not report, is not known. */
bool capture_sees_all(const struct profile *p, enum sandbox_kind kind);

#endif
