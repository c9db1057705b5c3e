/* A script of IP fragments and TCP segments. Every byte tells where it belongs (fragments: the low byte of
 * its offset; segments: of its sequence number), so that what is put together can be checked: a packet is
 * whole and in order, a stream runs on from chunk to chunk unless a gap is told. */
#include "tests/fuzz/must.h"
#include "wire/ipfrag.h"
#include "wire/tcp.h"

struct half_seen {
    bool begun;
    uint8_t next; /* the byte that must come, unless there is a gap */
};

struct seen {
    struct half_seen half[2];
    struct script *script;
};

static int64_t take(void *ctx, const struct tcp_chunk *c)
{
    struct seen *seen = ctx;
    struct half_seen *h = &seen->half[c->src->port == 1];
    size_t n = c->bytes.n, took;

    MUST(n > 0 && c->src->port != c->dst->port);
    for (size_t i = 1; i < n; i++)
        MUST((uint8_t)c->bytes.p[i] == (uint8_t)(c->bytes.p[i - 1] + 1));
    if (*c->kind == 0) /* a new stream on the same ports */
        h->begun = false;
    *c->kind = 1;
    if (h->begun && !c->gap)
        MUST((uint8_t)c->bytes.p[0] == h->next);
    took = n * (script_byte(seen->script) % 5) / 4;
    h->next = (uint8_t)(c->bytes.p[0] + took);
    h->begun = !c->cut && !c->last && (h->begun || took > 0 || !c->gap);
    return (int64_t)took;
}

static void segment(struct tcp *t, struct script *in, uint32_t *seq, nsec_t now)
{
    uint8_t what = script_byte(in);
    uint8_t data[256];
    struct tcp_segment s = {.src.port = 1 + (what & 1), .dst.port = 2 - (what & 1), .time = now};
    size_t n = script_byte(in);

    s.flags = script_byte(in) & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK);
    if (what & 0x80) /* most segments are plain data */
        s.flags &= TCP_ACK;
    s.seq = *seq + (uint32_t)(int8_t)script_byte(in) * (what & 2 ? 16 : 1);
    if ((what & 0x7c) == 0x7c)
        s.seq += UINT32_C(0x40000000);
    s.ack = *seq + script_byte(in);
    s.missing = (what & 0x18) == 0x18 ? script_byte(in) : 0;
    for (size_t i = 0; i < n; i++)
        data[i] = (uint8_t)(s.seq + (s.flags & TCP_SYN ? 1 : 0) + i);
    s.data = (struct slice){(char *)data, n};
    if (what & 4)
        *seq += (uint32_t)n;
    MUST(tcp_segment(t, &s) >= 0);
}

static void fragment(struct ipfrag *f, struct script *in, nsec_t now, uint32_t *given, uint32_t *used)
{
    static uint8_t data[4096];
    uint8_t what = script_byte(in);
    struct ip_packet p = {.version = what & 1 ? 6 : 4, .protocol = 17, .fragment = true};
    uint32_t n = script_u16(in) % sizeof data, frames = 1;

    p.id = what >> 1 & 3;
    p.more = what & 0x80;
    p.offset = (what & 0x40 ? script_u16(in) : script_byte(in)) * 8u;
    if (p.more && what & 0x20)
        n &= ~7u;
    for (uint32_t i = 0; i < n; i++)
        data[i] = (uint8_t)(p.offset + i);
    p.payload = (struct slice){(char *)data, n};
    p.missing = (what & 0x18) == 0x18 ? script_byte(in) * 8u : 0;
    (*given)++;
    if (ipfrag_add(f, &p, now, &frames) == 0)
        return;
    MUST(!p.fragment && p.payload.n + p.missing <= 65535);
    for (size_t i = 0; i < p.payload.n; i++)
        MUST((uint8_t)p.payload.p[i] == (uint8_t)i);
    *used += frames;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct script in = {data, size};
    struct seen seen = {.script = &in};
    struct tcp_limits limits = {3, 1500, 3000};
    struct ipfrag_limits packets = {4, 200000};
    uint32_t seq = 0xfffffe00u, given = 0, used = 0;
    struct ipfrag *f;
    struct tcp *t;
    nsec_t now = 0;

    MUST(tcp_new(&limits, (struct tcp_sink){take, &seen}, &t) == 0 && ipfrag_new(&packets, &f) == 0);
    while (in.n) {
        uint8_t what = script_byte(&in);
        now += (what & 0x3f) * 100 * NSEC_PER_MSEC;
        if (what & 0x80)
            segment(t, &in, &seq, now);
        else
            fragment(f, &in, now, &given, &used);
    }
    MUST(tcp_flush(t) == 0);
    ipfrag_expire(f, INT64_MAX);
    MUST(given == used + ipfrag_counts(f)->incomplete + ipfrag_counts(f)->crowded + ipfrag_counts(f)->bad);
    MUST(ipfrag_counts(f)->conflicts == 0 || size > 0);
    MUST(tcp_counts(t)->conflicts == 0);
    tcp_free(t);
    ipfrag_free(f);
    return 0;
}
