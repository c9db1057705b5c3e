#include "tests/mutants/outcap.h"

#include <errno.h>
#include <stdio.h>
#include <zlib.h>

#include "tests/craft.h"

enum { LINKS_MAX = 16, CAPTURE_BYTES_MAX = 1 << 28 };

struct links {
    int n;
    uint32_t type[LINKS_MAX];
};

static uint32_t link_index(struct links *l, uint32_t type)
{
    for (int i = 0; i < l->n; i++)
        if (l->type[i] == type)
            return (uint32_t)i;
    if (l->n == LINKS_MAX)
        give_up("too many link layers in one capture");
    l->type[l->n] = type;
    return (uint32_t)l->n++;
}

/* Interface statistics: isb_ifdrop, three frames. */
static void write_dropped(struct buf *b)
{
    craft_block(b, 5, SLICE("\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\x08\0\3\0\0\0\0\0\0\0\0\0\0\0"), false);
}

static void write_pcapng(struct buf *b, const struct frames *f)
{
    struct links links = {0};

    craft_section(b, false);
    for (int i = 0; i < f->n; i++)
        link_index(&links, f->frame[i].linktype);
    for (int i = 0; i < links.n; i++) /* if_tsresol: nanoseconds */
        craft_interface(b, (uint16_t)links.type[i], 262144, SLICE("\x09\0\1\0\x09\0\0\0\0\0\0\0"), false);
    for (int i = 0; i < f->n; i++)
        craft_packet(b, link_index(&links, f->frame[i].linktype), (uint64_t)f->frame[i].time,
                     buf_slice(&f->frame[i].bytes), SLICE(""), false);
}

static size_t snap(const struct frames *f, int i)
{
    return f->frame[i].snap ? f->frame[i].snap : f->frame[i].bytes.n;
}

/* Of the record that was just written: how long the packet was on the wire. */
static void say_longer(struct buf *b, size_t captured, uint32_t sent, bool swap)
{
    uint32_t n = swap ? __builtin_bswap32(sent) : sent;

    memcpy(b->p + b->n - captured - sizeof n, &n, sizeof n);
}

static void write_pcap(struct buf *b, const struct frames *f, bool usec, bool swap)
{
    craft_pcap_head(b, usec ? 0xa1b2c3d4 : 0xa1b23c4d, f->n ? f->frame[0].linktype : 1, swap);
    for (int i = 0; i < f->n; i++) {
        nsec_t t = f->frame[i].time;
        craft_pcap_frame(b, (uint32_t)(t / NSEC_PER_SEC),
                         (uint32_t)(t % NSEC_PER_SEC / (usec ? NSEC_PER_USEC : 1)),
                         slice_head(buf_slice(&f->frame[i].bytes), snap(f, i)), swap);
        if (snap(f, i) < f->frame[i].bytes.n)
            say_longer(b, snap(f, i), (uint32_t)f->frame[i].bytes.n, swap);
    }
}

static bool many_links(const struct frames *f)
{
    for (int i = 1; i < f->n; i++)
        if (f->frame[i].linktype != f->frame[0].linktype)
            return true;
    return false;
}

static int write_file(const char *path, struct slice bytes, bool gz, struct error *err)
{
    /* "T" writes as it is, "1" compresses fast. */
    gzFile file = gzopen(path, gz ? "wb1" : "wbT");
    bool ok = file && gzwrite(file, bytes.p, (unsigned)bytes.n) == (int)bytes.n;

    ok = (!file || gzclose(file) == Z_OK) && ok;
    return ok ? 0 : error_at(err, EIO, path, 0, "cannot be written");
}

int outcap_write(const char *path, const char *format, const struct frames *f, struct error *err)
{
    struct slice name = slice_of(format);
    size_t gz = slice_find_slice(name, SLICE(".gz"));
    bool compress = gz < name.n;
    struct buf b;
    int e;

    name = slice_head(name, gz);
    buf_init(&b, CAPTURE_BYTES_MAX);
    if (slice_eq(name, SLICE("pcapng")) || slice_eq(name, SLICE("dropped")) || many_links(f))
        write_pcapng(&b, f);
    else if (name.n == 0 || slice_eq(name, SLICE("pcap")) || slice_eq(name, SLICE("cut")))
        write_pcap(&b, f, false, false);
    else if (slice_eq(name, SLICE("usec")) || slice_eq(name, SLICE("swapped")))
        write_pcap(&b, f, true, name.p[0] == 's');
    else
        return error_at(err, EINVAL, path, 0, "no format is called \"%s\"", format);
    if (slice_eq(name, SLICE("dropped")))
        write_dropped(&b);
    if (slice_eq(name, SLICE("cut")))
        b.n -= 20;
    e = write_file(path, buf_slice(&b), compress, err);
    buf_done(&b);
    return e;
}
