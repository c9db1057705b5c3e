/* From the thread that reads to the one that judges: messages, with what is known of the capture as each of
 * them is read. They are taken in the order in which they are put, so that what comes of them is the same as
 * in one thread. */
#ifndef CPMSPEC_CLI_HANDOVER_H
#define CPMSPEC_CLI_HANDOVER_H

#include "oracle/judgement.h"
#include "sip/msg.h"
#include "wire/payload.h"

/* What the reading side knows of the capture. Of `evidence` the judging side fills in links and last_hole. */
struct news {
    struct evidence evidence;
    uint64_t holes; /* frames so far whose bytes could have been SIP and were not handed on */
};

/* The judging side; called in its own thread. The bytes of a payload stay with the reader: the message is a
 * copy, and p->bytes is empty. A negative answer is the last call. */
struct handover_taker {
    int (*take)(void *ctx, const struct news *news, const struct sip_msg *m, const struct payload *p);
    int (*end)(void *ctx, const struct news *news); /* nothing more will come */
    void *ctx;
};

struct handover;

/* Starts the taker's thread, which gets no signals. -ENOMEM; -EAGAIN where there can be no thread. */
int handover_new(struct handover_taker taker, struct handover **ret);

/* Stops, where that was not done. */
void handover_free(struct handover *h);

/* 0, -ENOMEM, or -ECANCELED where the taker has had enough: handover_stop() says why. */
int handover_put(struct handover *h, const struct news *news, const struct sip_msg *m,
                 const struct payload *p);

/* The last call but handover_free: waits until all that was put is taken and the thread is gone; the taker is
 * told the end, or with `stop` is not. 0, or what the taker answered. */
int handover_end(struct handover *h, const struct news *news);
int handover_stop(struct handover *h);

#endif
