#include "tests/mutants/pack.h"

#include <stdlib.h>

#include "tests/websocket.h"

enum { CONNECTIONS_MAX = 256, SEGMENT = 100, PSH_ACK = 0x18, SYN = 2, SYN_ACK = 0x12 };

/* A TCP connection (or an SCTP association, which only counts). */
struct connection {
    bool sctp;
    struct endpoint end[2]; /* the one that opened it first */
    uint32_t next[2];       /* sequence number of each end's next byte */
    bool upgraded;          /* WebSocket, TLS: the handshake was made */
};

/* What a packet that is captured again has in common with itself. */
struct sent {
    uint16_t id;
    uint32_t seq;
};

struct packer {
    struct frames *frames;
    nsec_t time;
    const struct style *style;
    uint16_t id;
    int at;            /* index of the line being packed */
    struct sent *sent; /* of each line */
    int nconnections;
    struct connection connection[CONNECTIONS_MAX];
};

static const struct style plain;

static void add_frame(struct packer *p, uint32_t linktype, struct slice bytes)
{
    struct frames *f = p->frames;

    if (f->n == f->size) {
        f->size = f->size ? 2 * f->size : 64;
        f->frame = must(realloc(f->frame, (size_t)f->size * sizeof *f->frame));
    }
    f->frame[f->n] = (struct packed){.time = p->time, .order = f->n, .linktype = linktype};
    buf_init(&f->frame[f->n].bytes, 1 << 20);
    if (buf_add(&f->frame[f->n++].bytes, bytes) < 0)
        give_up("a frame of %zu bytes is too long", bytes.n);
    p->time += NSEC_PER_USEC / 5;
}

static bool both_v4(const struct line *l)
{
    return addr_is_v4(&l->src.addr) && addr_is_v4(&l->dst.addr);
}

static void put_ip(struct packer *p, const struct line *l, bool back, uint8_t protocol, struct slice data)
{
    char a[ADDR_TEXT], b[ADDR_TEXT];
    const char *src = addr_format(back ? &l->dst.addr : &l->src.addr, a);
    const char *dst = addr_format(back ? &l->src.addr : &l->dst.addr, b);
    bool v4 = both_v4(l);
    size_t part = p->style->fragment ? (size_t)p->style->fragment / 8 * 8 : data.n;
    uint16_t id = l->duplicate ? p->sent[p->at].id : ++p->id;
    uint32_t linktype;

    p->sent[p->at].id = id;
    for (size_t at = 0; at == 0 || at < data.n; at += part) {
        struct slice piece = slice_head(slice_tail(data, at), part);
        bool more = at + piece.n < data.n, whole = at == 0 && !more;
        struct slice ip = v4      ? ip4_part(src, dst, protocol, id, (uint32_t)at, more, piece)
                          : whole ? ip6(src, dst, protocol, piece)
                                  : ip6_part(src, dst, protocol, id, (uint32_t)at, more, piece);
        ip = pack_link(p->style->link, !v4, ip, &linktype);
        add_frame(p, linktype, ip);
        p->frames->frame[p->frames->n - 1].snap = (size_t)p->style->snap;
    }
}

static struct connection *connect_of(struct packer *p, const struct line *l, int *ret_side)
{
    struct connection *c;

    for (int i = 0; i < p->nconnections; i++)
        for (int side = 0; side < 2; side++) {
            c = &p->connection[i];
            if (c->sctp == (l->transport == TRANSPORT_SCTP) &&
                memcmp(&c->end[side], &l->src, sizeof l->src) == 0 &&
                memcmp(&c->end[!side], &l->dst, sizeof l->dst) == 0) {
                *ret_side = side;
                return c;
            }
        }
    if (p->nconnections == CONNECTIONS_MAX)
        give_up("too many connections in one capture");
    c = &p->connection[p->nconnections++];
    *c = (struct connection){
        .sctp = l->transport == TRANSPORT_SCTP, .end = {l->src, l->dst}, .next = {4294967000u, 70000}};
    *ret_side = 0;
    if (l->transport == TRANSPORT_SCTP || strcmp(p->style->tcp, "late") == 0)
        return c;
    p->time -= 10 * NSEC_PER_USEC;
    put_ip(p, l, false, 6, tcp_seg(l->src.port, l->dst.port, c->next[0] - 1, 0, SYN, SLICE("")));
    put_ip(p, l, true, 6, tcp_seg(l->dst.port, l->src.port, c->next[1] - 1, c->next[0], SYN_ACK, SLICE("")));
    put_ip(p, l, false, 6, tcp_seg(l->src.port, l->dst.port, c->next[0], c->next[1], 0x10, SLICE("")));
    p->time += 10 * NSEC_PER_USEC - 3 * NSEC_PER_USEC / 5;
    return c;
}

