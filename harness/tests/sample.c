#include "tests/sample.h"

#include "report/report.h"
#include "tests/scratch.h"

#include <dirent.h>
#include <libxml/xpath.h>
#include <stdio.h>
#include <stdlib.h>

#define BEGIN   ((nsec_t)1700000000 * NSEC_PER_SEC + 123456000)
#define MSEC(n) (BEGIN + (nsec_t)((n)*1000) * NSEC_PER_USEC)

#define HOP(n, f, t, what, fr, ms)                                                                           \
    {                                                                                                        \
        .step = (n), .from = (f), .to = (t), .message = (what), .transport = "UDP", .frame = (fr),           \
        .time = MSEC(ms)                                                                                     \
    }

static const struct ladder_row pass_rows[] = {
    HOP(1, "client-a", "core-a", "BYE", 29, 0),
    HOP(2, "core-a", "pf-a", "BYE", 30, 0.41),
    {.mark = LADDER_INSIDE, .step = 3, .from = "pf-a", .to = "core-a", .message = "BYE"},
    {.step = 4,
     .from = "core-a",
     .to = "core-b",
     .message = "BYE",
     .transport = "UDP",
     .frame = 32,
     .time = MSEC(1.2),
     .repeats = 2},
    HOP(5, "core-b", "pf-b", "BYE", 35, 1.9),
    {.mark = LADDER_INFERRED, .step = 6, .from = "pf-b", .to = "core-b", .message = "BYE"},
    HOP(7, "core-b", "client-b", "BYE", 37, 2.7),
    HOP(8, "client-b", "core-b", "OK", 38, 11.02),
    HOP(9, "core-b", "pf-b", "OK", 39, 11.4),
    HOP(10, "pf-b", "core-b", "OK", 40, 11.8),
    HOP(11, "core-b", "core-a", "OK", 41, 12.1),
    HOP(12, "core-a", "pf-a", "OK", 42, 12.5),
    HOP(13, "pf-a", "core-a", "OK", 43, 12.9),
    HOP(14, "core-a", "client-a", "OK", 44, 13.25),
};

static const struct ladder_row fail_rows[] = {
    HOP(1, "client-a", "core-a", "BYE", 29, 0),
    HOP(2, "core-a", "pf-a", "BYE", 30, 0.41),
    {.mark = LADDER_MISSING, .wrong = true, .step = 3, .from = "pf-a", .to = "core-a", .message = "BYE"},
    {.mark = LADDER_EXTRA,
     .wrong = true,
     .from = "pf-a",
     .to = "192.0.2.7:5060",
     .message = "BYE",
     .transport = "TCP",
     .frame = 31,
     .time = MSEC(0.9),
     .source = 1},
    {.mark = LADDER_MISSING, .step = 4, .from = "core-a", .to = "core-b", .message = "BYE"},
    {.mark = LADDER_UNSEEN, .step = 5, .from = "core-b", .to = "pf-b", .message = "BYE"},
};

static const struct finding fail_findings[] = {
    {.rule = "path.missing",
     .severity = SEVERITY_MUST,
     .step = 3,
     .cause = -1,
     .clause = "OMA CPM SD C.2.3.1 step 3",
     .expected = "pf-a sends the BYE back to core-a",
     .observed =
         "pf-a sent it to 192.0.2.7:5060, which is in no function of the profile; nothing came back to "
         "core-a within 32 s",
     .nframes = 3,
     .frame = {30, 31, 29},
     .frame_source = {0, 1, 0}},
    {.rule = "path.missing",
     .severity = SEVERITY_MUST,
     .step = 4,
     .cause = 0,
     .clause = "OMA CPM SD C.2.3.1 step 4",
     .expected = "core-a sends the BYE to core-b",
     .observed = "core-a sent nothing"},
    {.rule = "headers.preserved",
     .severity = SEVERITY_NOTE,
     .step = 2,
     .cause = -1,
     .clause = "RFC 3261 16.6",
     .expected = "X-Note is handed on",
     .observed = "it is gone",
     .nframes = 1,
     .frame = {30}},
};

static const struct ladder_row unseen_rows[] = {
    HOP(1, "client-a", "core-a", "BYE", 1, 0),
    {.mark = LADDER_UNSEEN, .step = 2, .from = "core-a", .to = "pf-a", .message = "BYE"},
};

