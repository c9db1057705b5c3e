#include "sip/defect.h"
#include "sip/msg.h"
#include "sip/value.h"
#include "tests/guard.h"
#include "tests/sip_files.h"
#include "tests/test.h"

#include <stdio.h>

#define HEAD                                                                                                 \
    "Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@a>;tag=1\r\nTo: <sip:b@b>;tag=2\r\nCall-ID: x\r\n"
#define BYE "BYE sip:b@b SIP/2.0\r\n" HEAD "CSeq: 1 BYE\r\n"
#define OK  "SIP/2.0 200 OK\r\n" HEAD "CSeq: 1 BYE\r\n"

static struct sip_field table[SIP_FIELDS_MAX];

static enum sip_scan_result scan(struct sip_msg *m, struct slice in, enum sip_framing framing)
{
    size_t used;
    return sip_scan(m, table, in, framing, &used);
}

/* What each file of the corpus is: defects, how many Vias, and whether it is a response. */
static const struct corpus_case {
    const char *name;
    uint32_t defects;
    unsigned vias;
    uint16_t status;
    uint32_t body;
} corpus[] = {
    {"00-baseline", 0, 4, 0, 0},
    {"01-lf-only", SIP_DEFECT_LF, 4, 0, 0},
    {"02-fold-to", SIP_DEFECT_FOLDED, 4, 0, 0},
    {"03-fold-via-params", SIP_DEFECT_FOLDED, 4, 0, 0},
    {"04-compact", 0, 4, 0, 0},
    {"05-oddcase", 0, 4, 0, 0},
    {"06-comma-vias", 0, 4, 0, 0},
    {"07-quoted-specials", 0, 4, 0, 0},
    {"08-ipv6-via", 0, 4, 0, 0},
    {"09-via-lws", 0, 4, 0, 0},
    {"10-space-colon", 0, 4, 0, 0},
    {"11-clen-big", SIP_DEFECT_BODY_SHORT, 4, 0, 0},
    {"12-clen-small-trailing", SIP_DEFECT_BODY_LONG, 4, 0, 0},
    {"13-no-clen", 0, 4, 0, 0},
    {"14-pipelined", SIP_DEFECT_BODY_LONG, 4, 0, 0},
    {"15-leading-crlf", SIP_DEFECT_LEADING_CRLF, 4, 0, 0},
    {"16-cseq-garbage", SIP_DEFECT_CSEQ, 4, 0, 0},
    {"17-clen-overflow", SIP_DEFECT_CONTENT_LENGTH, 4, 0, 0},
    {"18-nul-in-value", SIP_DEFECT_NUL, 4, 0, 0},
    {"19-latin1-display", 0, 4, 0, 0},
    {"20-empty-unknown", 0, 4, 0, 0},
    {"21-unknown-method", 0, 4, 0, 0},
    {"22-lower-version", SIP_DEFECT_VERSION, 4, 0, 0},
    {"23-escaped-uri", 0, 4, 0, 0},
    {"24-no-branch", 0, 4, 0, 0},
    {"25-unterminated-quote", 0, 4, 0, 0},
    {"26-line-without-colon", SIP_DEFECT_NO_COLON, 4, 0, 0},
    {"27-no-blank-line", SIP_DEFECT_NO_BLANK_LINE, 4, 0, 0},
    {"28-long-header-60k", 0, 4, 0, 0},
    {"29-500-headers", SIP_DEFECT_FIELDS, 4, 0, 0},
    {"30-dup-callid", SIP_DEFECT_REPEATED, 4, 0, 0},
    {"31-dup-cseq", SIP_DEFECT_REPEATED, 4, 0, 0},
    {"32-status-no-reason", SIP_DEFECT_START_LINE, 4, 200, 0},
    {"33-status-empty-reason", 0, 4, 200, 0},
    {"34-via-sctp-lower", 0, 4, 0, 0},
    {"35-via-bad-port", 0, 4, 0, 0},
    {"36-tel-from", 0, 4, 0, 0},
    {"37-no-from-tag", 0, 4, 0, 0},
    {"38-missing-callid", SIP_DEFECT_MISSING, 4, 0, 0},
    {"39-empty-via", SIP_DEFECT_EMPTY, 4, 0, 0},
    {"40-via-trailing-comma", 0, 5, 0, 0},
    {"41-cr-only-in-value", SIP_DEFECT_CR, 4, 0, 0},
    {"42-tabs-everywhere", 0, 4, 0, 0},
    {"43-truncated-midheader", SIP_DEFECT_NO_BLANK_LINE | SIP_DEFECT_MISSING, 4, 0, 0},
    {"44-status-700", SIP_DEFECT_STATUS, 4, 700, 0},
    {"45-extra-ruri-space", SIP_DEFECT_START_LINE, 4, 0, 0},
};

