#include "wire/pcap.h"

#include <errno.h>

#include "wire/bytes.h"
#include "wire/input.h"
#include "wire/source.h"

enum { FILE_HEAD = 24, RECORD_HEAD = 16 };

static const struct {
    uint32_t magic;
    bool nano;
    uint32_t record_head;
} forms[] = {
    {0xa1b2c3d4, false, RECORD_HEAD},
    {0xa1b23c4d, true, RECORD_HEAD},
    {0xa1b2cd34, false, RECORD_HEAD + 8}, /* "modified": interface, protocol and packet type follow */
    {0xa1b234cd, false, RECORD_HEAD + 8}, /* the same by other hands */
};

enum { FORMS = sizeof forms / sizeof *forms };

static int find_form(struct slice head, bool *ret_swap)
{
    uint32_t magic;

    if (head.n < 4)
        return -1;
    magic = get32(head.p);
    for (int i = 0; i < FORMS; i++) {
        if (magic == forms[i].magic || magic == __builtin_bswap32(forms[i].magic)) {
            *ret_swap = magic != forms[i].magic;
            return i;
        }
    }
    return -1;
}

bool pcap_begins(struct slice head)
{
    bool swap;

    return find_form(head, &swap) >= 0;
}

/* The file header. The upper six bits of the link type hold the length of a frame check sequence. */
static int start(struct pcap_reader *r, struct input *in, struct error *err)
{
    struct slice head;
    int got = input_want(in, FILE_HEAD, &head), form;
    uint16_t major, minor;

    if (got < 0)
        return got;
    if (got == 0)
        return error_set(err, ENODATA, "cut off inside the file header, before the first frame");
    form = find_form(head, &r->swap);
    r->nano = forms[form].nano;
    r->record_head = forms[form].record_head;
    major = get16_in(head.p + 4, r->swap);
    minor = get16_in(head.p + 6, r->swap);
    if (major != 2)
        return error_set(err, EBADMSG, "pcap version %u.%u, of which nothing is known (2.4 is meant)", major,
                         minor);
    r->lengths_swapped = minor < 3;
    r->lengths_doubtful = minor == 3;
    r->linktype = get32_in(head.p + 20, r->swap) & 0x03ffffff;
    r->started = true;
    input_take(in, FILE_HEAD);
    return 1;
}

static void record_head(const struct pcap_reader *r, const char *p, struct frame *f)
{
    uint32_t captured = get32_in(p + 8, r->swap), wire = get32_in(p + 12, r->swap);
    nsec_t fraction = get32_in(p + 4, r->swap);

    if (r->lengths_swapped || (r->lengths_doubtful && captured > wire)) {
        uint32_t t = captured;
        captured = wire;
        wire = t;
    }
    f->time = get32_in(p, r->swap) * NSEC_PER_SEC + (r->nano ? fraction : fraction * NSEC_PER_USEC);
    f->bytes.n = captured;
    f->wire_len = wire > captured ? wire : captured;
    f->linktype = r->linktype;
}

int pcap_reader_next(struct pcap_reader *r, struct input *in, uint64_t number, struct frame *ret,
                     struct error *err)
{
    unsigned long long n = number;
    struct slice bytes;
    struct frame f;
    int got = r->started ? 1 : start(r, in, err);

    if (got > 0)
        got = input_want(in, r->record_head, &bytes);
    if (got < 0)
        return got;
    if (got == 0 && bytes.n == 0)
        return 0;
    if (got == 0)
        return error_set(err, ENODATA, "cut off inside the header of frame %llu", n);
    record_head(r, bytes.p, &f);
    if (f.bytes.n > FRAME_BYTES_MAX)
        return error_set(err, EBADMSG,
                         "frame %llu claims to hold %zu bytes, which no frame does: damaged here", n,
                         f.bytes.n);
    got = input_want(in, r->record_head + f.bytes.n, &bytes);
    if (got < 0)
        return got;
    if (got == 0)
        return error_set(err, ENODATA, "cut off in the middle of frame %llu (%zu of its %zu bytes are there)",
                         n, bytes.n - r->record_head, f.bytes.n);
    f.bytes.p = bytes.p + r->record_head;
    __builtin_prefetch(f.bytes.p + f.bytes.n); /* where the next one begins */
    input_take(in, r->record_head + f.bytes.n);
    *ret = f;
    return 1;
}
