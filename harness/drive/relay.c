#include "drive/relay.h"

#include "base/buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { RECORD_FRAME = 0x43504d01, RECORD_STAGE, RECORD_OUTCOME };
enum { RECORD_MAX = 1 << 20, READ_BYTES = 1 << 16 };

struct record {
    uint32_t kind;
    uint32_t size; /* of what follows */
};

/* What goes before the bytes of a frame. */
struct frame_head {
    uint32_t wire_len, linktype, source;
    uint64_t number;
    nsec_t time;
};

struct relay {
    int fd;
    struct relay_sink sink;
    struct buf in;
};

static int send_all(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;

    while (n > 0) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return -errno;
        p += sent;
        n -= (size_t)sent;
    }
    return 0;
}

static int send_record(int fd, uint32_t kind, const void *head, size_t nhead, struct slice body)
{
    struct record record = {kind, (uint32_t)(nhead + body.n)};
    int r;

    if (nhead + body.n > RECORD_MAX)
        return -EMSGSIZE;
    r = send_all(fd, &record, sizeof record);
    if (r == 0)
        r = send_all(fd, head, nhead);
    return r < 0 ? r : send_all(fd, body.p, body.n);
}

int relay_frame(int fd, const struct frame *f)
{
    struct frame_head head;

    memset(&head, 0, sizeof head);
    head = (struct frame_head){f->wire_len, f->linktype, f->source, f->number, f->time};
    return send_record(fd, RECORD_FRAME, &head, sizeof head, f->bytes);
}

int relay_stage(int fd, enum drive_stage stage)
{
    return send_record(fd, RECORD_STAGE, &stage, sizeof stage, (struct slice){0});
}

int relay_outcome(int fd, const struct drive_outcome *o)
{
    return send_record(fd, RECORD_OUTCOME, o, sizeof *o, (struct slice){0});
}

int relay_new(int fd, const struct relay_sink *sink, struct relay **ret)
{
    struct relay *r = calloc(1, sizeof *r);

    if (!r)
        return -ENOMEM;
    r->fd = fd;
    r->sink = *sink;
    buf_init(&r->in, RECORD_MAX + sizeof(struct record) + READ_BYTES);
    *ret = r;
    return 0;
}

void relay_free(struct relay *r)
{
    if (!r)
        return;
    buf_done(&r->in);
    free(r);
}

static int take_frame(struct relay *r, struct slice body)
{
    struct frame_head head;
    struct frame f;

    if (body.n < sizeof head)
        return -EPROTO;
    memcpy(&head, body.p, sizeof head);
    f = (struct frame){.bytes = slice_tail(body, sizeof head),
                       .wire_len = head.wire_len,
                       .linktype = head.linktype,
                       .source = head.source,
                       .number = head.number,
                       .time = head.time};
    return r->sink.frame(r->sink.ctx, &f);
}

static int take_record(struct relay *r, uint32_t kind, struct slice body)
{
    struct drive_outcome outcome;
    enum drive_stage stage;

    if (kind == RECORD_FRAME)
        return take_frame(r, body);
    if (kind == RECORD_STAGE && body.n == sizeof stage) {
        memcpy(&stage, body.p, sizeof stage);
        r->sink.stage(r->sink.ctx, stage);
        return 0;
    }
    if (kind == RECORD_OUTCOME && body.n == sizeof outcome) {
        memcpy(&outcome, body.p, sizeof outcome);
        r->sink.outcome(r->sink.ctx, &outcome);
        return 0;
    }
    return -EPROTO;
}

static int take_records(struct relay *r)
{
    size_t used = 0;
    struct record head;
    int result = 0;

    while (result >= 0 && r->in.n - used >= sizeof head) {
        struct slice rest = slice_tail(buf_slice(&r->in), used);
        memcpy(&head, rest.p, sizeof head);
        if (head.size > RECORD_MAX) {
            result = -EPROTO;
            break;
        }
        if (rest.n - sizeof head < head.size)
            break;
        result = take_record(r, head.kind, slice_head(slice_tail(rest, sizeof head), head.size));
        used += sizeof head + head.size;
    }
    buf_drop(&r->in, used);
    return result;
}

int relay_read(struct relay *r)
{
    ssize_t n;
    int taken;

    for (;;) {
        if (buf_reserve(&r->in, READ_BYTES) < 0)
            return -ENOMEM;
        n = recv(r->fd, r->in.p + r->in.n, READ_BYTES, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN ? 1 : errno == ECONNRESET ? 0 : -errno;
        if (n == 0)
            return r->in.n ? -EPROTO : 0;
        r->in.n += (size_t)n;
        taken = take_records(r);
        if (taken < 0)
            return taken;
    }
}
