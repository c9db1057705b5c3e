#include "wire/pcapng.h"

#include <errno.h>
#include <stdlib.h>

#include "wire/bytes.h"
#include "wire/input.h"
#include "wire/source.h"

enum block {
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET_OLD = 2, /* obsolete, but written by programs of its time */
    BLOCK_PACKET_SIMPLE = 3,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6,
    BLOCK_JOURNAL = 9, /* of systemd */
    BLOCK_SECRETS = 10,
    BLOCK_SYSDIG = 0x204, /* and three younger forms */
    BLOCK_SYSDIG_FLAGS = 0x208,
    BLOCK_SYSDIG_2 = 0x216,
    BLOCK_SYSDIG_2_LARGE = 0x221,
    BLOCK_CUSTOM = 0xbad,
    BLOCK_CUSTOM_LOCAL = 0x40000bad,
    BLOCK_SECTION = 0x0a0d0d0a, /* the same in either byte order */
};

enum option {
    OPTION_END = 0,
    OPTION_EPB_DROPCOUNT = 4,
    OPTION_ISB_IFDROP = 5,
    OPTION_ISB_OSDROP = 7,
    OPTION_IF_TSRESOL = 9,
    OPTION_IF_TSOFFSET = 14,
};

enum {
    BLOCK_FRAME = 12, /* type, length, and the length again at the end */
    SECTION_MIN = 28,
    BYTE_ORDER_MAGIC = 0x1a2b3c4d,
    BLOCK_BYTES_MAX = FRAME_BYTES_MAX + (128 << 10), /* of a block that has to be looked into */
    SKIP_STEP = 64 << 10,
    TICKS_USEC = 1000000,
};

_Static_assert((size_t)BLOCK_BYTES_MAX <= (size_t)INPUT_WANT_MAX, "a block fits the input");

bool pcapng_begins(struct slice head)
{
    return head.n >= 4 && get32(head.p) == BLOCK_SECTION;
}

void pcapng_reader_done(struct pcapng_reader *r)
{
    free(r->interface);
    *r = (struct pcapng_reader){0};
}

static uint64_t dropped_here(const struct pcapng_reader *r)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < r->ninterfaces; i++) {
        const struct pcapng_interface *f = &r->interface[i];
        n += f->dropped > f->dropped_here ? f->dropped : f->dropped_here;
    }
    return n;
}

uint64_t pcapng_reader_dropped(const struct pcapng_reader *r)
{
    return r->dropped + dropped_here(r);
}

/* Steps through options; false at the end, or where one is longer than what holds it. */
static bool next_option(const struct pcapng_reader *r, struct slice *rest, uint16_t *ret_code,
                        struct slice *ret_value)
{
    uint16_t code, n;

    if (rest->n < 4)
        return false;
    code = get16_in(rest->p, r->swap);
    n = get16_in(rest->p + 2, r->swap);
    if (code == OPTION_END || n > rest->n - 4)
        return false;
    *ret_code = code;
    *ret_value = (struct slice){rest->p + 4, n};
    *rest = slice_tail(*rest, 4 + ((size_t)n + 3) / 4 * 4);
    return true;
}

/* if_tsresol: a power of ten, or of two where the top bit is set. 0 where it is beyond all use. */
static uint64_t ticks_per_second(uint8_t resolution)
{
    uint64_t ticks = 1;
    unsigned power = resolution & 0x7f;

    if (resolution & 0x80)
        return power < 63 ? UINT64_C(1) << power : 0;
    if (power > 18)
        return 0;
    while (power--)
        ticks *= 10;
    return ticks;
}