static void put_segment(struct packer *p, const struct line *l, struct connection *c, int side, uint32_t seq,
                        struct slice data)
{
    put_ip(p, l, false, 6, tcp_seg(l->src.port, l->dst.port, seq, c->next[!side], PSH_ACK, data));
}

/* In one segment or in many: each sent twice, or the second before the first. */
static void put_stream(struct packer *p, const struct line *l, struct connection *c, int side,
                       struct slice data)
{
    const char *how = p->style->tcp;
    size_t part = how[0] && strcmp(how, "coalesced") != 0 && strcmp(how, "late") != 0 ? SEGMENT : data.n;
    uint32_t seq = c->next[side];

    for (size_t at = 0; at < data.n; at += part) {
        struct slice piece = slice_head(slice_tail(data, at), part);
        struct slice other = slice_head(slice_tail(data, at + part), part);
        if (strcmp(how, "turned") == 0 && other.n) {
            put_segment(p, l, c, side, seq + (uint32_t)(at + part), other);
            put_segment(p, l, c, side, seq + (uint32_t)at, piece);
            at += part;
            continue;
        }
        put_segment(p, l, c, side, seq + (uint32_t)at, piece);
        if (strcmp(how, "repeated") == 0)
            put_segment(p, l, c, side, seq + (uint32_t)at, piece);
    }
    c->next[side] += (uint32_t)data.n;
}

static void put_tcp(struct packer *p, const struct line *l, struct slice data)
{
    int side;
    struct connection *c = connect_of(p, l, &side);

    if (l->duplicate) { /* the very segment once more */
        put_segment(p, l, c, side, p->sent[p->at].seq, data);
        return;
    }
    p->sent[p->at].seq = c->next[side];
    put_stream(p, l, c, side, data);
}

static void put_websocket(struct packer *p, const struct line *l)
{
    int side;
    struct connection *c = connect_of(p, l, &side);

    if (!c->upgraded) {
        struct line answer = *l;
        c->upgraded = true;
        put_stream(p, l, c, side,
                   SLICE("GET / HTTP/1.1\r\nHost: core\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n"
                         "Sec-WebSocket-Version: 13\r\n\r\n"));
        answer.src = l->dst;
        answer.dst = l->src;
        put_stream(p, &answer, c, !side,
                   SLICE("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                         "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                         "Sec-WebSocket-Protocol: sip\r\n\r\n"));
    }
    put_stream(p, l, c, side, ws_frame(0x81, side == 0, buf_slice(&l->text)));
}

/* What nobody can read without keys: a handshake, then one record for each message. */
static void put_tls(struct packer *p, const struct line *l)
{
    int side;
    struct connection *c = connect_of(p, l, &side);
    char head[5] = {0x17, 3, 3};
    struct slice body = filled('\xa5', l->text.n + 24);

    if (!c->upgraded)
        put_stream(p, l, c, side, join(SLICE("\x16\3\1\0\x40\1\0\0\x3c\3\3"), filled('\x5a', 58)));
    c->upgraded = true;
    craft_put(head + 3, body.n, 2);
    put_stream(p, l, c, side, join((struct slice){head, sizeof head}, body));
}

