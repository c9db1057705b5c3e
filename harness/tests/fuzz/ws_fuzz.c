/* Any bytes as one direction of a TCP stream, in two pieces or one: WebSocket messages are the same, however
 * the bytes come. The first byte says where to cut. */
#include "tests/fuzz/must.h"
#include "wire/stream.h"
#include "wire/ws.h"

struct told {
    uint64_t hash, messages;
};

static int64_t take(void *ctx, const struct payload *p)
{
    struct told *t = ctx;

    for (size_t i = 0; i < p->bytes.n; i++)
        t->hash = t->hash * 31 + (uint8_t)p->bytes.p[i];
    t->messages++;
    return (int64_t)p->bytes.n;
}

/* As tcp.h does it: what is not taken is shown again with more behind it. */
static struct told give(struct slice in, size_t cut, uint8_t kind)
{
    struct endpoint src = {.port = 1}, dst = {.port = 2};
    struct told told = {0};
    struct stream_reader r;
    uint8_t peer = 0;
    size_t at = 0, end = cut;

    stream_init(&r, TRANSPORT_TCP, (struct payload_sink){take, &told}, 5000);
    for (;;) {
        struct slice rest = {in.p + at, end - at};
        struct tcp_chunk c = {.bytes = rest, .src = &src, .dst = &dst, .kind = &kind, .peer_kind = &peer};
        int64_t took;
        c.gap = at == 0 && kind == STREAM_NEW;
        took = rest.n ? stream_take(&r, &c) : 0;
        MUST(took >= 0 && took <= (int64_t)rest.n);
        at += (size_t)took;
        if (end == in.n)
            break;
        end = in.n;
    }
    stream_done(&r);
    return told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in;
    struct told whole, parts;
    struct buf out;
    size_t used, cut;
    bool lost;

    if (size < 1)
        return 0;
    in = (struct slice){(const char *)data + 1, size - 1};
    cut = in.n * data[0] / 255;
    buf_init(&out, 5000);
    if (ws_next(in, &out, &used, &lost) <= WS_NOTHING)
        MUST(used > 0 && used <= in.n);
    buf_done(&out);
    (void)ws_begins_sip(in);
    (void)ws_is_handshake(in);
    (void)give(in, cut, STREAM_NEW);
    (void)give(in, cut, STREAM_OTHER);
    whole = give(in, in.n, STREAM_WS);
    parts = give(in, cut, STREAM_WS);
    MUST(parts.messages >= whole.messages);
    MUST(parts.messages > whole.messages || parts.hash == whole.hash);
    return 0;
}