static int add_interface(struct pcapng_reader *r, struct slice body, struct error *err)
{
    struct pcapng_interface f = {.per_second = TICKS_USEC};
    struct slice rest = slice_tail(body, 8), value;
    uint16_t code;

    if (body.n < 8)
        return error_set(err, EBADMSG, "an interface description block is too short");
    if (r->ninterfaces == r->room) {
        uint32_t room = r->room ? r->room * 2 : 4;
        struct pcapng_interface *more;
        if (r->ninterfaces >= PCAPNG_INTERFACES_MAX)
            return error_set(err, EBADMSG, "more than %d interfaces in a section", PCAPNG_INTERFACES_MAX);
        more = realloc(r->interface, room * sizeof *more);
        if (!more)
            return -ENOMEM;
        r->interface = more;
        r->room = room;
    }
    f.linktype = get16_in(body.p, r->swap);
    f.snaplen = get32_in(body.p + 4, r->swap);
    while (next_option(r, &rest, &code, &value)) {
        if (code == OPTION_IF_TSRESOL && value.n >= 1)
            f.per_second = ticks_per_second(byte_at(value, 0));
        else if (code == OPTION_IF_TSOFFSET && value.n >= 8)
            f.offset = (int64_t)get64_in(value.p, r->swap);
    }
    if (f.per_second == 0)
        return error_set(err, EBADMSG, "interface %u counts time in steps that cannot be",
                         (unsigned)r->ninterfaces);
    r->interface[r->ninterfaces++] = f;
    return 0;
}

/* Ticks to nanoseconds since 1970, held within what two times can differ by. */
static nsec_t to_time(const struct pcapng_interface *f, uint64_t ticks)
{
    __extension__ __int128 t;

    if (f->per_second == TICKS_USEC && f->offset == 0 && ticks < FRAME_TIME_MAX / 1000)
        return (nsec_t)ticks * NSEC_PER_USEC;
    t = (__int128)(ticks / f->per_second) + f->offset;
    t = t * NSEC_PER_SEC + (__int128)(ticks % f->per_second) * NSEC_PER_SEC / (__int128)f->per_second;
    if (t < 0)
        return 0;
    return t > FRAME_TIME_MAX ? FRAME_TIME_MAX : (nsec_t)t;
}

static int bad_frame(struct error *err, uint64_t number, const char *what)
{
    return error_set(err, EBADMSG, "frame %llu %s: damaged here", (unsigned long long)number, what);
}

/* The head of a packet block, as far as its kinds agree. */
struct packet {
    uint32_t interface;
    uint64_t ticks;
    uint32_t captured, wire;
    size_t head; /* bytes before the frame's own */
};

static void count_drops(struct pcapng_reader *r, struct pcapng_interface *f, struct slice options)
{
    struct slice value;
    uint16_t code;

    while (next_option(r, &options, &code, &value))
        if (code == OPTION_EPB_DROPCOUNT && value.n == 8)
            f->dropped_here += get64_in(value.p, r->swap);
}

static int packet_frame(struct pcapng_reader *r, const struct packet *p, struct slice body, uint64_t number,
                        struct frame *ret, struct error *err)
{
    struct pcapng_interface *f;

    if (p->interface >= r->ninterfaces)
        return bad_frame(err, number, "belongs to an interface that is not described");
    if (p->captured > body.n - p->head || p->captured > FRAME_BYTES_MAX)
        return bad_frame(err, number, "claims more bytes than its block has");
    f = &r->interface[p->interface];
    ret->bytes = (struct slice){body.p + p->head, p->captured};
    ret->wire_len = p->wire > p->captured ? p->wire : p->captured;
    ret->linktype = f->linktype;
    ret->time = to_time(f, p->ticks);
    r->last_time = ret->time;
    count_drops(r, f, slice_tail(body, p->head + ((size_t)p->captured + 3) / 4 * 4));
    return 1;
}

static int packet_block(struct pcapng_reader *r, uint32_t type, struct slice body, uint64_t number,
                        struct frame *ret, struct error *err)
{
    struct packet p = {.head = 20};