/* Every file of the corpus, against the edge of readable memory: none is lost. */
static void scans_corpus(void)
{
    static char room[1 << 17];
    struct guard g;
    struct sip_msg m;

    guard_init(&g, sizeof room);
    CU_ASSERT_EQUAL(sizeof corpus / sizeof corpus[0], SIP_CORPUS_FILES);
    for (size_t i = 0; i < sizeof corpus / sizeof corpus[0]; i++) {
        const struct corpus_case *c = &corpus[i];
        struct slice in = guard_put(&g, sip_file(c->name, room, sizeof room));
        size_t used = 0;
        enum sip_scan_result r = sip_scan(&m, table, in, SIP_DATAGRAM, &used);
        bool ok = r == SIP_SCAN_OK && used == in.n && m.defects == c->defects && m.status == c->status &&
                  sip_values_count(&m, SIP_VIA) == c->vias && m.body_len == c->body;
        if (!ok)
            printf("%s: result %d, defects %#x (%s), status %u, %u Vias, body %u\n", c->name, r, m.defects,
                   m.defects ? sip_defect_text(m.defects) : "", m.status, sip_values_count(&m, SIP_VIA),
                   m.body_len);
        CU_ASSERT_TRUE(ok);
    }
    guard_done(&g);
}

/* Known headers behind 500 unknown ones are where they belong, in the message's order. */
static void keeps_known_fields(void)
{
    static char room[1 << 17];
    struct sip_msg m;
    uint32_t last = 0;
    bool ordered = true;

    CU_ASSERT_EQUAL(scan(&m, sip_file("29-500-headers", room, sizeof room), SIP_DATAGRAM), SIP_SCAN_OK);
    CU_ASSERT_EQUAL(m.nfields, SIP_FIELDS_MAX);
    CU_ASSERT_EQUAL(m.nfields + m.fields_lost, 14 + 500);
    CHECK_SLICE(sip_value(&m, SIP_CONTENT_LENGTH), "0");
    for (uint32_t i = 0; i < m.nfields; i++) {
        ordered &= m.field[i].name >= last;
        last = m.field[i].name;
    }
    CU_ASSERT_TRUE(ordered);
    CU_ASSERT_EQUAL(m.count[SIP_OTHER], 502);
}

/* More repeated known headers than the table holds, and the rest behind them. */
static void keeps_first_of_each_kind(void)
{
    static char text[1 << 16];
    struct sip_msg m;
    size_t n = (size_t)snprintf(text, sizeof text, "BYE sip:b@b SIP/2.0\r\nX-A: 1\r\n");

    for (int i = 0; i < 300; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "v: SIP/2.0/UDP h%d;branch=z\r\n", i);
    n += (size_t)snprintf(text + n, sizeof text - n,
                          "f: <sip:a@a>\r\nt: <sip:b@b>\r\ni: x\r\nCSeq: 1 BYE\r\n\r\n");
    CU_ASSERT_EQUAL(scan(&m, (struct slice){text, n}, SIP_DATAGRAM), SIP_SCAN_OK);
    CU_ASSERT_EQUAL(m.defects, SIP_DEFECT_FIELDS);
    CU_ASSERT_EQUAL(m.count[SIP_VIA], 300);
    CU_ASSERT_EQUAL(m.nfields + m.fields_lost, 305);
    CHECK_SLICE(sip_value(&m, SIP_VIA), "SIP/2.0/UDP h0;branch=z");
    CHECK_SLICE(sip_value(&m, SIP_CALL_ID), "x");
    CHECK_SLICE(sip_value(&m, SIP_CSEQ), "1 BYE");
    CU_ASSERT_EQUAL(m.first[SIP_OTHER], -1);
    CU_ASSERT_TRUE(sip_has(&m, SIP_OTHER));
}

