#include "wire/input.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

/* BUFFER_FIRST fits the second-level cache: larger pieces are slower, smaller ones cost system calls. */
enum { BUFFER_FIRST = 256 << 10, PACKED_SIZE = 64 << 10 };

_Static_assert(PACKED_SIZE <= BUFFER_FIRST, "what is read to recognise the format fits");

enum packing { PACKING_UNKNOWN, PACKING_NONE, PACKING_GZIP };

struct input {
    int fd;
    enum packing packing;
    bool ended;      /* of the descriptor */
    bool member;     /* inside a gzip member */
    bool zstream_on; /* inflateInit was done */
    const char *trouble;
    int last_word; /* of fill() once there is trouble: 0 cut off, -EBADMSG damaged */
    uint64_t offset;
    char *buffer;
    size_t size, begin, end; /* of the buffer; what is there and not taken */
    char *packed;            /* compressed bytes */
    z_stream z;
};

int input_new(int fd, struct input **ret)
{
    struct input *in = calloc(1, sizeof *in);

    if (in)
        in->buffer = malloc(BUFFER_FIRST);
    if (!in || !in->buffer) {
        free(in);
        close(fd);
        return -ENOMEM;
    }
    in->fd = fd;
    in->size = BUFFER_FIRST;
    *ret = in;
    return 0;
}

void input_free(struct input *in)
{
    if (!in)
        return;
    if (in->zstream_on)
        inflateEnd(&in->z);
    close(in->fd);
    free(in->packed);
    free(in->buffer);
    free(in);
}

/* Bytes read, 0 at the end, or a negative errno. */
static ssize_t read_some(struct input *in, char *p, size_t n)
{
    ssize_t got = read(in->fd, p, n);

    if (got < 0)
        return errno == EWOULDBLOCK ? -EAGAIN : -errno;
    if (got == 0)
        in->ended = true;
    return got;
}

static int start_gzip(struct input *in)
{
    if (!in->packed)
        in->packed = malloc(PACKED_SIZE);
    if (!in->packed || inflateInit2(&in->z, 16 + MAX_WBITS) != Z_OK)
        return -ENOMEM;
    in->zstream_on = true;
    in->packing = PACKING_GZIP;
    /* what was read to recognise the format is compressed data */
    in->z.avail_in = (uInt)(in->end - in->begin);
    memcpy(in->packed, in->buffer + in->begin, in->z.avail_in);
    in->z.next_in = (Bytef *)in->packed;
    in->begin = in->end = 0;
    in->member = true;
    return 0;
}

/* Three bytes tell gzip (RFC 1952 2.3.1: magic and the method "deflate"). 1 when the packing is known. */
static int recognise(struct input *in)
{
    while (in->end < 3 && !in->ended) {
        ssize_t got = read_some(in, in->buffer + in->end, PACKED_SIZE - in->end);
        if (got < 0)
            return (int)got;
        in->end += (size_t)got;
    }
    if (in->end >= 3 && memcmp(in->buffer, "\x1f\x8b\x08", 3) == 0)
        return start_gzip(in);
    in->packing = PACKING_NONE;
    return 0;
}

static int trouble(struct input *in, int last_word, const char *text)
{
    in->trouble = text;
    in->last_word = last_word;
    return last_word;
}

/* Between members: another one, padding with zeros, the end, or garbage. */
static int next_member(struct input *in)
{
    while (in->z.avail_in && *in->z.next_in == 0) {
        in->z.next_in++;
        in->z.avail_in--;
    }
    if (!in->z.avail_in)
        return 0;
    if (*in->z.next_in != 0x1f) {
        return trouble(in, -EBADMSG, "bytes that are not compressed follow the gzip data");
    }
    inflateReset(&in->z);
    in->member = true;
    return 0;
}

static int inflate_some(struct input *in)
{
    size_t room = in->size - in->end;
    int z;

    in->z.next_out = (Bytef *)in->buffer + in->end;
    in->z.avail_out = (uInt)room;
    z = inflate(&in->z, Z_SYNC_FLUSH);
    in->end += room - in->z.avail_out;
    if (z == Z_STREAM_END)
        in->member = false;
    else if (z == Z_MEM_ERROR)
        return -ENOMEM;
    else if (z != Z_OK && z != Z_BUF_ERROR)
        return trouble(in, -EBADMSG, "the gzip data is damaged");
    return 0;
}

/* Adds what it can to the buffer: 1 something, 0 the end. */
static int fill_gzip(struct input *in)
{
    size_t before = in->end;

    while (in->end == before) {
        int r = 0;
        if (in->z.avail_in == 0 && !in->ended) {
            ssize_t got = read_some(in, in->packed, PACKED_SIZE);
            if (got < 0)
                return (int)got;
            in->z.next_in = (Bytef *)in->packed;
            in->z.avail_in = (uInt)got;
        }
        if (!in->member)
            r = next_member(in);
        if (r == 0 && in->member)
            r = inflate_some(in);
        if (r < 0 && in->end == before)
            return r;
        if (in->end == before && in->ended && in->z.avail_in == 0) {
            return in->member ? trouble(in, 0, "the gzip data is cut off") : 0;
        }
    }
    return 1;
}

static int fill(struct input *in)
{
    ssize_t got;

    if (in->trouble)
        return in->last_word;
    if (in->packing == PACKING_GZIP)
        return fill_gzip(in);
    if (in->ended)
        return 0;
    got = read_some(in, in->buffer + in->end, in->size - in->end);
    if (got <= 0)
        return (int)got;
    in->end += (size_t)got;
    return 1;
}

/* Room for `n` bytes from `begin` on: the rest moves to the front, and the buffer grows where it must. */
static int make_room(struct input *in, size_t n)
{
    size_t have = in->end - in->begin, size = in->size;
    char *bigger;

    if (in->begin) {
        memmove(in->buffer, in->buffer + in->begin, have);
        in->begin = 0;
        in->end = have;
    }
    if (n <= size)
        return 0;
    while (size < n)
        size *= 2;
    bigger = realloc(in->buffer, size);
    if (!bigger)
        return -ENOMEM;
    in->buffer = bigger;
    in->size = size;
    return 0;
}

int input_want(struct input *in, size_t n, struct slice *ret)
{
    int r = 1;

    if (n > INPUT_WANT_MAX)
        return -ENOBUFS;
    if (in->packing == PACKING_UNKNOWN)
        r = recognise(in);
    if (r >= 0 && in->end - in->begin < n)
        r = make_room(in, n);
    while (r >= 0 && in->end - in->begin < n) {
        r = fill(in);
        if (r == 0)
            break;
    }
    if (r < 0)
        return r;
    *ret = (struct slice){in->buffer + in->begin, in->end - in->begin};
    return ret->n >= n;
}

void input_take(struct input *in, size_t n)
{
    in->begin += n;
    in->offset += n;
}

const char *input_trouble(const struct input *in)
{
    return in->trouble;
}

uint64_t input_offset(const struct input *in)
{
    return in->offset;
}

int input_fd(const struct input *in)
{
    return in->fd;
}
