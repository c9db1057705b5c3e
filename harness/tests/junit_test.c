#include "report/junit.h"

#include "tests/oom.h"
#include "tests/sample.h"
#include "tests/test.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SCHEMA "testcases/schema/junit.rng"

/* Well-formed and as the schema has it. */
static bool is_valid(xmlDocPtr doc)
{
    xmlRelaxNGParserCtxtPtr parser = xmlRelaxNGNewParserCtxt(SCHEMA);
    xmlRelaxNGPtr schema = xmlRelaxNGParse(parser);
    xmlRelaxNGValidCtxtPtr valid = xmlRelaxNGNewValidCtxt(schema);
    bool good;

    xmlRelaxNGSetValidErrors(valid, sample_quiet, sample_quiet, NULL);
    good = doc && valid && xmlRelaxNGValidateDoc(valid, doc) == 0;
    xmlRelaxNGFreeValidCtxt(valid);
    xmlRelaxNGFree(schema);
    xmlRelaxNGFreeParserCtxt(parser);
    return good;
}

static bool holds(xmlDocPtr doc, const char *xpath)
{
    char both[512];

    snprintf(both, sizeof both, "number(boolean(%s))", xpath);
    return sample_number(doc, both) == 1;
}

static xmlDocPtr parse(const char *path)
{
    return xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

static int write_report(const char *path, const enum sample *which, int n, const struct summary *s,
                        struct error *err)
{
    struct report_writer *w = NULL;
    int r = junit_open(path, "reports/now", &w, err);

    return r < 0 ? r : sample_report(w, which, n, s, err);
}

static void maps_each_verdict(void)
{
    const char *path = sample_path("junit", "all.xml");
    struct summary s = sample_summary(1, 2);
    struct error err = {0};
    xmlDocPtr doc;

    CU_ASSERT_EQUAL_FATAL(write_report(path, sample_all, SAMPLE_COUNT, &s, &err), 0);
    doc = parse(path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(doc);
    CU_ASSERT_TRUE(is_valid(doc));
    CU_ASSERT_EQUAL(sample_number(doc, "count(//testcase)"), SAMPLE_COUNT);
    CU_ASSERT_EQUAL(sample_number(doc, "//testsuite/@tests"), SAMPLE_COUNT);
    CU_ASSERT_EQUAL(sample_number(doc, "//testsuites/@tests"), SAMPLE_COUNT);
    CU_ASSERT_EQUAL(sample_number(doc, "//testsuite/@failures"), sample_number(doc, "count(//failure)"));
    CU_ASSERT_EQUAL(sample_number(doc, "//testsuite/@errors"), sample_number(doc, "count(//error)"));
    CU_ASSERT_EQUAL(sample_number(doc, "//testsuite/@skipped"), sample_number(doc, "count(//skipped)"));
    CU_ASSERT_EQUAL(sample_number(doc, "count(//failure)"), 2);
    CU_ASSERT_EQUAL(sample_number(doc, "count(//error)"), 3);
    CU_ASSERT_TRUE(holds(doc, "//testcase[starts-with(@name,'session-7')]/error[@type='inconclusive']"));
    CU_ASSERT_TRUE(holds(doc, "//testcase[starts-with(@name,'CPM_CLS_NET_TI_009')]/skipped"));
    CU_ASSERT_TRUE(
        holds(doc, "//testcase[starts-with(@name,'CPM_CLS_NET_V_001')][not(failure|error|skipped)]"));
    CU_ASSERT_TRUE(holds(doc, "//failure[contains(@message,'path.missing at step 3')]"));
    CU_ASSERT_TRUE(holds(doc, "//failure[contains(@message,'frames 30, 31, 29')]"));
    CU_ASSERT_TRUE(holds(doc, "//failure[contains(.,'frame.number in {30, 29}')]"));
    CU_ASSERT_TRUE(holds(doc, "//system-out[contains(.,'\n[[ATTACHMENT|reports/now/CPM_CLS_NET_V_001/')]"));
    xmlFreeDoc(doc);
}

/* A should that is broken does not fail, but is not lost either. */
static void passes_with_remarks(void)
{
    const char *path = sample_path("junit", "remarks.xml");
    struct finding f = sample_result(SAMPLE_FAIL)->finding[0];
    struct result r = *sample_result(SAMPLE_PASS);
    struct summary s = sample_summary(1, 0);
    struct report_writer *w = NULL;
    struct error err = {0};
    xmlDocPtr doc;

    f.severity = SEVERITY_SHOULD;
    r.finding = &f;
    r.nfindings = 1;
    CU_ASSERT_EQUAL_FATAL(junit_open(path, NULL, &w, &err), 0);
    CU_ASSERT_EQUAL(w->ops->result(w, &s, &r, &err), 0);
    CU_ASSERT_EQUAL(w->ops->finish(w, &s, &err), 0);
    w->ops->free(w);
    doc = parse(path);
    CU_ASSERT_TRUE(is_valid(doc));
    CU_ASSERT_TRUE(
        holds(doc, "//testcase[not(failure|error|skipped)]/system-out[contains(.,'path.missing')]"));
    xmlFreeDoc(doc);
}

/* No file is green that comes of a run which proved nothing. */
static void is_green_only_where_the_exit_status_is_0(void)
{
    static const struct {
        int n;
        enum sample which;
        enum verdict verdict;
        bool interrupted;
    } cases[] = {
        {0, SAMPLE_PASS, VERDICT_PASS, false},   {1, SAMPLE_PASS, VERDICT_PASS, false},
        {1, SAMPLE_PASS, VERDICT_PASS, true},    {1, SAMPLE_FAIL, VERDICT_FAIL, false},
        {1, SAMPLE_ERROR, VERDICT_ERROR, false}, {1, SAMPLE_INCONCLUSIVE, VERDICT_INCONCLUSIVE, false},
        {0, SAMPLE_PASS, VERDICT_PASS, true},    {1, SAMPLE_NOT_APPLICABLE, VERDICT_NOT_APPLICABLE, false}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *path = sample_path("junit", "green.xml");
        struct summary s = sample_summary(0, 0);
        struct error err = {0};
        xmlDocPtr doc;

        s.total[cases[i].verdict] = (uint64_t)cases[i].n;
        s.interrupted = cases[i].interrupted;
        CU_ASSERT_EQUAL(write_report(path, &cases[i].which, cases[i].n, &s, &err), 0);
        doc = parse(path);
        CU_ASSERT_TRUE(is_valid(doc));
        CU_ASSERT_EQUAL(sample_number(doc, "count(//failure|//error)") == 0, summary_exit_status(&s) == 0);
        CU_ASSERT_EQUAL(sample_number(doc, "//testsuite/@tests"), sample_number(doc, "count(//testcase)"));
        xmlFreeDoc(doc);
    }
}

static void the_schema_refuses_other_shapes(void)
{
    static const char *const bad[] = {
        "<testsuites/>",
        "<testsuites name='a' tests='1' failures='0' errors='0' time='0.0001'>"
        "<testsuite name='a' tests='1' failures='0' errors='0' time='0' skipped='0'/></testsuites>",
        "<testsuites name='a' tests='1' failures='0' errors='0' time='0'>"
        "<testsuite name='a' tests='1' failures='0' errors='0' time='0' skipped='0'>"
        "<testcase classname='a' name='b' time='0'><properties/></testcase></testsuite></testsuites>",
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        xmlDocPtr doc = xmlReadMemory(bad[i], (int)strlen(bad[i]), NULL, NULL, 0);

        CU_ASSERT_PTR_NOT_NULL(doc);
        CU_ASSERT_FALSE(is_valid(doc));
        xmlFreeDoc(doc);
    }
}

static void keeps_within_what_gitlab_takes(void)
{
    const char *path = sample_path("junit", "many.xml");
    struct summary s = sample_summary(0, 40000);
    struct result r = *sample_result(SAMPLE_FAIL);
    struct report_writer *w = NULL;
    struct error err = {0};
    char id[32];
    size_t size = 0;
    char *text;

    CU_ASSERT_EQUAL_FATAL(junit_open(path, NULL, &w, &err), 0);
    r.id = id;
    for (int i = 0; i < 40000; i++) {
        snprintf(id, sizeof id, "session-%d", i);
        CU_ASSERT_EQUAL_FATAL(w->ops->result(w, &s, &r, &err), 0);
    }
    CU_ASSERT_EQUAL(w->ops->finish(w, &s, &err), 0);
    w->ops->free(w);
    text = sample_read(path, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "tests=\"40000\" failures=\"40000\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"session-39999: "));
    CU_ASSERT_TRUE(size > JUNIT_STORY_BYTES && size < JUNIT_STORY_BYTES + 40000 * 700);
    free(text);
}

static void tells_of_a_full_disk(void)
{
    struct summary s = sample_summary(1, 0);
    struct error err = {0};

    CU_ASSERT_EQUAL(write_report("/dev/full", sample_all, SAMPLE_COUNT, &s, &err), -ENOSPC);
    CU_ASSERT_STRING_EQUAL(err.file, "/dev/full");
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "No space left"));
}

static int writes_all(void *path)
{
    struct summary s = sample_summary(1, 2);
    struct error err;

    return write_report(path, sample_all, SAMPLE_COUNT, &s, &err);
}

static void survives_lack_of_memory(void)
{
    /* libxml2 2.9 keeps its last error, and loses an element's name where its list cannot grow. */
    static const struct oom_rules rules = {.ignore_leaks = true};
    char path[1024];

    snprintf(path, sizeof path, "%s", sample_path("oom", "out.xml"));
    xmlSetGenericErrorFunc(NULL, sample_quiet);
    CU_ASSERT_TRUE(oom_check_rules(writes_all, path, &rules) > 50);
    CU_ASSERT_EQUAL(sample_entries("oom"), 1);
}

static const struct test tests[] = {
    {"maps each verdict", maps_each_verdict},
    {"passes with remarks", passes_with_remarks},
    {"is green only where the exit status is 0", is_green_only_where_the_exit_status_is_0},
    {"the schema refuses other shapes", the_schema_refuses_other_shapes},
    {"keeps within what GitLab takes", keeps_within_what_gitlab_takes},
    {"tells of a full disk", tells_of_a_full_disk},
    {"survives lack of memory", survives_lack_of_memory},
};
TEST_MAIN("junit", tests)