    if (body.n < 20)
        return bad_frame(err, number, "is in a block that is too short");
    p.interface = get32_in(body.p, r->swap);
    if (type == BLOCK_PACKET_OLD)
        p.interface = get16_in(body.p, r->swap);
    p.ticks = (uint64_t)get32_in(body.p + 4, r->swap) << 32 | get32_in(body.p + 8, r->swap);
    p.captured = get32_in(body.p + 12, r->swap);
    p.wire = get32_in(body.p + 16, r->swap);
    if (type == BLOCK_PACKET_OLD && p.interface < r->ninterfaces && get16_in(body.p + 2, r->swap) != 0xffff)
        r->interface[p.interface].dropped_here += get16_in(body.p + 2, r->swap);
    return packet_frame(r, &p, body, number, ret, err);
}

/* A simple packet block names neither interface (it is the first) nor time (that of the frame before). */
static int simple_block(struct pcapng_reader *r, struct slice body, uint64_t number, struct frame *ret,
                        struct error *err)
{
    struct pcapng_interface *f = r->interface;

    if (r->ninterfaces == 0)
        return bad_frame(err, number, "belongs to an interface that is not described");
    if (body.n < 4)
        return bad_frame(err, number, "is in a block that is too short");
    ret->wire_len = get32_in(body.p, r->swap);
    ret->bytes = slice_head(slice_tail(body, 4), ret->wire_len);
    if (f->snaplen)
        ret->bytes = slice_head(ret->bytes, f->snaplen);
    if (ret->bytes.n > FRAME_BYTES_MAX)
        return bad_frame(err, number, "is longer than any frame");
    ret->linktype = f->linktype;
    ret->time = r->last_time;
    return 1;
}

static int statistics(struct pcapng_reader *r, struct slice body)
{
    struct slice rest = slice_tail(body, 12), value;
    uint32_t interface = body.n >= 4 ? get32_in(body.p, r->swap) : UINT32_MAX;
    uint64_t dropped = 0;
    uint16_t code;

    while (next_option(r, &rest, &code, &value))
        if ((code == OPTION_ISB_IFDROP || code == OPTION_ISB_OSDROP) && value.n == 8)
            dropped += get64_in(value.p, r->swap);
    if (interface < r->ninterfaces)
        r->interface[interface].dropped = dropped;
    return 0;
}

static int cut_off(struct error *err, uint64_t number)
{
    return error_set(err, ENODATA, "cut off inside a block, after frame %llu",
                     (unsigned long long)number - 1);
}

/* A section header: the byte order may change, the interfaces begin anew. */
static int section(struct pcapng_reader *r, struct input *in, uint64_t number, struct error *err)
{
    struct slice head;
    uint16_t major;
    int got = input_want(in, SECTION_MIN, &head);

    if (got < 0)
        return got;
    if (got == 0)
        return cut_off(err, number);
    if (get32(head.p + 8) != BYTE_ORDER_MAGIC && get32(head.p + 8) != __builtin_bswap32(BYTE_ORDER_MAGIC))
        return error_set(err, EBADMSG, "a section header without byte order, after frame %llu",
                         (unsigned long long)number - 1);
    r->swap = get32(head.p + 8) != BYTE_ORDER_MAGIC;
    major = get16_in(head.p + 12, r->swap);
    if (major != 1)
        return error_set(err, EBADMSG, "pcapng version %u, of which nothing is known (1 is meant)", major);
    r->dropped += dropped_here(r);
    r->ninterfaces = 0;
    r->section = true;
    return 1;
}

/* Steps over a block without having it in memory as a whole. */
static int step_over(struct pcapng_reader *r, struct input *in, uint64_t number, struct error *err)
{
    while (r->skip) {
        size_t step = r->skip < SKIP_STEP ? (size_t)r->skip : SKIP_STEP;
        struct slice bytes;
        int got = input_want(in, step, &bytes);
        if (got < 0)
            return got;
        if (got == 0)
            return cut_off(err, number);
        input_take(in, step);
        r->skip -= step;
    }
    return 1;
}