static const struct start_case {
    const char *line;
    enum sip_scan_result result;
    uint16_t status;
    uint32_t defects;
    const char *method, *uri;
} starts[] = {
    {"BYE sip:b@b SIP/2.0\r\n", SIP_SCAN_OK, 0, 0, "BYE", "sip:b@b"},
    {"BYE sip:b@b SIP/2.0 \r\n", SIP_SCAN_OK, 0, SIP_DEFECT_START_LINE, "BYE", "sip:b@b"},
    {"BYE\tsip:b@b SIP/2.0\r\n", SIP_SCAN_OK, 0, SIP_DEFECT_START_LINE, "BYE", "sip:b@b"},
    {" BYE sip:b@b SIP/2.0\r\n", SIP_SCAN_OK, 0, SIP_DEFECT_START_LINE, "BYE", "sip:b@b"},
    {"BYE sip:b@b; lr SIP/2.0\r\n", SIP_SCAN_OK, 0, SIP_DEFECT_START_LINE, "BYE", "sip:b@b; lr"},
    {"BYE <sip:b@b> SIP/2.0\r\n", SIP_SCAN_OK, 0, 0, "BYE", "<sip:b@b>"},
    {"NEW! sip:b@b SIP/2.0\r\n", SIP_SCAN_OK, 0, 0, "NEW!", "sip:b@b"},
    {"bye sip:b@b SIP/2.0\r\n", SIP_SCAN_OK, 0, 0, "bye", "sip:b@b"},
    {"B(E sip:b@b SIP/2.0\r\n", SIP_SCAN_OK, 0, SIP_DEFECT_START_LINE, "B(E", "sip:b@b"},
    {"BYE SIP/2.0\r\n", SIP_SCAN_OK, 0, SIP_DEFECT_START_LINE, "BYE", ""},
    {"BYE sip:b@b\r\n", SIP_SCAN_OK, 0, SIP_DEFECT_START_LINE | SIP_DEFECT_VERSION, "BYE", "sip:b@b"},
    {"BYE sip:b@b SIP/7.0\r\n", SIP_SCAN_OK, 0, SIP_DEFECT_VERSION, "BYE", "sip:b@b"},
    {"BYE sip:b@b SIP 2.0\r\n", SIP_SCAN_OK, 0, SIP_DEFECT_START_LINE | SIP_DEFECT_VERSION, "BYE", "sip:b@b"},
    {"BYE sip:b@b SIP/2.0\r\r\n", SIP_SCAN_OK, 0, SIP_DEFECT_CR | SIP_DEFECT_START_LINE, "BYE", "sip:b@b"},
    {"BYE sip:b@b SIP/2.0\n", SIP_SCAN_OK, 0, SIP_DEFECT_LF, "BYE", "sip:b@b"},
    {"SIP/2.0 200 OK\r\n", SIP_SCAN_OK, 200, 0, "BYE", "OK"},
    {"SIP/2.0 200 \r\n", SIP_SCAN_OK, 200, 0, "BYE", ""},
    {"SIP/2.0 200\r\n", SIP_SCAN_OK, 200, SIP_DEFECT_START_LINE, "BYE", ""},
    {"SIP/2.0 200  two  words \r\n", SIP_SCAN_OK, 200, 0, "BYE", " two  words "},
    {"SIP/2.0  200 OK\r\n", SIP_SCAN_OK, 200, SIP_DEFECT_START_LINE, "BYE", "OK"},
    {"sip/2.0 200 OK\r\n", SIP_SCAN_OK, 200, SIP_DEFECT_VERSION, "BYE", "OK"},
    {"SIP/2.0 0200 OK\r\n", SIP_SCAN_OK, 200, SIP_DEFECT_START_LINE, "BYE", "OK"},
    {"SIP/2.0 99 OK\r\n", SIP_SCAN_OK, 99, SIP_DEFECT_START_LINE | SIP_DEFECT_STATUS, "BYE", "OK"},
    {"SIP/2.0 700 OK\r\n", SIP_SCAN_OK, 700, SIP_DEFECT_STATUS, "BYE", "OK"},
    {"SIP/2.0 4294967496 OK\r\n", SIP_SCAN_OK, SIP_STATUS_BAD, SIP_DEFECT_START_LINE | SIP_DEFECT_STATUS,
     "BYE", "OK"},
    {"SIP/2.0 0 OK\r\n", SIP_SCAN_OK, SIP_STATUS_BAD, SIP_DEFECT_START_LINE | SIP_DEFECT_STATUS, "BYE", "OK"},
    {"SIP/2.0 abc\r\n", SIP_SCAN_OK, SIP_STATUS_BAD, SIP_DEFECT_START_LINE | SIP_DEFECT_STATUS, "BYE", ""},
    {"SIP/2.0\r\n", SIP_SCAN_OK, SIP_STATUS_BAD, SIP_DEFECT_START_LINE | SIP_DEFECT_STATUS, "BYE", ""},
    {"SIP/2.0/UDP h;branch=z\r\n", SIP_SCAN_NOT_SIP, 0, 0, NULL, NULL},
    {"GET / HTTP/1.1\r\n", SIP_SCAN_NOT_SIP, 0, 0, NULL, NULL},
    {"HTTP/1.1 200 OK\r\n", SIP_SCAN_NOT_SIP, 0, 0, NULL, NULL},
    {"OPTIONS sip:b@b RTSP/1.0\r\n", SIP_SCAN_NOT_SIP, 0, 0, NULL, NULL},
    {"OPTIONS * RTSP/1.0\r\n", SIP_SCAN_NOT_SIP, 0, 0, NULL, NULL},
    {"MSRP d93kswow SEND\r\n", SIP_SCAN_NOT_SIP, 0, 0, NULL, NULL},
    {"MSRP d93kswow 200 OK\r\n", SIP_SCAN_NOT_SIP, 0, 0, NULL, NULL},
    {"hello, world\r\n", SIP_SCAN_NOT_SIP, 0, 0, NULL, NULL},
    {"<134>proxy: got BYE sip:b@b SIP/2.0\r\n", SIP_SCAN_NOT_SIP, 0, 0, NULL, NULL},
    {"BYE\r\n", SIP_SCAN_NOT_SIP, 0, 0, NULL, NULL},
    {"call sip:b@b\r\n", SIP_SCAN_NOT_SIP, 0, 0, NULL, NULL},
    {"X: y SIP/2.0\r\n", SIP_SCAN_NOT_SIP, 0, 0, NULL, NULL},
    {"\x16\x03\x01\x02\r\n", SIP_SCAN_NOT_SIP, 0, 0, NULL, NULL},
    {" \r\n", SIP_SCAN_NOT_SIP, 0, 0, NULL, NULL},
};

