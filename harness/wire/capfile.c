#include "wire/capfile.h"

#include <errno.h>
#include <stdlib.h>

#include "wire/input.h"
#include "wire/pcap.h"
#include "wire/pcapng.h"
#include "wire/pcapngtail.h"
#include "wire/source_ops.h"

enum format { FORMAT_UNKNOWN, FORMAT_PCAP, FORMAT_PCAPNG };

struct capfile {
    struct source base;
    struct input *in;
    enum format format;
    struct pcap_reader pcap;
    struct pcapng_reader pcapng;
    uint64_t dropped; /* as the end of the file says */
};

/* Other things that people hand to a capture reader, and what mends it. */
static const struct {
    struct slice magic;
    const char *text;
} strangers[] = {
    {{"\x28\xb5\x2f\xfd", 4}, "compressed with zstd: unpack it first (zstd -d)"},
    {{"\xfd"
      "7zXZ",
      5},
     "compressed with xz: unpack it first (xz -d)"},
    {{"BZh", 3}, "compressed with bzip2: unpack it first (bzip2 -d)"},
    {{"\x04\x22\x4d\x18", 4}, "compressed with lz4: unpack it first (lz4 -d)"},
    {{"PK\x03\x04", 4}, "a zip archive: unpack it first"},
    {{"snoop\0\0\0", 8}, "a snoop capture: convert it (editcap -F pcapng IN OUT)"},
    {{"\x1f\x8b", 2}, "compressed in an unknown way: unpack it first"},
    {{"GMBU", 4}, "a Network Monitor capture: convert it (editcap -F pcapng IN OUT)"},
};

static int not_a_capture(struct capfile *c, struct slice head, struct error *err)
{
    c->base.state = SOURCE_FOREIGN;
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        if (slice_starts(head, strangers[i].magic))
            return error_set(err, EMEDIUMTYPE, "not a pcap or pcapng capture: it is %s", strangers[i].text);
    return error_set(err, EMEDIUMTYPE,
                     "not a capture: it begins as neither pcap nor pcapng does (what Wireshark can open, "
                     "`editcap -F pcapng IN OUT` converts)");
}

static int read_failed(struct capfile *c, int r, struct error *err)
{
    const char *trouble = input_trouble(c->in);

    if (r == -EBADMSG && trouble) {
        c->base.state = SOURCE_DAMAGED;
        return error_set(err, EBADMSG, "after frame %llu: %s", (unsigned long long)c->base.frames, trouble);
    }
    c->base.state = SOURCE_FAILED;
    return error_set(err, -r, "reading failed after frame %llu: %s", (unsigned long long)c->base.frames,
                     strerror(-r));
}

/* The first four bytes name the format. */
static int recognise(struct capfile *c, struct error *err)
{
    struct slice head;
    int r = input_want(c->in, 4, &head);

    if (r == -EAGAIN || r == -EINTR)
        return r;
    if (r < 0)
        return read_failed(c, r, err);
    if (r == 0 && head.n == 0 && !input_trouble(c->in)) {
        c->base.state = SOURCE_EMPTY;
        return error_set(err, ENODATA, "empty: there is no byte in it");
    }
    if (r == 1 && pcapng_begins(head))
        c->format = FORMAT_PCAPNG;
    else if (pcap_begins(head))
        c->format = FORMAT_PCAP;
    else if (r == 0 && input_trouble(c->in))
        return c->base.state = SOURCE_CUT, error_set(err, EBADMSG, "%s", input_trouble(c->in));
    else
        return not_a_capture(c, head, err);
    return 1;
}

/* A reader's -ENODATA is a file that ends too early, its -EBADMSG one that contradicts itself. */
static int reader_failed(struct capfile *c, int r, struct error *err)
{
    if (r == -ENODATA) {
        c->base.state = SOURCE_CUT;
        return -EBADMSG;
    }
    if (r == -EBADMSG && !input_trouble(c->in)) {
        c->base.state = SOURCE_DAMAGED;
        return r;
    }
    return read_failed(c, r, err);
}

static int capfile_next(struct source *s, struct frame *ret, struct error *err)
{
    struct capfile *c = (struct capfile *)s;
    int r = 1;

    if (c->format == FORMAT_UNKNOWN)
        r = recognise(c, err);
    if (r <= 0)
        return r;
    if (c->format == FORMAT_PCAP)
        r = pcap_reader_next(&c->pcap, c->in, s->frames + 1, ret, err);
    else
        r = pcapng_reader_next(&c->pcapng, c->in, s->frames + 1, ret, err);
    if (r == 0 && input_trouble(c->in)) {
        s->state = SOURCE_CUT;
        return error_set(err, EBADMSG, "cut off after frame %llu: %s", (unsigned long long)s->frames,
                         input_trouble(c->in));
    }
    if (r >= 0 || r == -EAGAIN || r == -EINTR)
        return r;
    return reader_failed(c, r, err);
}

static int capfile_fd(const struct source *s)
{
    return input_fd(((const struct capfile *)s)->in);
}

static uint64_t capfile_dropped(const struct source *s)
{
    const struct capfile *c = (const struct capfile *)s;

    uint64_t read = c->format == FORMAT_PCAPNG ? pcapng_reader_dropped(&c->pcapng) : 0;

    return read > c->dropped ? read : c->dropped;
}

static bool capfile_has_secrets(const struct source *s)
{
    const struct capfile *c = (const struct capfile *)s;

    return c->format == FORMAT_PCAPNG && c->pcapng.secrets;
}

static void capfile_release(struct source *s)
{
    struct capfile *c = (struct capfile *)s;

    pcapng_reader_done(&c->pcapng);
    input_free(c->in);
    free(c);
}

static const struct source_ops capfile_ops = {
    .next = capfile_next,
    .fd = capfile_fd,
    .dropped = capfile_dropped,
    .has_secrets = capfile_has_secrets,
    .release = capfile_release,
};

int capfile_open(int fd, const char *name, uint32_t index, struct source **ret)
{
    struct input *in;
    struct capfile *c;
    int r = input_new(fd, &in);

    if (r < 0)
        return r;
    c = calloc(1, sizeof *c);
    if (!c) {
        input_free(in);
        return -ENOMEM;
    }
    c->in = in;
    c->dropped = pcapng_tail_dropped(fd);
    source_init(&c->base, &capfile_ops, name, index);
    *ret = &c->base;
    return 0;
}
