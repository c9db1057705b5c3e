#include "wire/ws.h"

#include <errno.h>

#include "wire/bytes.h"
#include "wire/sniff.h"

enum opcode {
    OPCODE_CONTINUATION = 0,
    OPCODE_TEXT = 1,
    OPCODE_BINARY = 2,
    OPCODE_CLOSE = 8,
    OPCODE_PONG = 10
};

struct ws_frame {
    bool fin, compressed, masked;
    uint8_t opcode;
    char key[4];
    size_t head;
    uint64_t n;
};

static bool is_control(const struct ws_frame *f)
{
    return f->opcode >= OPCODE_CLOSE;
}

/* RFC 6455 5.2, with what it forbids. */
static enum ws_result decode_head(struct slice in, struct ws_frame *f)
{
    uint8_t first, second;

    if (in.n < 2)
        return WS_MORE;
    first = byte_at(in, 0);
    second = byte_at(in, 1);
    *f = (struct ws_frame){.fin = first & 0x80,
                           .compressed = first & 0x40,
                           .masked = second & 0x80,
                           .opcode = first & 0x0f,
                           .head = 2,
                           .n = second & 0x7f};
    if (first & 0x30 || (f->opcode > OPCODE_BINARY && f->opcode < OPCODE_CLOSE) || f->opcode > OPCODE_PONG)
        return WS_BAD;
    if (is_control(f) && (!f->fin || f->n > 125 || f->compressed))
        return WS_BAD;
    f->head += f->n == 126 ? 2 : f->n == 127 ? 8 : 0;
    if (in.n < f->head + (f->masked ? 4 : 0))
        return WS_MORE;
    if (f->n == 126)
        f->n = get_be16(in.p + 2);
    else if (f->n == 127)
        f->n = (uint64_t)get_be32(in.p + 2) << 32 | get_be32(in.p + 6);
    if (f->masked) {
        memcpy(f->key, in.p + f->head, 4);
        f->head += 4;
    }
    return f->n >> 63 ? WS_BAD : WS_MESSAGE;
}

static int add_unmasked(struct buf *out, const struct ws_frame *f, struct slice bytes)
{
    char *to;
    int r = buf_add(out, bytes);

    if (r < 0 || !f->masked)
        return r;
    to = out->p + out->n - bytes.n;
    for (size_t i = 0; i < bytes.n; i++)
        to[i] = (char)(to[i] ^ f->key[i & 3]);
    return 0;
}

enum ws_result ws_next(struct slice in, struct buf *out, size_t *ret_used, bool *ret_lost)
{
    bool begun = false;
    size_t at = 0;
    int added;

    buf_drop(out, out->n);
    *ret_lost = false;
    for (;;) {
        struct slice rest = slice_tail(in, at);
        struct ws_frame f;
        enum ws_result r = decode_head(rest, &f);
        if (r != WS_MESSAGE)
            return r;
        if (f.n > rest.n - f.head)
            return f.n > SIZE_MAX / 2 ? WS_BAD : WS_MORE;
        at += f.head + (size_t)f.n;
        if (is_control(&f)) {
            if (begun) /* between the parts of a message: passed over with them */
                continue;
            *ret_used = at;
            return WS_NOTHING;
        }
        if (begun && f.opcode != OPCODE_CONTINUATION)
            return WS_BAD;
        begun = true;
        added = add_unmasked(out, &f, slice_head(slice_tail(rest, f.head), (size_t)f.n));
        if (added == -ENOMEM)
            return WS_NO_MEMORY;
        *ret_lost = *ret_lost || f.compressed || added < 0;
        if (!f.fin)
            continue;
        *ret_used = at;
        return *ret_lost ? WS_NOTHING : WS_MESSAGE;
    }
}

bool ws_begins_sip(struct slice in)
{
    char first[128];
    struct ws_frame f;
    struct slice body;

    if (decode_head(in, &f) != WS_MESSAGE || f.compressed ||
        (f.opcode != OPCODE_TEXT && f.opcode != OPCODE_BINARY))
        return false;
    body = slice_head(slice_head(slice_tail(in, f.head), (size_t)f.n), sizeof first);
    for (size_t i = 0; i < body.n; i++)
        first[i] = (char)(body.p[i] ^ (f.masked ? f.key[i & 3] : 0));
    body.p = first;
    return body.n >= 16 && sniff_datagram(body) == SNIFF_SIP;
}

/* A header line's value that has `what` in it, in any case. */
static bool header_has(struct slice head, struct slice name, struct slice what)
{
    while (head.n) {
        struct slice line = slice_head(head, slice_find(head, '\n'));
        head = slice_tail(head, line.n + 1);
        if (!slice_istarts(line, name))
            continue;
        line = slice_tail(line, name.n);
        for (; line.n >= what.n; line = slice_tail(line, 1))
            if (slice_istarts(line, what))
                return true;
    }
    return false;
}

bool ws_is_handshake(struct slice head)
{
    bool request = slice_starts(head, SLICE("GET "));
    bool answer = slice_starts(head, SLICE("HTTP/1.1 101"));

    return (request || answer) && header_has(head, SLICE("Upgrade:"), SLICE("websocket"));
}
