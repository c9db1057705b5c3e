#include "wire/stream.h"

#include <errno.h>

#include "wire/sniff.h"
#include "wire/ws.h"

/* HTTP header parts are short; and a line that is kept while a start line is looked for, too. */
enum { HTTP_HEAD_MAX = 16 << 10, PARTIAL_LINE_MAX = 2048 };

void stream_init(struct stream_reader *r, enum transport transport, struct payload_sink sink,
                 size_t message_bytes)
{
    *r = (struct stream_reader){.sink = sink, .transport = transport};
    buf_init(&r->message, message_bytes);
}

void stream_done(struct stream_reader *r)
{
    buf_done(&r->message);
}

static struct payload to_payload(const struct tcp_chunk *c, struct slice bytes, enum transport transport)
{
    return (struct payload){.bytes = bytes,
                            .src = *c->src,
                            .dst = *c->dst,
                            .transport = transport,
                            .stream = transport != TRANSPORT_WS,
                            .time = c->time,
                            .frame = c->frame,
                            .source = c->source};
}

static bool only_line_ends(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\r' && s.p[i] != '\n')
            return false;
    return true;
}

static int64_t take_sip(struct stream_reader *r, const struct tcp_chunk *c, struct slice bytes, bool gap)
{
    struct payload p = to_payload(c, bytes, r->transport);

    p.gap = gap;
    p.cut = c->cut;
    p.last = c->last;
    return r->sink.take(r->sink.ctx, &p);
}

static void note_unreadable(struct stream_reader *r, const struct tcp_chunk *c)
{
    struct unreadable *u = r->unreadable;

    for (int i = 0; i < r->nunreadable; i++, u++) {
        if (memcmp(&u->src, c->src, sizeof u->src) == 0 && memcmp(&u->dst, c->dst, sizeof u->dst) == 0) {
            u->streams++;
            u->latest = c->time;
            return;
        }
    }
    if (r->nunreadable == UNREADABLE_MAX) {
        r->counts.unreadable_more++;
        return;
    }
    r->nunreadable++;
    *u = (struct unreadable){.src = *c->src,
                             .dst = *c->dst,
                             .streams = 1,
                             .frame = c->frame,
                             .source = c->source,
                             .first = c->time,
                             .latest = c->time};
}

