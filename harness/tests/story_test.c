#include "report/story.h"

#include "report/ladder_text.h"
#include "report/paint.h"
#include "report/text.h"
#include "tests/oom.h"
#include "tests/sample.h"
#include "tests/test.h"

#include <errno.h>

static const struct style utf8 = {.utf8 = true}, ascii = {0}, colour = {.utf8 = true, .colour = true};

/* The story, terminated, in memory that the next call uses again. */
static const char *story(const struct style *style, enum sample which)
{
    static struct buf b;
    struct summary s = sample_summary(1, 1);

    buf_done(&b);
    buf_init(&b, 2 * STORY_MAX);
    CU_ASSERT_EQUAL(story_add(&b, style, &s, sample_result(which)), 0);
    CU_ASSERT_EQUAL(buf_add(&b, (struct slice){"", 1}), 0);
    return b.p;
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static void shows_the_ladder(void)
{
    const char *t = story(&utf8, SAMPLE_PASS);

    CU_ASSERT_TRUE(has(t, "\u2713 CPM_CLS_NET_V_001  pass  Client A closes the session\n"));
    CU_ASSERT_TRUE(has(t, "     1  \u2713 client-a \u2192 core-a    BYE         29  UDP           0.000"));
    CU_ASSERT_TRUE(
        has(t, "     6  \u2248 pf-b     \u2192 core-b    BYE          -  -                 -  inferred\n"));
    CU_ASSERT_TRUE(
        has(t, "     3  \u2713 pf-a     \u2192 core-a    BYE          -  -                 -  inside\n"));
    CU_ASSERT_TRUE(has(t, "1.200  retransmitted x2\n"));
    CU_ASSERT_TRUE(has(t, "    14  \u2713 core-a   \u2192 client-a  OK          44  UDP          13.250"));
    CU_ASSERT_TRUE(has(t, "\n  verdict: pass: All 14 steps happened in the order of the flow.\n"));
    CU_ASSERT_FALSE(has(t, "\033"));
}

static void explains_a_fail(void)
{
    const char *t = story(&utf8, SAMPLE_FAIL);

    CU_ASSERT_TRUE(has(t, "     3  \u2717 pf-a "));
    CU_ASSERT_TRUE(has(t, "  -                 -  missing\n"));
    CU_ASSERT_TRUE(has(t, "no step of the flow, in b's.pcapng\n"));
    CU_ASSERT_TRUE(has(t, "  path.missing at step 3 (must)  OMA CPM SD C.2.3.1 step 3\n"
                          "    expected  pf-a sends the BYE back to core-a\n"
                          "    observed  pf-a sent it to 192.0.2.7:5060, "));
    CU_ASSERT_TRUE(has(t, "    look at   tshark -r 'a side.pcap' -Y 'frame.number in {30, 29}'\n"
                          "    look at   tshark -r 'captures/b'\\''s.pcapng' -Y 'frame.number in {31}'\n"));
    CU_ASSERT_TRUE(has(t, "    \u21b3 path.missing at step 4 (must)\n      core-a sent nothing\n"));
}

static void tells_missing_evidence_apart(void)
{
    CU_ASSERT_TRUE(
        has(story(&utf8, SAMPLE_INCONCLUSIVE), "path.missing at step 2 (must, evidence is missing)"));
    CU_ASSERT_TRUE(has(story(&utf8, SAMPLE_INCONCLUSIVE), "  2  ? core-a"));
}

/* Every line of ours: words can be broken, so only what cannot be may be longer. */
static void fits_in_its_columns(void)
{
    static const struct style narrow = {.utf8 = true, .width = 80};
    static const enum sample which[] = {SAMPLE_PASS, SAMPLE_INCONCLUSIVE, SAMPLE_NOT_APPLICABLE,
                                        SAMPLE_ERROR};

    for (size_t i = 0; i < 2 * sizeof which / sizeof which[0]; i++) {
        struct slice rest = slice_of(story(i % 2 ? &narrow : &utf8, which[i / 2]));
        size_t most = i % 2 ? (size_t)narrow.width : PAINT_WIDTH;

        while (rest.n) {
            struct slice line = slice_head(rest, slice_find(rest, '\n'));
            CU_ASSERT_TRUE(text_columns(line) <= most || slice_find_slice(line, SLICE("tshark")) < line.n ||
                           slice_find_slice(line, SLICE("Call-ID")) < line.n);
            rest = slice_tail(rest, line.n + 1);
        }
    }
}

static void falls_back_to_ascii(void)
{
    static const enum sample which[] = {SAMPLE_PASS, SAMPLE_FAIL, SAMPLE_WEIRD};

    for (size_t i = 0; i < sizeof which / sizeof which[0]; i++)
        for (const char *t = story(&ascii, which[i]); *t; t++)
            CU_ASSERT_TRUE_FATAL(*t == '\n' || (*t >= ' ' && *t < 0x7f));
    CU_ASSERT_TRUE(has(story(&ascii, SAMPLE_PASS), "     1  v client-a -> core-a "));
}

static void colours_end(void)
{
    const char *t = story(&colour, SAMPLE_FAIL);
    int on = 0;

    CU_ASSERT_TRUE(has(t, "\033[31m\u2717 CPM_CLS_PF_V_003\033[0m"));
    for (; (t = strchr(t, '\033')); t++) {
        on = strncmp(t, "\033[0m", 4) != 0;
        if (on)
            CU_ASSERT_TRUE(strchr(t, '\n') > strstr(t, "\033[0m"));
    }
    CU_ASSERT_EQUAL(on, 0);
}

/* Nothing of the network's can steer the terminal. */
static void weird_bytes_stay_harmless(void)
{
    const char *t = story(&utf8, SAMPLE_WEIRD);

    for (const char *p = t; *p; p++)
        CU_ASSERT_TRUE_FATAL(*p == '\n' || (unsigned char)*p >= ' ');
    CU_ASSERT_TRUE(has(t, "\\x1b[31m"));
    CU_ASSERT_TRUE(has(t, "\\u{202e}"));
    CU_ASSERT_TRUE(has(t, "\\u{009b}"));
    story(&utf8, SAMPLE_EMPTY);
}

static void one_line_and_one_sentence(void)
{
    struct buf b;

    buf_init(&b, STORY_MAX);
    CU_ASSERT_EQUAL(story_add_line(&b, &ascii, sample_result(SAMPLE_FAIL), true), 0);
    CHECK_SLICE(buf_slice(&b), "x CPM_CLS_PF_V_003  fail  The participating function hands the BYE back  "
                               "path.missing at step 3  Call-ID 3-29@127.0.10.1\n");
    b.n = 0;
    CU_ASSERT_EQUAL(story_add_line(&b, &ascii, sample_result(SAMPLE_ERROR), false), 0);
    CHECK_SLICE(buf_slice(&b),
                "! CPM_CLS_NET_V_002  error  Client B closes the session  SIPp was killed by signal 9.\n");
    b.n = 0;
    CU_ASSERT_EQUAL(story_add_sentence(&b, sample_result(SAMPLE_INCONCLUSIVE)), 0);
    CHECK_SLICE(buf_slice(&b),
                "Step 2 was not seen. | path.missing at step 2 (must, evidence is missing): expected: "
                "core-a sends the BYE to pf-a; observed: no capture point sees that leg: capture at "
                "core-a or pf-a as well; OMA CPM SD C.2.3.1 step 2; frame 1");
    for (enum sample i = SAMPLE_PASS; i < SAMPLE_COUNT; i++) {
        b.n = 0;
        CU_ASSERT_EQUAL(story_add_sentence(&b, sample_result(i)), 0);
        CU_ASSERT_EQUAL(slice_find(buf_slice(&b), '\n'), b.n);
    }
    buf_done(&b);
}

static void is_cut_at_a_line(void)
{
    size_t whole = strlen(story(&utf8, SAMPLE_FAIL));
    struct summary s = sample_summary(1, 1);
    struct buf b;

    for (size_t limit = 1; limit < whole; limit += 7) {
        buf_init(&b, limit);
        CU_ASSERT_EQUAL(story_add(&b, &utf8, &s, sample_result(SAMPLE_FAIL)), -ENOBUFS);
        CU_ASSERT_TRUE(b.n == 0 || b.p[b.n - 1] == '\n');
        buf_done(&b);
    }
}

static void bounds_what_has_no_end(void)
{
    enum { MANY = 100000 };
    static struct ladder_row row[MANY];
    static struct finding finding[MANY];
    struct result r = *sample_result(SAMPLE_FAIL);
    struct buf b;

    for (int i = 0; i < MANY; i++) {
        row[i] = r.row[0];
        finding[i] = r.finding[0];
    }
    r.row = row;
    r.finding = finding;
    r.nrows = r.nfindings = MANY;
    buf_init(&b, STORY_MAX);
    CU_ASSERT_EQUAL(story_add(&b, &utf8, NULL, &r), 0);
    CU_ASSERT_TRUE(slice_find_slice(buf_slice(&b), SLICE("and 99800 more: see the JSON report\n")) < b.n);
    CU_ASSERT_TRUE(slice_find_slice(buf_slice(&b), SLICE("and 99960 more findings: see the JSON report\n")) <
                   b.n);
    buf_done(&b);
}

/* It is there to be copied, and a file may have any name. */
static void quotes_names_for_a_shell(void)
{
    static const struct {
        const char *name, *want;
    } of[] = {{"a b.pcap", "tshark -r 'a b.pcap' -Y 'frame.number in {7}'"},
              {"it's \u00fc", "tshark -r 'it'\\''s \u00fc' -Y 'frame.number in {7}'"},
              {"\033[31m'\\\xff\u202e",
               "tshark -r $'\\x1b[31m\\'\\\\\\xff\\xe2\\x80\\xae' -Y 'frame.number in {7}'"}};
    const struct finding f = {.nframes = 1, .frame = {7}};

    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        struct summary s = {.nsources = 1, .source = &of[i].name};
        struct buf b;

        buf_init(&b, STORY_MAX);
        CU_ASSERT_EQUAL(story_add_command(&b, &s, &f, 0), 0);
        CU_ASSERT_TRUE(slice_eq(buf_slice(&b), slice_of(of[i].want)));
        buf_done(&b);
    }
}

