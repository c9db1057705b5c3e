#include "report/annotated.h"

#include "report/outfile.h"
#include "wire/source.h"

#include <errno.h>

/* Block types and options, by their names in the draft. */
enum {
    BLOCK_SHB = 0x0a0d0d0a,
    BLOCK_IDB = 1,
    BLOCK_EPB = 6,
    BYTE_ORDER = 0x1a2b3c4d,
    OPT_END = 0,
    OPT_COMMENT = 1,
    SHB_USERAPPL = 4,
    IF_TSRESOL = 9,
    NANOSECONDS = 9, /* ten to the minus ninth */
};

enum { LINKTYPES_MAX = 64, LINKTYPE_LIMIT = 0x10000, LINKTYPE_UPPER_PDU = 252 };

struct copy {
    struct outfile *out;
    uint32_t linktype[LINKTYPES_MAX]; /* of the interfaces that the copy has so far */
    uint32_t ninterfaces;
};

static size_t padded(size_t n)
{
    return (n + 3) & ~(size_t)3;
}

static void put_u32(struct copy *c, uint32_t n)
{
    outfile_write(c->out, (struct slice){(const char *)&n, sizeof n});
}

static void put_u16(struct copy *c, uint16_t n)
{
    outfile_write(c->out, (struct slice){(const char *)&n, sizeof n});
}

static void put_padded(struct copy *c, struct slice s)
{
    outfile_write(c->out, s);
    outfile_write(c->out, (struct slice){"\0\0\0", padded(s.n) - s.n});
}

/* An option and the end of options: 8 bytes and the value. */
static void put_option(struct copy *c, uint16_t code, struct slice value)
{
    put_u16(c, code);
    put_u16(c, (uint16_t)value.n);
    put_padded(c, value);
    put_u32(c, OPT_END);
}

static void put_section(struct copy *c)
{
    struct slice name = SLICE("cpmspec");
    uint32_t length = 28 + 8 + (uint32_t)padded(name.n);

    put_u32(c, BLOCK_SHB);
    put_u32(c, length);
    put_u32(c, BYTE_ORDER);
    put_u16(c, 1); /* version 1.0 */
    put_u16(c, 0);
    put_u32(c, UINT32_MAX); /* the section's length is not told */
    put_u32(c, UINT32_MAX);
    put_option(c, SHB_USERAPPL, name);
    put_u32(c, length);
}

static void put_interface(struct copy *c, uint32_t linktype)
{
    uint32_t length = 20 + 12;
    char resolution = NANOSECONDS;

    put_u32(c, BLOCK_IDB);
    put_u32(c, length);
    put_u16(c, (uint16_t)linktype);
    put_u16(c, 0);
    put_u32(c, 0); /* no snap length */
    put_option(c, IF_TSRESOL, (struct slice){&resolution, 1});
    put_u32(c, length);
}

/* The number of the interface of that link type, described first where it is new. */
static int interface_of(struct copy *c, uint32_t linktype, uint32_t *ret)
{
    if (linktype == LINK_DECRYPTED)
        linktype = LINKTYPE_UPPER_PDU;
    for (uint32_t i = 0; i < c->ninterfaces; i++)
        if (c->linktype[i] == linktype) {
            *ret = i;
            return 0;
        }
    if (linktype >= LINKTYPE_LIMIT || c->ninterfaces == LINKTYPES_MAX)
        return -EPROTONOSUPPORT;
    put_interface(c, linktype);
    c->linktype[c->ninterfaces] = linktype;
    *ret = c->ninterfaces++;
    return 0;
}

static int put_frame(struct copy *c, const struct frame *f, struct slice comment)
{
    uint64_t ticks = f->time > 0 ? (uint64_t)f->time : 0;
    size_t options = comment.n ? 8 + padded(comment.n) : 0;
    uint32_t length = (uint32_t)(32 + padded(f->bytes.n) + options), interface;
    int r = interface_of(c, f->linktype, &interface);

    if (r < 0)
        return r;
    put_u32(c, BLOCK_EPB);
    put_u32(c, length);
    put_u32(c, interface);
    put_u32(c, (uint32_t)(ticks >> 32));
    put_u32(c, (uint32_t)ticks);
    put_u32(c, (uint32_t)f->bytes.n);
    put_u32(c, f->wire_len);
    put_padded(c, f->bytes);
    if (comment.n)
        put_option(c, OPT_COMMENT, comment);
    put_u32(c, length);
    return 0;
}

static int copy_frames(struct copy *c, struct source *in, uint32_t source, const struct annotations *a,
                       struct error *err)
{
    struct frame f;
    int r;

    while ((r = source_next(in, &f, err)) > 0 || r == -EINTR) {
        if (r == -EINTR)
            continue;
        r = put_frame(c, &f, annotations_of(a, source, f.number));
        if (r < 0)
            return error_at(err, -r, source_name(in), 0,
                            "frame %llu has a link type that a capture file cannot hold",
                            (unsigned long long)f.number);
        r = outfile_check(c->out, err);
        if (r < 0)
            return r;
    }
    return r == -EBADMSG ? 0 : r;
}

int annotated_copy(const char *from, uint32_t source, const struct annotations *a, const char *to,
                   struct error *err)
{
    struct copy c = {.out = NULL};
    struct source *in = NULL;
    int r;

    if (strcmp(from, "-") == 0)
        return error_set(err, EINVAL,
                         "standard input cannot be read again to annotate it: save the capture in a file");
    r = source_open(from, source, &in, err);
    if (r == 0)
        r = outfile_open(to, &c.out, err);
    if (r == 0) {
        put_section(&c);
        r = copy_frames(&c, in, source, a, err);
    }
    if (r == 0)
        r = outfile_commit(c.out, err);
    outfile_free(c.out);
    source_free(in);
    return r;
}
