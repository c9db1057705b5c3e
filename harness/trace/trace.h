/* The trace: from payloads to sessions. It finds the SIP messages, tells who said each to whom, and gathers
 * what belongs to one session. Sessions leave as soon as they are over, so that memory is bounded by the open
 * ones. */
#ifndef CPMSPEC_TRACE_TRACE_H
#define CPMSPEC_TRACE_TRACE_H

#include "trace/messages.h"
#include "trace/session.h"

struct trace;

struct trace_config {
    const struct profile *profile; /* borrowed for the trace's life */
    nsec_t linger;                 /* a closed session is kept for this long (capture time); 0: T4 */
    bool many_clocks;              /* several captures: time retires nothing, only the end does */
    const uint32_t *clock;         /* whose clock a source's times are, by its index; borrowed */
    uint32_t nclocks;              /* sources that are not in it have a clock each, their index */
    size_t memory_max;             /* bytes of all sessions together; 0: 1 GiB */
    struct pool *pool;             /* of their memory; borrowed until the last of them is freed. NULL: none */
};

/* Given each session that saw a BYE, once, when it is over. The session stays the taker's: it ends with
 * session_free(). A negative answer stops the trace. */
struct session_sink {
    int (*take)(void *ctx, struct session *s);
    void *ctx;
};

struct trace_counts {
    uint64_t messages;  /* SIP messages understood */
    uint64_t malformed; /* of these, with a defect that breaks the grammar */
    uint64_t outside;   /* messages that belong to no session: REGISTER, OPTIONS and the like */
    uint64_t foreign;   /* messages to or from an address of no function */
    uint64_t late;      /* messages of a session that was over already */
    uint64_t sessions;  /* begun */
    uint64_t open;      /* not closed at the end (set by trace_end) */
    uint64_t evicted;   /* given up because the bound on memory was met */
};

int trace_new(const struct trace_config *config, struct session_sink sink, struct trace **ret);
void trace_free(struct trace *t);

/* The function that a message_sink calls; `ctx` is the struct trace. */
int trace_hear(void *ctx, const struct sip_msg *m, const struct payload *p);

/* The two halves in one: the function that a payload_sink calls; `ctx` is the struct trace. */
int64_t trace_take(void *ctx, const struct payload *p);

/* No more payloads will come: hands over what is left. 0 or what the sink answered. */
int trace_end(struct trace *t);

const struct trace_counts *trace_counts(const struct trace *t);

/* links[f] bit g: some message from function f to g was seen in this trace so far. Changes while the trace
 * grows. */
const uint32_t *trace_links(const struct trace *t);

void session_free(struct session *s);

#endif
