/* The way of the data through the rooms: frames -> payloads -> messages -> sessions -> results. `judge` feeds
 * it from files, `run` from the live capture; it is the same work. */
#ifndef CPMSPEC_CLI_PIPELINE_H
#define CPMSPEC_CLI_PIPELINE_H

#include "oracle/judge.h"
#include "wire/wire.h"

struct pipeline;

struct pipeline_config {
    const struct profile *profile; /* borrowed, as are the flows, for the pipeline's life */
    const struct flow *flow;       /* where side A closes */
    const struct flow *mirror;     /* where side B does */
    const struct flow *stray;      /* of a request that belongs to no open session; NULL: none */
    const struct flow *stray_mirror;
    const struct flow *again; /* of the next one of an end that was refused; NULL: as the first */
    const struct flow *again_mirror;
    bool strict;           /* a broken SHOULD fails */
    bool sees_all;         /* the capture shows whatever the functions say: a private network */
    bool many_clocks;      /* more than one of them */
    const uint32_t *clock; /* whose clock a source's times are, by its index; NULL: its own each */
    uint32_t nclocks;
    const struct wire_options *wire; /* NULL: the defaults; looked at by pipeline_new alone */
    bool two_threads;                /* one that reads (the caller\'s) and one that judges */
};

/* Given each result as it comes; what it points to lives during the call. A negative answer stops the
 * pipeline. With two threads it is called in the other one, up to the return of pipeline_end or
 * pipeline_free. */
struct result_sink {
    int (*take)(void *ctx, const struct result *r);
    void *ctx;
};

int pipeline_new(const struct pipeline_config *config, struct result_sink sink, struct pipeline **ret,
                 struct error *err);
void pipeline_free(struct pipeline *p);

/* Takes the next frame. 0, -ENOMEM, or what the sink answered. */
int pipeline_frame(struct pipeline *p, const struct frame *f);

/* How many frames the capturing side lost so far: counted in what is judged from here on. */
void pipeline_dropped(struct pipeline *p, uint64_t dropped);

/* Why the capture cannot be trusted: nothing that is judged from here on passes, nor fails for what is
 * absent. NULL takes it back. */
void pipeline_doubt(struct pipeline *p, const char *why);

/* Why the capture ends too early: what is not over by its end neither passes nor fails for what is absent.
 */
void pipeline_cut(struct pipeline *p, const char *why);

/* No more frames: judges what is left. */
int pipeline_end(struct pipeline *p);

/* What became of every frame, for the summary. */
void pipeline_facts(const struct pipeline *p, struct capture_facts *ret);

#endif