static void reads_start_lines(void)
{
    char text[512];
    struct guard g;
    struct sip_msg m;

    guard_init(&g, sizeof text);
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        const struct start_case *c = &starts[i];
        int n =
            snprintf(text, sizeof text, "%s" HEAD "CSeq: 1 %s\r\n\r\n", c->line, c->method ? c->method : "");
        enum sip_scan_result r = scan(&m, guard_put(&g, (struct slice){text, (size_t)n}), SIP_DATAGRAM);
        bool ok = r == c->result;
        if (ok && r == SIP_SCAN_OK) {
            /* Odd methods do not make a token in CSeq either. */
            m.defects &= ~(strchr(c->method, '(') ? (uint32_t)SIP_DEFECT_CSEQ : 0u);
            ok = m.status == c->status && m.defects == c->defects &&
                 slice_eq(sip_method_text(&m), slice_of(c->method)) &&
                 slice_eq(sip_uri(&m), slice_of(c->uri));
        }
        if (!ok)
            printf("%s -> %d, status %u, defects %#x\n", c->line, r, m.status, m.defects);
        CU_ASSERT_TRUE(ok);
    }
    guard_done(&g);
}

static const struct defect_case {
    const char *text;
    enum sip_framing framing;
    uint32_t defects;
    uint32_t body;
} defects[] = {
    {BYE "Content-Length: 3\r\n\r\nabc", SIP_DATAGRAM, 0, 3},
    {BYE "Content-Length: 3\r\n\r\nabcd", SIP_DATAGRAM, SIP_DEFECT_BODY_LONG, 3},
    {BYE "Content-Length: 3\r\n\r\nab", SIP_DATAGRAM, SIP_DEFECT_BODY_SHORT, 2},
    {BYE "Content-Length: 3\r\n\r\nab", SIP_STREAM_END, SIP_DEFECT_BODY_SHORT, 2},
    {BYE "Content-Length: 3\r\nl: 3\r\n\r\nabc", SIP_DATAGRAM, SIP_DEFECT_REPEATED, 3},
    {BYE "Content-Length: 3\r\nl: 2\r\n\r\nabc", SIP_DATAGRAM,
     SIP_DEFECT_REPEATED | SIP_DEFECT_CONTENT_LENGTH, 3},
    {BYE "Content-Length: -1\r\n\r\nabc", SIP_DATAGRAM, SIP_DEFECT_CONTENT_LENGTH, 3},
    {BYE "Content-Length: -1\r\n\r\nabc", SIP_STREAM, SIP_DEFECT_CONTENT_LENGTH, 0},
    {BYE "Content-Length:\r\n\r\nabc", SIP_DATAGRAM, SIP_DEFECT_CONTENT_LENGTH, 3},
    {BYE "Content-Length: 2147483648\r\n\r\nabc", SIP_DATAGRAM, SIP_DEFECT_CONTENT_LENGTH, 3},
    {BYE "\r\nabc", SIP_DATAGRAM, 0, 3},
    {BYE "\r\nabc", SIP_STREAM, SIP_DEFECT_NO_LENGTH, 0},
    {BYE "\r\na\nb\rc", SIP_DATAGRAM, 0, 5},
    {BYE "l: 0\r\n\r\r\n", SIP_DATAGRAM, SIP_DEFECT_CR, 0},
    {BYE "l: 0\r\n\n", SIP_DATAGRAM, SIP_DEFECT_LF, 0},
    {BYE "l: 0\r\n\r", SIP_DATAGRAM, SIP_DEFECT_CR | SIP_DEFECT_NO_BLANK_LINE, 0},
    {BYE "l: 0\r\n", SIP_DATAGRAM, SIP_DEFECT_NO_BLANK_LINE, 0},
    {BYE "l:\r\n\t0\r\n\r\n", SIP_DATAGRAM, SIP_DEFECT_FOLDED, 0},
    {BYE "l: 0\r\n  \r\n\r\n", SIP_DATAGRAM, SIP_DEFECT_FOLDED, 0},
    {BYE ": x\r\n\r\n", SIP_DATAGRAM, SIP_DEFECT_NAME, 0},
    {BYE "a b: x\r\n\r\n", SIP_DATAGRAM, SIP_DEFECT_NAME, 0},
    {BYE "a\x01: x\r\n\r\n", SIP_DATAGRAM, SIP_DEFECT_NAME, 0},
    {BYE "colourless\r\n ideas:\r\n\r\n", SIP_DATAGRAM, SIP_DEFECT_NO_COLON | SIP_DEFECT_FOLDED, 0},
    {BYE "l: 0\r\n" OK "\r\n", SIP_DATAGRAM, SIP_DEFECT_NO_BLANK_LINE | SIP_DEFECT_BODY_LONG, 0},
    {BYE "l: 0\r\n" OK "\r\n", SIP_STREAM, SIP_DEFECT_NO_BLANK_LINE, 0},
    {OK "l: 0\r\n" BYE "\r\n", SIP_STREAM, SIP_DEFECT_NO_BLANK_LINE, 0},
    {OK "l: 0\r\nBYE sip:b@b SIP/2.0\r\n folded\r\n\r\n", SIP_STREAM, SIP_DEFECT_NO_BLANK_LINE, 0},
    {BYE "Max-Forwards: 1\r\nmax-forwards: 2\r\n\r\n", SIP_DATAGRAM, SIP_DEFECT_REPEATED, 0},
    {"BYE sip:b@b SIP/2.0\r\n " HEAD "CSeq: 1 BYE\r\n\r\n", SIP_DATAGRAM, SIP_DEFECT_START_LINE, 0},
    {"BYE sip:b@b SIP/2.0\r\n" HEAD "CSeq: 1 INVITE\r\n\r\n", SIP_DATAGRAM, SIP_DEFECT_CSEQ, 0},
    {"BYE sip:b@b SIP/2.0\r\n" HEAD "CSeq: 2147483648 BYE\r\n\r\n", SIP_DATAGRAM, SIP_DEFECT_CSEQ, 0},
    {"BYE sip:b@b SIP/2.0\r\n" HEAD "CSeq: 2147483647 BYE\r\n\r\n", SIP_DATAGRAM, 0, 0},
    {"BYE sip:b@b SIP/2.0\r\n" HEAD "CSeq: 1 BYE x\r\n\r\n", SIP_DATAGRAM, SIP_DEFECT_CSEQ, 0},
    {"BYE sip:b@b SIP/2.0\r\n" HEAD "CSeq:\r\n\r\n", SIP_DATAGRAM, SIP_DEFECT_CSEQ | SIP_DEFECT_EMPTY, 0},
    {"BYE sip:b@b SIP/2.0\r\n\r\n", SIP_DATAGRAM, SIP_DEFECT_MISSING, 0},
    {"BYE sip:b@b SIP/2.0", SIP_DATAGRAM, SIP_DEFECT_MISSING | SIP_DEFECT_NO_BLANK_LINE, 0},
    {"BYE sip:b@b SIP/2.0\rVia: x\r", SIP_DATAGRAM,
     SIP_DEFECT_MISSING | SIP_DEFECT_NO_BLANK_LINE | SIP_DEFECT_CR | SIP_DEFECT_START_LINE, 0},
    {"\r\n\n\r" BYE "\r\n", SIP_DATAGRAM, SIP_DEFECT_LEADING_CRLF, 0},
};