static const struct finding unseen_findings[] = {
    {.rule = "path.missing",
     .severity = SEVERITY_MUST,
     .step = 2,
     .cause = -1,
     .inconclusive = true,
     .clause = "OMA CPM SD C.2.3.1 step 2",
     .expected = "core-a sends the BYE to pf-a",
     .observed = "no capture point sees that leg: capture at core-a or pf-a as well",
     .nframes = 1,
     .frame = {1}},
};

#define WEIRD                                                                                                \
    "\x01\x02\x1b[31m<a href=\"x\">&amp;]]>'\"\\ \xff\xfe \xc0\xaf \xed\xa0\x80 \xe2\x82 \n\t\r\x7f "        \
    "\xc2\x9b"                                                                                               \
    "\xef\xbf\xbe \xe2\x80\xae \xf4\x90\x80\x80 \xf0\x9f\x93\xa1 \xe2\x82\xac %s%n -- --> </testcase>"

static const struct ladder_row weird_rows[] = {
    {.mark = LADDER_EXTRA,
     .wrong = true,
     .from = WEIRD,
     .to = WEIRD,
     .message = WEIRD,
     .transport = WEIRD,
     .frame = UINT64_MAX,
     .source = UINT32_MAX,
     .repeats = UINT32_MAX,
     .time = MSEC(-7)},
    {.mark = LADDER_SEEN, .step = 1, .from = "", .to = "", .message = "", .time = INT64_MAX},
};

static const struct finding weird_findings[] = {
    {.rule = WEIRD,
     .severity = SEVERITY_SHOULD,
     .step = 99,
     .cause = -1,
     .clause = WEIRD,
     .expected = WEIRD,
     .observed = WEIRD,
     .nframes = 1,
     .frame = {UINT64_MAX},
     .frame_source = {UINT32_MAX}},
};

static const char *const call_ids[] = {"3-29@127.0.10.1", "b2b-4711@pf-a.example"};
static const char *const weird_ids[] = {WEIRD, WEIRD, WEIRD, WEIRD, WEIRD, WEIRD};
static const char *const attachments[] = {"CPM_CLS_NET_V_001/capture.pcapng"};

#define ROWS(a)     .nrows = (int)(sizeof(a) / sizeof((a)[0])), .row = (a)
#define FINDINGS(a) .nfindings = (int)(sizeof(a) / sizeof((a)[0])), .finding = (a)

static const struct result results[SAMPLE_COUNT] = {
    [SAMPLE_PASS] = {.id = "CPM_CLS_NET_V_001",
                     .title = "Client A closes the session",
                     .verdict = VERDICT_PASS,
                     .closer = "client-a",
                     .reason = "All 14 steps happened in the order of the flow.",
                     .ncall_ids = 2,
                     .call_id = call_ids,
                     ROWS(pass_rows),
                     .begin = MSEC(0),
                     .end = MSEC(13.25),
                     .flow = "close-1-1",
                     .nattachments = 1,
                     .attachment = attachments},
    [SAMPLE_FAIL] = {.id = "CPM_CLS_PF_V_003",
                     .title = "The participating function hands the BYE back",
                     .verdict = VERDICT_FAIL,
                     .closer = "client-a",
                     .reason = "pf-a did not hand the BYE back to core-a (step 3).",
                     .ncall_ids = 1,
                     .call_id = call_ids,
                     FINDINGS(fail_findings),
                     ROWS(fail_rows),
                     .begin = MSEC(0),
                     .end = MSEC(32000.5),
                     .flow = "close-1-1",
                     .nattachments = 1,
                     .attachment = attachments},
    [SAMPLE_INCONCLUSIVE] = {.id = "session-7",
                             .title = "A closes",
                             .verdict = VERDICT_INCONCLUSIVE,
                             .closer = "client-a",
                             .reason = "Step 2 was not seen.",
                             FINDINGS(unseen_findings),
                             ROWS(unseen_rows),
                             .begin = MSEC(0),
                             .end = MSEC(1),
                             .flow = "close-1-1"},
    [SAMPLE_NOT_APPLICABLE] = {.id = "CPM_CLS_NET_TI_009",
                               .title = "Nobody answers",
                               .verdict = VERDICT_NOT_APPLICABLE,
                               .reason = "The profile puts client-b under test.",
                               .flow = "close-1-1"},
    [SAMPLE_ERROR] = {.id = "CPM_CLS_NET_V_002",
                      .title = "Client B closes the session",
                      .verdict = VERDICT_ERROR,
                      .reason = "SIPp was killed by signal 9.",
                      .flow = "close-1-1",
                      .nattachments = 1,
                      .attachment = attachments},
    [SAMPLE_WEIRD] = {.id = "weird " WEIRD,
                      .title = WEIRD,
                      .verdict = VERDICT_FAIL,
                      .closer = WEIRD,
                      .reason = WEIRD,
                      .ncall_ids = 6,
                      .call_id = weird_ids,
                      FINDINGS(weird_findings),
                      ROWS(weird_rows),
                      .begin = INT64_MAX,
                      .end = -1,
                      .flow = WEIRD,
                      .nattachments = 6,
                      .attachment = weird_ids},
    [SAMPLE_EMPTY] = {.id = "empty", .verdict = VERDICT_ERROR},
};