/* Two hours lie between the clocks of the two captures, and none of it is shown. */
static void compares_no_clocks(void)
{
    static const nsec_t hours = 7200 * NSEC_PER_SEC, at = 1700000000 * NSEC_PER_SEC;
    struct ladder_row row[] = {
        {.step = 1, .from = "a", .to = "b", .frame = 1, .time = at},
        {.step = 2, .from = "b", .to = "c", .frame = 2, .time = at - hours, .source = 1},
        {.mark = LADDER_MISSING, .step = 3, .from = "c", .to = "d"},
        {.step = 4, .from = "d", .to = "e", .frame = 4, .time = at - hours + 250000, .source = 1},
        {.step = 5, .from = "e", .to = "f", .frame = 5, .time = at + 3000000}};
    struct result r = {.id = "x", .nrows = 5, .row = row};
    const char *const source[] = {"a.pcap", "b.pcap"};
    const uint32_t one_clock[] = {0, 0};
    struct summary s = {.nsources = 2, .source = source};
    bool other;
    double ms;

    CU_ASSERT_TRUE(ladder_offset(&s, &r, 1, &ms, &other) && ms == 0 && other);
    CU_ASSERT_FALSE(ladder_offset(&s, &r, 2, &ms, &other));
    CU_ASSERT_TRUE(ladder_offset(&s, &r, 3, &ms, &other) && ms == 0.25 && other);
    CU_ASSERT_TRUE(ladder_offset(&s, &r, 4, &ms, &other) && ms == 3 && !other);
    CU_ASSERT_TRUE(ladder_has_clocks(&s, &r));
    r.begin = at - hours;
    r.end = at + 3000000;
    CU_ASSERT_EQUAL(ladder_duration(&s, &r), 3000000); /* of one clock, the longest */
    s.clock = one_clock;                               /* two interfaces of one host */
    CU_ASSERT_TRUE(ladder_offset(&s, &r, 1, &ms, &other) && ms == -7200000 && !other);
    CU_ASSERT_FALSE(ladder_has_clocks(&s, &r));
    CU_ASSERT_EQUAL(ladder_duration(&s, &r), hours + 3000000);
    r.end = 0;
    CU_ASSERT_EQUAL(ladder_duration(&s, &r), 0);
}