static void records_defects(void)
{
    struct guard g;
    struct sip_msg m;

    guard_init(&g, 4096);
    for (size_t i = 0; i < sizeof defects / sizeof defects[0]; i++) {
        const struct defect_case *c = &defects[i];
        enum sip_scan_result r = scan(&m, guard_put(&g, slice_of(c->text)), c->framing);
        bool ok = r == SIP_SCAN_OK && m.defects == c->defects && m.body_len == c->body;
        if (!ok)
            printf("case %zu: %d, defects %#x instead of %#x, body %u\n", i, r, m.defects, c->defects,
                   m.body_len);
        CU_ASSERT_TRUE(ok);
    }
    guard_done(&g);
}

/* Every bit has words of its own. */
static void tells_defects(void)
{
    CU_ASSERT_PTR_NULL(sip_defect_text(0));
    for (uint32_t bit = 1; bit <= SIP_DEFECT_NO_LENGTH; bit <<= 1) {
        const char *text = sip_defect_text(bit);
        CU_ASSERT_PTR_NOT_NULL(text);
        CU_ASSERT_PTR_EQUAL(sip_defect_text(bit | SIP_DEFECT_NO_LENGTH), text);
        if (bit > 1)
            CU_ASSERT_PTR_NOT_EQUAL(sip_defect_text(bit >> 1), text);
    }
}

