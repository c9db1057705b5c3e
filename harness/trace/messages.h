/* From payloads to SIP messages: the trace's first half, which needs nothing of the second and may run in
 * another thread. */
#ifndef CPMSPEC_TRACE_MESSAGES_H
#define CPMSPEC_TRACE_MESSAGES_H

#include "sip/msg.h"
#include "wire/payload.h"

/* Given each message with the payload that it came in; both live during the call. A negative answer stops the
 * giver. */
struct message_sink {
    int (*take)(void *ctx, const struct sip_msg *m, const struct payload *p);
    void *ctx;
};

struct messages {
    struct message_sink sink;
    uint64_t not_sip;       /* payloads without SIP */
    uint64_t skipped_bytes; /* of streams: garbage between messages */
    struct sip_field table[SIP_FIELDS_MAX];
};

void messages_init(struct messages *s, struct message_sink sink);

/* The function that a payload_sink calls; `ctx` is the struct messages. */
int64_t messages_take(void *ctx, const struct payload *p);

#endif