static void put_sctp(struct packer *p, const struct line *l)
{
    int side;
    struct connection *c = connect_of(p, l, &side);
    char h[28] = {0};
    struct slice data = buf_slice(&l->text);

    craft_put(h, l->src.port, 2);
    craft_put(h + 2, l->dst.port, 2);
    craft_put(h + 4, 100 + 2 * (uint64_t)(c - p->connection) + (uint64_t)side, 4); /* verification tag */
    h[13] = 3;
    craft_put(h + 14, 16 + data.n, 2);
    if (!l->duplicate)
        p->sent[p->at].seq = c->next[side]++;
    craft_put(h + 16, p->sent[p->at].seq, 4);
    put_ip(p, l, false, 132,
           join((struct slice){h, sizeof h}, join(data, (struct slice){"\0\0\0", (4 - data.n % 4) % 4})));
}

static bool same_way(const struct line *a, const struct line *b)
{
    return memcmp(&a->src, &b->src, sizeof a->src) == 0 && memcmp(&a->dst, &b->dst, sizeof a->dst) == 0;
}

/* What an earlier line on the same connection waited with, to go in one segment with this one. */
static void put_coalesced(struct packer *p, struct script *s, int at)
{
    struct line *l = &s->line[at];
    struct slice data = SLICE("");

    for (int i = at + 1; i < s->n && s->line[i].time < l->time + 5 * NSEC_PER_MSEC; i++)
        if (!s->line[i].gone && s->line[i].style == l->style && same_way(l, &s->line[i]))
            return; /* it waits for that one */
    for (int i = 0; i <= at; i++)
        if (!s->line[i].gone && s->line[i].style == l->style && same_way(l, &s->line[i])) {
            data = join(data, buf_slice(&s->line[i].text));
            s->line[i].gone = true;
        }
    put_tcp(p, l, data);
}

/* A duplicate has what the newest line before it with the same text had. */
static void note_twin(struct packer *p, const struct script *s, int at)
{
    const struct line *l = &s->line[at];

    for (int i = at; l->duplicate && i-- > 0;)
        if (same_way(l, &s->line[i]) && slice_eq(buf_slice(&l->text), buf_slice(&s->line[i].text))) {
            p->sent[at] = p->sent[i];
            return;
        }
}

static void put_line(struct packer *p, struct script *s, int at)
{
    const struct line *l = &s->line[at];

    p->at = at;
    note_twin(p, s, at);
    p->time = l->time;
    p->style = l->style ? l->style : &plain;
    switch (l->transport) {
    case TRANSPORT_UDP:
        put_ip(p, l, false, 17, udp(l->src.port, l->dst.port, buf_slice(&l->text)));
        break;
    case TRANSPORT_SCTP:
        put_sctp(p, l);
        break;
    case TRANSPORT_WS:
        put_websocket(p, l);
        break;
    case TRANSPORT_TLS:
        put_tls(p, l);
        break;
    default:
        if (strcmp(p->style->tcp, "coalesced") == 0)
            put_coalesced(p, s, at);
        else
            put_tcp(p, l, buf_slice(&l->text));
    }
}

static int by_time(const void *a, const void *b)
{
    const struct packed *x = a, *y = b;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->order - y->order;
}

void pack_script(struct script *s, struct frames *ret)
{
    struct packer *p = must(calloc(1, sizeof *p));

    *ret = (struct frames){0};
    p->frames = ret;
    p->sent = must(calloc((size_t)s->n + 1, sizeof *p->sent));
    script_sort(s);
    for (int i = 0; i < s->n; i++)
        if (!s->line[i].gone)
            put_line(p, s, i);
    free(p->sent);
    free(p);
    if (ret->n)
        qsort(ret->frame, (size_t)ret->n, sizeof *ret->frame, by_time);
}

void pack_tail(struct frames *f, nsec_t time)
{
    struct packer p = {.frames = f, .time = time};

    add_frame(&p, 1, eth(0x0806, filled('\0', 28)));
}

void frames_done(struct frames *f)
{
    for (int i = 0; i < f->n; i++)
        buf_done(&f->frame[i].bytes);
    free(f->frame);
    *f = (struct frames){0};
}
