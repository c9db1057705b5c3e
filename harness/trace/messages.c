#include "trace/messages.h"

void messages_init(struct messages *s, struct message_sink sink)
{
    s->sink = sink;
    s->not_sip = s->skipped_bytes = 0;
}

/* Of a stream that was cut, all messages but the last one are whole. */
static bool is_unfinished(const struct sip_msg *m, const struct payload *p)
{
    return !p->stream || m->defects & (SIP_DEFECT_BODY_SHORT | SIP_DEFECT_NO_BLANK_LINE);
}

static enum sip_framing framing_of(const struct payload *p)
{
    if (!p->stream)
        return SIP_DATAGRAM;
    return p->last || p->cut ? SIP_STREAM_END : SIP_STREAM; /* neither is shown again */
}

static int hand_on(const struct messages *s, struct sip_msg *m, const struct payload *p)
{
    if (p->cut && is_unfinished(m, p))
        m->defects |= SIP_DEFECT_CUT;
    return s->sink.take(s->sink.ctx, m, p);
}

int64_t messages_take(void *ctx, const struct payload *p)
{
    struct messages *s = ctx;
    struct slice rest = p->bytes;

    while (rest.n) {
        struct sip_msg m;
        size_t used = 0;
        enum sip_scan_result found = sip_scan(&m, s->table, rest, framing_of(p), &used);
        int e = 0;

        if (found == SIP_SCAN_MORE)
            break;
        if (found == SIP_SCAN_NOT_SIP) {
            s->not_sip++;
            if (!p->stream || !used)
                return (int64_t)p->bytes.n;
        }
        if (found == SIP_SCAN_OK)
            e = hand_on(s, &m, p);
        else
            s->skipped_bytes += used;
        if (e < 0)
            return e;
        rest = p->stream ? slice_tail(rest, used) : (struct slice){NULL, 0};
    }
    return (int64_t)(p->bytes.n - rest.n);
}
