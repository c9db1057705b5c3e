#include "report/html.h"

#include "tests/oom.h"
#include "tests/sample.h"
#include "tests/test.h"

#include <errno.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>

static int write_report(const char *path, const enum sample *which, int n, const struct summary *s,
                        struct error *err)
{
    struct report_writer *w = NULL;
    int r = html_open(path, "logs", &w, err);

    return r < 0 ? r : sample_report(w, which, n, s, err);
}

static void shows_all_there_is(void)
{
    const char *path = sample_path("html", "all.html");
    struct summary s = sample_summary(1, 2);
    struct error err = {0};
    xmlDocPtr doc;

    CU_ASSERT_EQUAL_FATAL(write_report(path, sample_all, SAMPLE_COUNT, &s, &err), 0);
    doc = xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    CU_ASSERT_PTR_NOT_NULL_FATAL(doc); /* well-formed, whatever bytes there were */
    CU_ASSERT_EQUAL(sample_number(doc, "count(//details)"), SAMPLE_COUNT);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//section[1]/details)"), 5); /* what did not pass is first */
    CU_ASSERT_EQUAL(sample_number(doc, "count(//table/tr)"), 5 + 1);       /* each for a reason of its own */
    CU_ASSERT_EQUAL(sample_number(doc, "count(//tr[td[2]='path.missing' and td[3]='3'])"), 1);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//p[starts-with(.,'* counted from')])"), 2);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//details[@class='pass']//*[local-name()='circle'])"), 14);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//details[@class='pass']//*[local-name()='rect'])"), 6);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//details[@class='pass']//*[@class='hop inferred'])"), 1);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//details[@class='pass']//*[@class='hop inside'])"), 1);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//details[1]//*[@class='hop missing'])"), 2);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//details[1]//*[@class='hop wrong'])"), 1);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//details[1]//*[@class='hop unseen'])"), 1);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//div[@class='finding must']/div[@class='finding must'])"), 1);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//div[@class='body']/div[@class='finding note'])"), 1);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//code[contains(.,'frame.number in {30, 29}')])"), 1);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//a[@href='logs/CPM_CLS_NET_V_001/capture.pcapng'])"), 3);
    xmlFreeDoc(doc);
}

static void needs_nothing_from_elsewhere(void)
{
    static const char *const never[] = {
        "<script", "<link", "<img", " src=", "url(", "@import", "javascript:", "onclick"};
    const char *path = sample_path("html", "alone.html");
    struct summary s = sample_summary(1, 2);
    struct error err = {0};
    char *text;

    CU_ASSERT_EQUAL_FATAL(write_report(path, sample_all, SAMPLE_COUNT, &s, &err), 0);
    text = sample_read(path, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        CU_ASSERT_PTR_NULL(strstr(text, never[i]));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "default-src 'none'"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "&lt;a href="));
    free(text);
}

/* A folder may have any name, and its files are found. */
static void links_lead_there(void)
{
    const char *path = sample_path("html", "links.html");
    struct summary s = sample_summary(1, 0);
    struct report_writer *w = NULL;
    struct error err = {0};
    char *text;

    CU_ASSERT_EQUAL_FATAL(html_open(path, "/a b/50%/#1?/\u00fc\"<", &w, &err), 0);
    CU_ASSERT_EQUAL(sample_report(w, sample_all, 1, &s, &err), 0);
    text = sample_read(path, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "href=\"/a%20b/50%25/%231%3F/%C3%BC%22%3C/CPM_CLS_NET_V_001/capture.pcapng\""));
    free(text);
}

static void stays_small_enough_to_open(void)
{
    const char *path = sample_path("html", "many.html");
    struct summary s = sample_summary(50000, 50000);
    struct report_writer *w = NULL;
    struct error err = {0};
    size_t size = 0;
    long before = 0;
    char *text;

    CU_ASSERT_EQUAL_FATAL(html_open(path, NULL, &w, &err), 0);
    for (int i = 0; i < 100000; i++) {
        CU_ASSERT_EQUAL_FATAL(w->ops->result(w, &s, sample_result(i % 2 ? SAMPLE_FAIL : SAMPLE_PASS), &err),
                              0);
        if (i == 1000)
            before = oom_live_bytes();
    }
    CU_ASSERT_TRUE(oom_live_bytes() - before < 4096);
    CU_ASSERT_EQUAL(w->ops->finish(w, &s, &err), 0);
    w->ops->free(w);
    text = sample_read(path, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_TRUE(size < (size_t)6 << 20);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "and 48000 more: see the JSON report"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "<td class=\"number\">50000</td><td class=\"fail\">path.missing</td>"));
    free(text);
}