static void finds_values(void)
{
    struct sip_msg m;

    CU_ASSERT_EQUAL(scan(&m, SLICE(BYE "X-One : \t a\r\n b \r\nSUBJECT:\r\n\r\n"), SIP_DATAGRAM),
                    SIP_SCAN_OK);
    CHECK_SLICE(sip_value_named(&m, SLICE("x-one")), "a\r\n b");
    CU_ASSERT_PTR_NOT_NULL(sip_value_named(&m, SLICE("Subject")).p);
    CU_ASSERT_EQUAL(sip_value_named(&m, SLICE("Subject")).n, 0);
    CU_ASSERT_PTR_NULL(sip_value_named(&m, SLICE("X-Two")).p);
    CU_ASSERT_PTR_NULL(sip_value(&m, SIP_ROUTE).p);
    CU_ASSERT_FALSE(sip_has(&m, SIP_ROUTE));
    CU_ASSERT_EQUAL(m.method, SIP_BYE);
    CU_ASSERT_EQUAL(m.head_len, m.len);
}

/* A response without CSeq has no method, and says so. */
static void method_of_response(void)
{
    struct sip_msg m;

    CU_ASSERT_EQUAL(scan(&m, SLICE(OK "\r\n"), SIP_DATAGRAM), SIP_SCAN_OK);
    CU_ASSERT_EQUAL(m.method, SIP_BYE);
    CU_ASSERT_EQUAL(scan(&m, SLICE("SIP/2.0 200 OK\r\n" HEAD "CSeq: x BYE\r\n\r\n"), SIP_DATAGRAM),
                    SIP_SCAN_OK);
    CU_ASSERT_EQUAL(m.method, SIP_BYE);
    CU_ASSERT_EQUAL(m.defects, SIP_DEFECT_CSEQ);
    CU_ASSERT_EQUAL(scan(&m, SLICE("SIP/2.0 200 OK\r\n" HEAD "\r\n"), SIP_DATAGRAM), SIP_SCAN_OK);
    CU_ASSERT_EQUAL(m.method, SIP_METHOD_OTHER);
    CU_ASSERT_EQUAL(sip_method_text(&m).n, 0);
    CU_ASSERT_EQUAL(m.defects, SIP_DEFECT_MISSING);
}

