#include "tests/mutants/golden.h"

#include "sip/msg.h"
#include "wire/source.h"
#include "wire/wire.h"

static void add_message(struct script *s, const struct payload *p, const struct sip_msg *m)
{
    struct line *l;

    if (m->method == SIP_REGISTER || m->method == SIP_OPTIONS)
        return;
    l = script_add(s, sip_text(m));
    l->time = p->time;
    l->src = p->src;
    l->dst = p->dst;
    l->transport = p->transport;
}

static int64_t take(void *ctx, const struct payload *p)
{
    static struct sip_field table[SIP_FIELDS_MAX];
    struct slice rest = p->bytes;

    while (rest.n) {
        struct sip_msg m;
        size_t used = 0;
        enum sip_scan_result r = sip_scan(&m, table, rest, p->stream ? SIP_STREAM : SIP_DATAGRAM, &used);

        if (r == SIP_SCAN_OK)
            add_message(ctx, p, &m);
        if (r == SIP_SCAN_MORE || r == SIP_SCAN_NOT_SIP || !used)
            break;
        rest = slice_tail(rest, used);
    }
    return (int64_t)(p->bytes.n - rest.n);
}

static int read_frames(struct source *source, struct wire *wire, struct error *err)
{
    struct frame f;
    int e;

    while ((e = source_next(source, &f, err)) == 1) {
        e = wire_frame(wire, &f);
        if (e < 0)
            return error_set(err, -e, "out of memory");
    }
    return e < 0 ? e : wire_flush(wire);
}

int golden_read(const char *path, struct script *ret, struct error *err)
{
    struct source *source = NULL;
    struct wire *wire = NULL;
    int e = source_open(path, 0, &source, err);

    script_init(ret);
    if (e == 0)
        e = wire_new(NULL, (struct payload_sink){take, ret}, &wire);
    if (e == 0)
        e = read_frames(source, wire, err);
    wire_free(wire);
    source_free(source);
    script_number(ret);
    return e;
}