static void bounds_one_ladder(void)
{
    enum { ROWS = 5000 };
    static struct ladder_row row[ROWS];
    static char name[ROWS][16];
    const char *path = sample_path("html", "rows.html");
    struct summary s = sample_summary(0, 1);
    struct result r = *sample_result(SAMPLE_FAIL);
    struct report_writer *w = NULL;
    struct error err = {0};
    xmlDocPtr doc;

    for (int i = 0; i < ROWS; i++) {
        snprintf(name[i], sizeof name[i], "node-%d", i);
        row[i] = (struct ladder_row){
            .mark = LADDER_EXTRA, .from = name[i / 100], .to = name[i / 100], .message = "BYE"};
    }
    r.row = row;
    r.nrows = ROWS;
    CU_ASSERT_EQUAL_FATAL(html_open(path, NULL, &w, &err), 0);
    CU_ASSERT_EQUAL(w->ops->result(w, &s, &r, &err), 0);
    CU_ASSERT_EQUAL(w->ops->finish(w, &s, &err), 0);
    w->ops->free(w);
    doc = xmlReadFile(path, NULL, XML_PARSE_NONET);
    CU_ASSERT_PTR_NOT_NULL_FATAL(doc);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//*[@class='hop extra'])"), 200);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//p[.='and 4800 more messages: see the JSON report'])"), 1);
    xmlFreeDoc(doc);
}

static void of_nothing_says_so(void)
{
    const char *path = sample_path("html", "none.html");
    struct summary s = {.interrupted = true};
    struct error err = {0};
    char *text;

    CU_ASSERT_EQUAL_FATAL(write_report(path, NULL, 0, &s, &err), 0);
    text = sample_read(path, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, ">interrupted<"));
    free(text);
    s.interrupted = false;
    CU_ASSERT_EQUAL_FATAL(write_report(path, NULL, 0, &s, &err), 0);
    text = sample_read(path, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, ">nothing was judged<"));
    free(text);
}

static void tells_of_a_full_disk(void)
{
    struct summary s = sample_summary(1, 0);
    struct error err = {0};

    CU_ASSERT_EQUAL(write_report("/dev/full", sample_all, SAMPLE_COUNT, &s, &err), -ENOSPC);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "No space left"));
}

static int writes_some(void *path)
{
    static const enum sample some[] = {SAMPLE_FAIL, SAMPLE_NOT_APPLICABLE};
    struct summary s = sample_summary(1, 2);
    struct error err;

    return write_report(path, some, 2, &s, &err);
}

static void survives_lack_of_memory(void)
{
    static const struct oom_rules rules = {.ignore_leaks = true, .step = 5}; /* as in junit_test.c */
    char path[1024];

    snprintf(path, sizeof path, "%s", sample_path("oom", "out.html"));
    xmlSetGenericErrorFunc(NULL, sample_quiet);
    CU_ASSERT_TRUE(oom_check_rules(writes_some, path, &rules) > 100);
    CU_ASSERT_EQUAL(sample_entries("oom"), 1);
}

static const struct test tests[] = {
    {"shows all there is", shows_all_there_is},
    {"needs nothing from elsewhere", needs_nothing_from_elsewhere},
    {"links lead there", links_lead_there},
    {"stays small enough to open", stays_small_enough_to_open},
    {"bounds one ladder", bounds_one_ladder},
    {"of nothing says so", of_nothing_says_so},
    {"tells of a full disk", tells_of_a_full_disk},
    {"survives lack of memory", survives_lack_of_memory},
};
TEST_MAIN("html", tests)
