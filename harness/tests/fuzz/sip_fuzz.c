/* Any bytes, as a datagram, as a stream, and cut anywhere: nothing is read outside them, everything found
 * lies inside, and the same bytes mean the same however they come. The last byte says where to cut. */
#include "sip/diff.h"
#include "sip/value.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

static void must_lie_in(struct slice part, struct slice whole)
{
    MUST(!part.p || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
    MUST(part.p || part.n == 0);
}

static void check_uri(struct slice text)
{
    struct sip_uri u;

    (void)sip_uri_decode(text, &u);
    must_lie_in(u.scheme, text);
    must_lie_in(u.user, text);
    must_lie_in(u.password, text);
    must_lie_in(u.host, text);
    must_lie_in(u.params, text);
    must_lie_in(u.headers, text);
    must_lie_in(u.rest, text);
    MUST(sip_uri_eq(text, text));
}

/* Every decoder on one value, whatever header it is of. */
static void check_value(struct slice value)
{
    struct sip_list list = {.rest = value};
    struct sip_nameaddr addr;
    struct sip_reason reason;
    struct sip_via via;
    struct slice part;

    (void)sip_via_decode(value, &via);
    must_lie_in(via.transport, value);
    must_lie_in(via.host, value);
    must_lie_in(via.branch, value);
    must_lie_in(via.received, value);
    must_lie_in(via.rport, value);
    must_lie_in(via.params, value);
    (void)sip_nameaddr_decode(value, &addr);
    must_lie_in(addr.display, value);
    must_lie_in(addr.uri, value);
    must_lie_in(addr.params, value);
    check_uri(addr.uri);
    must_lie_in(sip_param(addr.params, SLICE("tag")), value);
    (void)sip_reason_decode(value, &reason);
    must_lie_in(reason.protocol, value);
    must_lie_in(reason.cause, value);
    must_lie_in(reason.text, value);
    while (sip_list_next(&list, &part))
        must_lie_in(part, value);
    MUST(sip_value_eq(value, value));
}

static void check_fields(const struct sip_msg *m)
{
    struct slice head = {m->base, m->head_len};
    uint32_t counted = 0, last = 0;

    MUST(m->nfields <= SIP_FIELDS_MAX);
    for (uint32_t i = 0; i < m->nfields; i++) {
        const struct sip_field *f = &m->field[i];
        must_lie_in(sip_field_name(m, f), head);
        must_lie_in(sip_field_value(m, f), head);
        MUST(i == 0 || f->name > last);
        last = f->name;
        MUST(f->id == sip_header_id(sip_field_name(m, f)));
        MUST(m->first[f->id] >= 0 && m->first[f->id] <= (int)i);
        check_value(sip_field_value(m, f));
    }
    for (int id = 0; id < SIP_HEADER_COUNT; id++) {
        counted += m->count[id];
        MUST(m->first[id] < (int)m->nfields);
        MUST(m->first[id] < 0 || m->field[m->first[id]].id == id);
        MUST(id == SIP_OTHER || (m->first[id] >= 0) == (m->count[id] > 0));
        (void)sip_values_count(m, (enum sip_header)id);
    }
    MUST(counted == m->nfields + m->fields_lost);
    MUST((m->fields_lost > 0) == ((m->defects & SIP_DEFECT_FIELDS) != 0));
}

static void check_msg(const struct sip_msg *m, struct slice in)
{
    struct slice method = {NULL, 0};
    struct sip_diff d;
    uint32_t n = 0;

    must_lie_in(sip_text(m), in);
    MUST(m->head_len <= m->len && m->body_off == m->head_len && m->body_off + m->body_len == m->len);
    must_lie_in(sip_uri(m), (struct slice){m->base, m->head_len});
    must_lie_in(sip_method_text(m), (struct slice){m->base, m->head_len});
    check_fields(m);
    check_uri(sip_uri(m));
    if (sip_cseq(m, &n, &method))
        must_lie_in(method, sip_text(m));
    (void)sip_max_forwards(m, &n);
    must_lie_in(sip_tag(m, SIP_FROM), sip_text(m));
    MUST(sip_diff_first(m, m, 0, &d) == SIP_SAME);
}

/* The same facts, though the bytes behind the message are gone. */
static void check_again(const struct sip_msg *m, enum sip_framing framing)
{
    static struct sip_field table[SIP_FIELDS_MAX];
    const uint32_t may_differ = SIP_DEFECT_LEADING_CRLF | SIP_DEFECT_BODY_LONG;
    struct sip_msg again;
    char *copy = malloc(m->len);
    size_t used;

    MUST(copy);
    memcpy(copy, m->base, m->len);
    MUST(sip_scan(&again, table, (struct slice){copy, m->len}, framing, &used) == SIP_SCAN_OK);
    MUST(used == m->len && again.len == m->len && again.head_len == m->head_len);
    MUST((again.defects & ~may_differ) == (m->defects & ~may_differ));
    MUST(again.status == m->status && again.method == m->method && again.nfields == m->nfields);
    MUST(memcmp(again.first, m->first, sizeof m->first) == 0 &&
         memcmp(again.count, m->count, sizeof m->count) == 0 &&
         memcmp(table, m->field, m->nfields * sizeof *table) == 0);
    free(copy);
}

static uint64_t note(uint64_t h, uint64_t value)
{
    return (h ^ value) * 1099511628211u;
}

/* Scans what begins at *at in the first `n` bytes of a stream, as far as that goes; a sum of what was found.
 */
static uint64_t stream(struct slice in, size_t n, size_t *at, enum sip_framing framing, uint64_t h)
{
    static struct sip_field table[SIP_FIELDS_MAX];

    for (;;) {
        struct slice rest = {in.p + *at, n - *at};
        struct sip_msg m;
        size_t used = 99;
        enum sip_scan_result r = sip_scan(&m, table, rest, framing, &used);

        MUST(used <= rest.n);
        MUST(r != SIP_SCAN_MORE || (used == 0 && framing == SIP_STREAM));
        MUST((r != SIP_SCAN_OK && r != SIP_SCAN_SKIP) || used > 0);
        if (r == SIP_SCAN_OK) {
            MUST(m.base == rest.p && m.len == used);
            check_msg(&m, rest);
            check_again(&m, SIP_STREAM_END);
            h = note(note(note(h, *at), m.len), m.defects);
        }
        *at += used;
        if (r == SIP_SCAN_MORE || used == 0) {
            MUST(framing == SIP_STREAM || *at == n);
            return h;
        }
    }
}

static void datagram(struct slice in)
{
    static struct sip_field table[SIP_FIELDS_MAX];
    struct sip_msg m;
    size_t used = 99;
    enum sip_scan_result r = sip_scan(&m, table, in, SIP_DATAGRAM, &used);

    MUST(r != SIP_SCAN_MORE);
    MUST(used == (r == SIP_SCAN_NOT_SIP ? 0 : in.n));
    if (r != SIP_SCAN_OK)
        return;
    check_msg(&m, in);
    check_again(&m, SIP_DATAGRAM);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in = {(const char *)data, size};
    size_t cut, at = 0;
    uint64_t whole, parts;

    if (size == 0)
        return 0;
    cut = in.n * data[size - 1] / 255;
    datagram(in);
    check_value(in);
    whole = stream(in, in.n, &at, SIP_STREAM_END, 0);
    at = 0;
    parts = stream(in, cut, &at, SIP_STREAM, 0);
    MUST(stream(in, in.n, &at, SIP_STREAM_END, parts) == whole);
    MUST(sip_value_eq(slice_head(in, cut), slice_tail(in, cut)) ==
         sip_value_eq(slice_tail(in, cut), slice_head(in, cut)));
    MUST(sip_uri_eq(slice_head(in, cut), slice_tail(in, cut)) ==
         sip_uri_eq(slice_tail(in, cut), slice_head(in, cut)));
    return 0;
}