const struct result *sample_result(enum sample which)
{
    return &results[which];
}

const enum sample sample_all[SAMPLE_COUNT] = {SAMPLE_PASS,           SAMPLE_FAIL,  SAMPLE_INCONCLUSIVE,
                                              SAMPLE_NOT_APPLICABLE, SAMPLE_ERROR, SAMPLE_WEIRD,
                                              SAMPLE_EMPTY};

int sample_report(struct report_writer *w, const enum sample *which, int n, const struct summary *s,
                  struct error *err)
{
    int r = 0;

    for (int i = 0; i < n && r == 0; i++)
        r = w->ops->result(w, s, sample_result(which[i]), err);
    if (r == 0)
        r = w->ops->finish(w, s, err);
    w->ops->free(w);
    return r;
}

double sample_number(xmlDocPtr doc, const char *xpath)
{
    xmlXPathContextPtr context = xmlXPathNewContext(doc);
    xmlXPathObjectPtr o = xmlXPathEvalExpression((const xmlChar *)xpath, context);
    double n = o ? xmlXPathCastToNumber(o) : -1;

    xmlXPathFreeObject(o);
    xmlXPathFreeContext(context);
    return n;
}

void sample_quiet(void *ctx, const char *fmt, ...)
{
    (void)ctx;
    (void)fmt;
}

struct summary sample_summary(uint64_t passes, uint64_t fails)
{
    static const char *const sources[] = {"a side.pcap", "captures/b's.pcapng"};
    struct summary s = {.sut = "Example messaging network",
                        .nsources = 2,
                        .source = sources,
                        .begin = BEGIN,
                        .end = MSEC(1500),
                        .command = "cpmspec judge a.pcap b.pcapng"};

    s.total[VERDICT_PASS] = passes;
    s.total[VERDICT_FAIL] = fails;
    s.verdict = fails ? VERDICT_FAIL : passes ? VERDICT_PASS : VERDICT_NOT_APPLICABLE;
    s.capture.frames = 90;
    s.capture.sip_messages = 70;
    s.capture.nreasons = 1;
    s.capture.reason[0].name = "not_sip";
    s.capture.reason[0].count = 20;
    return s;
}

const char *sample_path(const char *folder, const char *name)
{
    static char path[4][PATH_MAX + 256];
    static unsigned turn;
    char *p = path[turn++ % 4];
    char both[512];

    snprintf(both, sizeof both, "%s/%s", folder, name);
    snprintf(p, sizeof path[0], "%s", scratch_path(both));
    return p;
}

int sample_entries(const char *folder)
{
    DIR *d = opendir(sample_path(folder, ""));
    int n = -2; /* "." and ".." */

    while (d && readdir(d))
        n++;
    if (d)
        closedir(d);
    return n;
}

char *sample_read(const char *path, size_t *ret_size)
{
    FILE *f = fopen(path, "r");
    char *bytes = NULL;
    size_t size = 0, n = 0;

    while (f && !feof(f) && !ferror(f)) {
        char *more = realloc(bytes, size = size ? size * 2 : 65536);

        if (!more)
            break;
        bytes = more;
        n += fread(bytes + n, 1, size - 1 - n, f);
        bytes[n] = '\0';
    }
    if (f)
        fclose(f);
    if (bytes && ret_size)
        *ret_size = n;
    return bytes;
}