#define STREAM_TEXT                                                                                          \
    "\r\n\r\n" BYE "l: 4\r\n\r\n\r\nBY" OK "l:0\r\n\r\n\r\ngarbage: x\nmore\r\n" BYE "\r\n" BYE "l: 0\r\n"   \
    "SIP/2.0 481 No\r\n" HEAD "CSeq: 2 BYE\r\nl: 2\r\n\r\nhi\r\n\r\n"

/* Feeds a stream of which `n` bytes have come, from *at on; appends what it yields to `log`. */
static void feed(struct slice all, size_t n, size_t *at, enum sip_framing framing, char *log, size_t size)
{
    for (;;) {
        struct sip_msg m;
        size_t used;
        enum sip_scan_result r = sip_scan(&m, table, (struct slice){all.p + *at, n - *at}, framing, &used);

        if (r == SIP_SCAN_OK)
            snprintf(log + strlen(log), size - strlen(log), "%zu+%u/%u %#x;", *at, m.len, m.body_len,
                     m.defects);
        *at += used;
        if (r == SIP_SCAN_MORE || used == 0)
            return;
    }
}

/* However the bytes are cut into segments, the messages are the same. */
static void streams_at_every_split(void)
{
    struct slice all = SLICE(STREAM_TEXT);
    char whole[1024] = "", split[1024];
    struct guard g;
    size_t at = 0;

    feed(all, all.n, &at, SIP_STREAM_END, whole, sizeof whole);
    CU_ASSERT_EQUAL(at, all.n);
    CU_ASSERT_PTR_NOT_NULL(strstr(whole, "/4 0;"));
    CU_ASSERT_PTR_NOT_NULL(strstr(whole, "/2 0;"));
    guard_init(&g, all.n);
    for (size_t cut = 0; cut <= all.n; cut++) {
        struct slice head = guard_put(&g, slice_head(all, cut));
        at = 0;
        split[0] = '\0';
        feed(head, cut, &at, SIP_STREAM, split, sizeof split);
        feed(guard_put(&g, all), all.n, &at, SIP_STREAM_END, split, sizeof split);
        CU_ASSERT_STRING_EQUAL(split, whole);
    }
    at = 0;
    split[0] = '\0';
    for (size_t n = 0; n < all.n; n++)
        feed(all, n, &at, SIP_STREAM, split, sizeof split);
    feed(all, all.n, &at, SIP_STREAM_END, split, sizeof split);
    CU_ASSERT_STRING_EQUAL(split, whole);
    guard_done(&g);
}