static void breaks_lines_between_words(void)
{
    static const struct style narrow = {.width = 60};
    struct buf b;
    struct paint p = {.out = &b, .style = &ascii};

    buf_init(&b, 10000);
    paint_paragraph(
        &p, 4, "label",
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen");
    CHECK_SLICE(buf_slice(&b),
                "    label     one two three four five six seven eight nine ten eleven twelve thirteen "
                "fourteen\n              fifteen\n");
    b.n = 0;
    p.style = &narrow;
    paint_paragraph(&p, 4, "label", "one two three four five six seven eight nine ten eleven twelve");
    CHECK_SLICE(buf_slice(&b), "    label     one two three four five six seven eight nine\n"
                               "              ten eleven twelve\n");
    b.n = 0;
    paint_column(&p, "abcdef", 8, 4);
    CHECK_SLICE(buf_slice(&b), "abc~    ");
    b.n = 0;
    p.style = &utf8;
    paint_short(&p, "\u2192\u2192\u2192\u2192", 3);
    CHECK_SLICE(buf_slice(&b), "\u2192\u2192\u2026");
    CU_ASSERT_EQUAL(p.error, 0);
    buf_done(&b);
}

static int tells(void *ctx)
{
    struct summary s = sample_summary(1, 1);
    struct buf b;
    int r;

    (void)ctx;
    buf_init(&b, STORY_MAX);
    r = story_add(&b, &colour, &s, sample_result(SAMPLE_FAIL));
    if (r == 0)
        r = story_add_sentence(&b, sample_result(SAMPLE_FAIL));
    buf_done(&b);
    return r;
}

static void survives_lack_of_memory(void)
{
    CU_ASSERT_TRUE(oom_check(tells, NULL) > 10);
}

static const struct test tests[] = {
    {"shows the ladder", shows_the_ladder},
    {"explains a fail", explains_a_fail},
    {"tells missing evidence apart", tells_missing_evidence_apart},
    {"fits in its columns", fits_in_its_columns},
    {"falls back to ASCII", falls_back_to_ascii},
    {"colours end", colours_end},
    {"weird bytes stay harmless", weird_bytes_stay_harmless},
    {"one line and one sentence", one_line_and_one_sentence},
    {"is cut at a line", is_cut_at_a_line},
    {"bounds what has no end", bounds_what_has_no_end},
    {"quotes names for a shell", quotes_names_for_a_shell},
    {"compares no clocks", compares_no_clocks},
    {"breaks lines between words", breaks_lines_between_words},
    {"survives lack of memory", survives_lack_of_memory},
};
TEST_MAIN("story", tests)
