#include "wire/hep.h"

#include <errno.h>
#include <zlib.h>

#include "wire/bytes.h"

enum chunk {
    CHUNK_PROTOCOL = 2,
    CHUNK_SRC_V4 = 3,
    CHUNK_DST_V4 = 4,
    CHUNK_SRC_V6 = 5,
    CHUNK_DST_V6 = 6,
    CHUNK_SRC_PORT = 7,
    CHUNK_DST_PORT = 8,
    CHUNK_SECONDS = 9,
    CHUNK_MICROSECONDS = 10,
    CHUNK_KIND = 11,
    CHUNK_AGENT = 12,
    CHUNK_PAYLOAD = 15,
    CHUNK_COMPRESSED = 16,
    CHUNK_MAX_FIXED = 16, /* all others are of any length */
    CHUNK_NODE = 19,
};

/* Vendor, type, length. */
enum { CHUNK_HEAD = 6 };

int hep_length(struct slice bytes)
{
    if (bytes.n < HEP_HEAD)
        return memcmp("HEP3", bytes.p ? bytes.p : "", bytes.n < 4 ? bytes.n : 4) == 0 ? 0 : -1;
    if (!slice_starts(bytes, SLICE("HEP3")) || get_be16(bytes.p + 4) < HEP_HEAD)
        return -1;
    return get_be16(bytes.p + 4);
}

/* How long the value of each kind of chunk must be; 0: any length. */
static size_t value_length(uint16_t type)
{
    static const uint8_t lengths[CHUNK_MAX_FIXED + 1] = {
        [CHUNK_PROTOCOL] = 1,     [CHUNK_SRC_V4] = 4,   [CHUNK_DST_V4] = 4,   [CHUNK_SRC_V6] = 16,
        [CHUNK_DST_V6] = 16,      [CHUNK_SRC_PORT] = 2, [CHUNK_DST_PORT] = 2, [CHUNK_SECONDS] = 4,
        [CHUNK_MICROSECONDS] = 4, [CHUNK_KIND] = 1,     [CHUNK_AGENT] = 4,
    };

    return type <= CHUNK_MAX_FIXED ? lengths[type] : 0;
}

struct seen {
    bool src, dst, kind;
    nsec_t seconds, fraction; /* of the time; of a chunk that comes twice the last one counts */
    struct slice compressed;
};

static void take_chunk(struct hep *h, struct seen *s, uint16_t type, struct slice v)
{
    switch (type) {
    case CHUNK_PROTOCOL:
        h->ip_protocol = byte_at(v, 0);
        return;
    case CHUNK_SRC_V4:
    case CHUNK_SRC_V6:
        h->src.addr = v.n == 4 ? addr_v4((const uint8_t *)v.p) : addr_v6((const uint8_t *)v.p);
        s->src = true;
        return;
    case CHUNK_DST_V4:
    case CHUNK_DST_V6:
        h->dst.addr = v.n == 4 ? addr_v4((const uint8_t *)v.p) : addr_v6((const uint8_t *)v.p);
        s->dst = true;
        return;
    case CHUNK_SRC_PORT:
        h->src.port = get_be16(v.p);
        return;
    case CHUNK_DST_PORT:
        h->dst.port = get_be16(v.p);
        return;
    case CHUNK_SECONDS:
        s->seconds = get_be32(v.p) * NSEC_PER_SEC;
        return;
    case CHUNK_MICROSECONDS:
        s->fraction = get_be32(v.p) * NSEC_PER_USEC;
        return;
    case CHUNK_KIND:
        h->kind = byte_at(v, 0);
        s->kind = true;
        return;
    case CHUNK_AGENT:
        h->agent = get_be32(v.p);
        return;
    case CHUNK_PAYLOAD:
        h->payload = v;
        return;
    case CHUNK_COMPRESSED:
        s->compressed = v;
        return;
    case CHUNK_NODE:
        h->node = v;
        return;
    default:
        return;
    }
}

bool hep_decode(struct slice packet, struct hep *ret)
{
    struct hep h = {.kind = 0};
    struct seen seen = {.src = false};
    int length = hep_length(packet);
    struct slice rest;

    if (length <= 0 || (size_t)length > packet.n)
        return false;
    rest = slice_tail(slice_head(packet, (size_t)length), HEP_HEAD);
    while (rest.n) {
        size_t n = rest.n >= CHUNK_HEAD ? get_be16(rest.p + 4) : 0;
        uint16_t vendor, type;
        if (n < CHUNK_HEAD || n > rest.n)
            return false;
        vendor = get_be16(rest.p);
        type = get_be16(rest.p + 2);
        if (vendor == 0 && value_length(type) && n - CHUNK_HEAD != value_length(type))
            return false;
        if (vendor == 0)
            take_chunk(&h, &seen, type, slice_tail(slice_head(rest, n), CHUNK_HEAD));
        rest = slice_tail(rest, n);
    }
    if (!h.payload.p && seen.compressed.p) {
        h.payload = seen.compressed;
        h.compressed = true;
    }
    if (!seen.kind || (h.payload.p && (!seen.src || !seen.dst)))
        return false;
    h.time = seen.seconds + seen.fraction;
    *ret = h;
    return true;
}

int hep_inflate(struct slice payload, struct buf *out)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)payload.p, .avail_in = (uInt)payload.n};
    int r = 0, state = Z_OK;

    buf_drop(out, out->n);
    if (inflateInit2(&z, 32 + MAX_WBITS) != Z_OK) /* either header */
        return -ENOMEM;
    while (r == 0 && state == Z_OK) {
        r = buf_reserve(out, 1);
        if (r < 0)
            break;
        z.next_out = (Bytef *)out->p + out->n;
        z.avail_out =
            (uInt)(out->size - out->n < out->limit - out->n ? out->size - out->n : out->limit - out->n);
        state = inflate(&z, Z_NO_FLUSH);
        out->n = (size_t)((char *)z.next_out - out->p);
    }
    inflateEnd(&z);
    return r < 0 ? r : state == Z_STREAM_END ? 0 : -EBADMSG;
}