static bool is_looked_into(uint32_t type)
{
    return type == BLOCK_INTERFACE || type == BLOCK_PACKET || type == BLOCK_PACKET_OLD ||
           type == BLOCK_PACKET_SIMPLE || type == BLOCK_STATISTICS;
}

/* What Wireshark shows as a frame, so that those behind it have its numbers. */
static bool is_record(uint32_t type)
{
    return type == BLOCK_JOURNAL || type == BLOCK_CUSTOM || type == BLOCK_CUSTOM_LOCAL ||
           type == BLOCK_SYSDIG || type == BLOCK_SYSDIG_FLAGS || type == BLOCK_SYSDIG_2 ||
           type == BLOCK_SYSDIG_2_LARGE;
}

/* 1: a frame; 0: a block without one. */
static int look_into(struct pcapng_reader *r, uint32_t type, struct slice body, uint64_t number,
                     struct frame *ret, struct error *err)
{
    switch (type) {
    case BLOCK_INTERFACE:
        return add_interface(r, body, err);
    case BLOCK_STATISTICS:
        return statistics(r, body);
    case BLOCK_PACKET_SIMPLE:
        return simple_block(r, body, number, ret, err);
    default:
        return packet_block(r, type, body, number, ret, err);
    }
}

/* Type and length of the block that comes. 1, 0 at the end. */
static int block_head(struct pcapng_reader *r, struct input *in, uint64_t number, uint32_t *ret_type,
                      uint32_t *ret_len, struct error *err)
{
    struct slice head;
    int got = input_want(in, 8, &head);

    if (got < 0 || (got == 0 && head.n == 0))
        return got;
    if (got == 0)
        return cut_off(err, number);
    if (get32(head.p) == BLOCK_SECTION) {
        got = section(r, in, number, err);
        if (got <= 0 || (got = input_want(in, 8, &head)) <= 0)
            return got;
    }
    *ret_type = get32_in(head.p, r->swap);
    *ret_len = get32_in(head.p + 4, r->swap);
    if (*ret_len < BLOCK_FRAME || *ret_len % 4 || (*ret_type == BLOCK_SECTION && *ret_len < SECTION_MIN) ||
        (is_looked_into(*ret_type) && *ret_len > BLOCK_BYTES_MAX))
        return error_set(err, EBADMSG, "a block with an impossible length of %lu bytes after frame %llu",
                         (unsigned long)*ret_len, (unsigned long long)number - 1);
    return 1;
}

/* One block. 1: a frame; 0: none in it; 2: the end of the capture. */
static int block(struct pcapng_reader *r, struct input *in, uint64_t number, struct frame *ret,
                 struct error *err)
{
    uint32_t type = 0, len = 0;
    struct slice whole;
    int got = step_over(r, in, number, err);

    if (got > 0)
        got = block_head(r, in, number, &type, &len, err);
    if (got <= 0)
        return got == 0 ? 2 : got;
    if (!is_looked_into(type)) {
        r->secrets = r->secrets || type == BLOCK_SECRETS;
        r->skip = len;
        *ret = (struct frame){.linktype = LINK_RECORD, .time = r->last_time};
        return is_record(type);
    }
    got = input_want(in, len, &whole);
    if (got < 0)
        return got;
    if (got == 0)
        return cut_off(err, number);
    if (get32_in(whole.p + len - 4, r->swap) != len)
        return error_set(err, EBADMSG, "a block whose two lengths differ, after frame %llu",
                         (unsigned long long)number - 1);
    got = look_into(r, type, (struct slice){whole.p + 8, len - BLOCK_FRAME}, number, ret, err);
    if (got >= 0)
        input_take(in, len);
    return got;
}

int pcapng_reader_next(struct pcapng_reader *r, struct input *in, uint64_t number, struct frame *ret,
                       struct error *err)
{
    struct frame f;
    int got;

    do
        got = block(r, in, number, &f, err);
    while (got == 0);
    if (got == 1)
        *ret = f;
    return got == 2 ? 0 : got;
}