static const struct stream_case {
    const char *text;
    enum sip_framing framing;
    enum sip_scan_result result;
    size_t used;
} streams[] = {
    {"", SIP_STREAM, SIP_SCAN_MORE, 0},
    {"", SIP_STREAM_END, SIP_SCAN_NOT_SIP, 0},
    {"", SIP_DATAGRAM, SIP_SCAN_NOT_SIP, 0},
    {"\r\n\r\n", SIP_STREAM, SIP_SCAN_SKIP, 4},
    {"\r\n\r\n", SIP_DATAGRAM, SIP_SCAN_SKIP, 4},
    {"\r\n", SIP_STREAM, SIP_SCAN_SKIP, 2},
    {"\r", SIP_STREAM, SIP_SCAN_SKIP, 1},
    {"\r\n" BYE "\r\n", SIP_STREAM, SIP_SCAN_SKIP, 2},
    {"B", SIP_STREAM, SIP_SCAN_MORE, 0},
    {"BYE sip:b@b SIP/2.0\r\n", SIP_STREAM, SIP_SCAN_MORE, 0},
    {"rest of a line\r\nFrom: x\r\n" BYE, SIP_STREAM, SIP_SCAN_SKIP, 25},
    {"rest of a line\r\nFrom: x\r\nBYE si", SIP_STREAM, SIP_SCAN_SKIP, 25},
    {"rest of a line", SIP_STREAM, SIP_SCAN_MORE, 0},
    {"rest of a line", SIP_STREAM_END, SIP_SCAN_SKIP, 14},
    {"rest\r\n SIP/2.0/UDP a,\r\n SIP/2.0 b\r\n", SIP_STREAM, SIP_SCAN_SKIP, 35},
    {"rest\nVia: SIP/2.0\nCall sip:x\nBYE sip:b@b SIP/2.0\n", SIP_STREAM, SIP_SCAN_SKIP, 29},
    {"\x16\x03\x01", SIP_STREAM, SIP_SCAN_NOT_SIP, 0},
    {"\x16\x03\x01\nBYE sip:b@b SIP/2.0\r\n", SIP_STREAM, SIP_SCAN_NOT_SIP, 4},
    {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", SIP_STREAM, SIP_SCAN_NOT_SIP, 25},
    {"rest\n\rBYE sip:b@b SIP/2.0\n", SIP_STREAM, SIP_SCAN_SKIP, 5},
    {"\rBYE sip:b@b SIP/2.0\n", SIP_STREAM, SIP_SCAN_SKIP, 1},
    {"HTTP/1.1 200 OK\r\n", SIP_STREAM_END, SIP_SCAN_NOT_SIP, 17},
    {"MSRP x SEND\r\n", SIP_STREAM, SIP_SCAN_NOT_SIP, 13},
    {BYE "SIP/2.0 200 O", SIP_STREAM, SIP_SCAN_MORE, 0},
    {BYE "SIP/2.0 200 O\r\n", SIP_STREAM, SIP_SCAN_OK, sizeof(BYE) - 1},
    {"MSRP x SE", SIP_STREAM, SIP_SCAN_MORE, 0},
};

static void passes_over_garbage(void)
{
    struct guard g;
    struct sip_msg m;

    guard_init(&g, 4096);
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
        const struct stream_case *c = &streams[i];
        size_t used = 99;
        enum sip_scan_result r = sip_scan(&m, table, guard_put(&g, slice_of(c->text)), c->framing, &used);
        if (r != c->result || used != c->used)
            printf("case %zu: %d, %zu used\n", i, r, used);
        CU_ASSERT_TRUE(r == c->result && used == c->used);
    }
    guard_done(&g);
}

/* A body may hold anything: only its length ends it. */
static void body_is_opaque(void)
{
    static const char text[] =
        BYE "l: 40\r\n\r\nSIP/2.0 200 OK\r\nl: 0\r\n\r\n\0BYE \x80 SIP/2.0\r\n" OK "\r\n";
    struct slice in = {text, sizeof text - 1};
    struct sip_msg m;
    size_t used;

    CU_ASSERT_EQUAL(sip_scan(&m, table, in, SIP_STREAM, &used), SIP_SCAN_OK);
    CU_ASSERT_EQUAL(m.body_len, 40);
    CU_ASSERT_EQUAL(m.defects, 0);
    CU_ASSERT_EQUAL(sip_scan(&m, table, slice_tail(in, used), SIP_STREAM, &used), SIP_SCAN_OK);
    CU_ASSERT_EQUAL(m.status, 200);
}

static const struct test tests[] = {
    {"scans_corpus", scans_corpus},
    {"keeps_known_fields", keeps_known_fields},
    {"keeps_first_of_each_kind", keeps_first_of_each_kind},
    {"reads_start_lines", reads_start_lines},
    {"records_defects", records_defects},
    {"tells_defects", tells_defects},
    {"finds_values", finds_values},
    {"method_of_response", method_of_response},
    {"streams_at_every_split", streams_at_every_split},
    {"passes_over_garbage", passes_over_garbage},
    {"body_is_opaque", body_is_opaque},
};
TEST_MAIN("msg", tests)