static bool same_end(const struct endpoint *a, const struct endpoint *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

void stream_was_read(struct stream_reader *r, const struct endpoint *a, const struct endpoint *b)
{
    int kept = 0;

    for (int i = 0; i < r->nunreadable; i++) {
        const struct unreadable *u = &r->unreadable[i];
        bool read =
            (same_end(&u->src, a) && same_end(&u->dst, b)) || (same_end(&u->src, b) && same_end(&u->dst, a));
        if (!read)
            r->unreadable[kept++] = *u;
    }
    r->nunreadable = kept;
}

uint64_t stream_unread(const struct stream_reader *r, nsec_t since)
{
    uint64_t n = r->counts.unreadable_more;

    for (int i = 0; i < r->nunreadable; i++)
        n += r->unreadable[i].first < since;
    return n;
}

/* A stream whose beginning, or whose latest bytes, are missing: SIP from the first start line on. A line that
 * has not ended yet is kept, in case that it is one. */
static int64_t find_sip(struct stream_reader *r, const struct tcp_chunk *c)
{
    size_t start = sniff_find_start(c->bytes), line = c->bytes.n;
    int64_t took;

    if (start < c->bytes.n) {
        *c->kind = STREAM_SIP;
        r->shown = STREAM_SIP;
        r->counts.skipped_bytes += start;
        took = take_sip(r, c, slice_tail(c->bytes, start), true);
        return took < 0 ? took : took + (int64_t)start;
    }
    while (line > 0 && c->bytes.p[line - 1] != '\n')
        line--;
    if (c->bytes.n - line > PARTIAL_LINE_MAX)
        line = c->bytes.n;
    return (int64_t)line;
}

static int64_t take_ws(struct stream_reader *r, const struct tcp_chunk *c, size_t at)
{
    *c->kind = STREAM_WS;
    r->shown = STREAM_WS;
    while (at < c->bytes.n) {
        struct slice rest = slice_tail(c->bytes, at);
        bool lost;
        size_t used;
        enum ws_result got = ws_next(rest, &r->message, &used, &lost);
        if (got == WS_MORE)
            break;
        if (got == WS_NO_MEMORY)
            return -ENOMEM;
        if (got == WS_BAD) {
            r->counts.ws_lost++;
            *c->kind = STREAM_WS_LOST;
            return (int64_t)c->bytes.n;
        }
        at += used;
        r->counts.ws_unreadable += lost;
        if (got == WS_MESSAGE && sniff_datagram(buf_slice(&r->message)) != SNIFF_KEEPALIVE) {
            struct payload p = to_payload(c, buf_slice(&r->message), TRANSPORT_WS);
            int64_t took = r->sink.take(r->sink.ctx, &p);
            if (took < 0)
                return took;
        }
    }
    return (int64_t)at;
}

/* After missing bytes only a frame that plainly carries SIP shows where frames begin. */
static int64_t take_ws_lost(struct stream_reader *r, const struct tcp_chunk *c)
{
    if (ws_begins_sip(c->bytes))
        return take_ws(r, c, 0);
    *c->kind = STREAM_WS_LOST;
    return (int64_t)c->bytes.n;
}

static int64_t take_http(struct stream_reader *r, const struct tcp_chunk *c)
{
    size_t end = slice_find_slice(c->bytes, SLICE("\r\n\r\n"));

    if (end == c->bytes.n && c->bytes.n < HTTP_HEAD_MAX && !c->last && !c->cut)
        return 0;
    if (end < c->bytes.n && ws_is_handshake(slice_head(c->bytes, end + 4)))
        return take_ws(r, c, end + 4);
    *c->kind = STREAM_OTHER;
    r->shown = STREAM_OTHER;
    return (int64_t)c->bytes.n;
}

static bool begins_http(struct slice s)
{
    return slice_starts(s, SLICE("GET ")) || slice_starts(s, SLICE("HTTP/1.1 101"));
}

/* The first bytes of a direction, or the first after some that are missing. */
static enum stream_kind recognise(const struct tcp_chunk *c)
{
    enum sniff what;

    if (sniff_tls(c->bytes))
        return STREAM_TLS;
    if (begins_http(c->bytes))
        return STREAM_HTTP;
    what = sniff_stream(c->bytes);
    if (what == SNIFF_SIP)
        return STREAM_SIP;
    if (c->gap && ws_begins_sip(c->bytes))
        return STREAM_WS;
    if (what == SNIFF_MORE && !c->cut && !c->last)
        return STREAM_NEW;
    return c->gap ? STREAM_NEW : STREAM_OTHER;
}

static int64_t take_new(struct stream_reader *r, const struct tcp_chunk *c)
{
    enum stream_kind kind = recognise(c);

    *c->kind = (uint8_t)kind;
    r->shown = (int)kind;
    if (kind == STREAM_TLS)
        note_unreadable(r, c);
    if (kind == STREAM_SIP && !c->gap)
        return take_sip(r, c, c->bytes, false);
    if (kind == STREAM_HTTP)
        return take_http(r, c);
    if (kind == STREAM_WS)
        return take_ws(r, c, 0);
    if (c->gap && (kind == STREAM_NEW || kind == STREAM_SIP))
        return find_sip(r, c);
    return kind == STREAM_NEW ? 0 : (int64_t)c->bytes.n;
}

/* Something else, until a segment begins as SIP does. */
static int64_t take_other(struct stream_reader *r, const struct tcp_chunk *c)
{
    if (sniff_start_line(c->bytes)) {
        *c->kind = STREAM_SIP;
        r->shown = STREAM_SIP;
        return take_sip(r, c, c->bytes, true);
    }
    if (begins_http(c->bytes)) {
        *c->kind = STREAM_HTTP;
        return take_http(r, c);
    }
    return (int64_t)c->bytes.n;
}

int64_t stream_take(void *ctx, const struct tcp_chunk *c)
{
    struct stream_reader *r = ctx;

    r->shown = *c->kind;
    r->keepalive = *c->kind != STREAM_TLS && only_line_ends(c->bytes);
    if (r->keepalive && (*c->kind == STREAM_NEW || *c->kind == STREAM_SIP))
        return (int64_t)c->bytes.n;
    switch ((enum stream_kind) * c->kind) {
    case STREAM_SIP:
        return take_sip(r, c, c->bytes, c->gap);
    case STREAM_HTTP:
        return take_http(r, c);
    case STREAM_WS:
        return c->gap ? take_ws_lost(r, c) : take_ws(r, c, 0);
    case STREAM_WS_LOST:
        return take_ws_lost(r, c);
    case STREAM_TLS:
        return (int64_t)c->bytes.n;
    case STREAM_OTHER:
        return take_other(r, c);
    default:
        return take_new(r, c);
    }
}
