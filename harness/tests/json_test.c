#include "report/json.h"

#include "tests/oom.h"
#include "tests/sample.h"
#include "tests/schema.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int write_report(const char *path, const enum sample *which, int n, const struct summary *s,
                        struct error *err)
{
    struct report_writer *w = NULL;
    int r = json_open(path, &w, err);

    return r < 0 ? r : sample_report(w, which, n, s, err);
}

static json_t *get(json_t *o, const char *path)
{
    char copy[256], *rest = copy;

    snprintf(copy, sizeof copy, "%s", path);
    for (char *key; o && (key = strsep(&rest, "/"));)
        o = json_is_array(o) ? json_array_get(o, strtoul(key, NULL, 10)) : json_object_get(o, key);
    return o;
}

static bool says(json_t *o, const char *path, const char *text)
{
    const char *value = json_string_value(get(o, path));

    return value && strcmp(value, text) == 0;
}

static void keeps_its_contract(void)
{
    const char *path = sample_path("json", "all.json");
    json_t *schema = json_load_file("docs/results.schema.json", 0, NULL), *j;
    struct summary s = sample_summary(1, 2);
    struct error err = {0};

    CU_ASSERT_EQUAL_FATAL(write_report(path, sample_all, SAMPLE_COUNT, &s, &err), 0);
    j = json_load_file(path, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(j);
    CU_ASSERT_PTR_NOT_NULL_FATAL(schema);
    CU_ASSERT_TRUE(schema_accepts(schema, schema, j));
    CU_ASSERT_TRUE(says(j, "schema", "cpmspec-results/1"));
    CU_ASSERT_TRUE(says(j, "verdict", "fail"));
    CU_ASSERT_EQUAL(json_integer_value(get(j, "totals/judged")), 3);
    CU_ASSERT_EQUAL(json_integer_value(get(j, "capture/unused/not_sip")), 20);
    CU_ASSERT_EQUAL(json_array_size(get(j, "results")), SAMPLE_COUNT);
    CU_ASSERT_TRUE(says(j, "results/1/findings/0/rule", "path.missing"));
    CU_ASSERT_EQUAL(json_integer_value(get(j, "results/1/findings/0/step")), 3);
    CU_ASSERT_EQUAL(json_integer_value(get(j, "results/1/findings/0/frames/1")), 31);
    CU_ASSERT_EQUAL(json_integer_value(get(j, "results/1/findings/0/frame_sources/1")), 1);
    CU_ASSERT_EQUAL(json_integer_value(get(j, "results/1/findings/1/cause")), 0);
    CU_ASSERT_EQUAL(json_integer_value(get(j, "results/1/missing_steps/0")), 3);
    CU_ASSERT_EQUAL(json_integer_value(get(j, "results/1/unseen_steps/0")), 5);
    CU_ASSERT_TRUE(json_is_null(get(j, "results/1/hops/2/step")));
    CU_ASSERT_TRUE(json_is_true(get(j, "results/0/hops/5/inferred")));
    CU_ASSERT_TRUE(json_is_true(get(j, "results/0/hops/2/inside")));
    CU_ASSERT_PTR_NULL(get(j, "results/0/hops/2/frame"));
    CU_ASSERT_TRUE(says(j, "results/0/hops/0/from", "client-a"));
    CU_ASSERT_TRUE(json_is_null(get(j, "results/6/closer")));
    json_decref(j);
    json_decref(schema);
}

/* The contract's example has the time to the microsecond; a double printed carelessly would not. */
static void tells_time_exactly(void)
{
    const char *path = sample_path("json", "time.json");
    struct summary s = sample_summary(1, 0);
    struct error err = {0};
    char *text;

    CU_ASSERT_EQUAL_FATAL(write_report(path, sample_all, 1, &s, &err), 0);
    text = sample_read(path, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"time\":1700000000.123456}"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"time\":1700000000.123866}"));
    free(text);
}

static void refuses_what_the_schema_refuses(void)
{
    static const struct {
        const char *path;
        const char *value;
    } breaks[] = {{"verdict", "\"passed\""},
                  {"totals/pass", "-1"},
                  {"exit_status", "4"},
                  {"sources", "[1]"},
                  {"results/0/hops/0/step", "\"1\""},
                  {"surprise", "1"},
                  {"results/0/findings", "[{}]"}};
    json_t *schema = json_load_file("docs/results.schema.json", 0, NULL);
    const char *path = sample_path("json", "breaks.json");
    struct summary s = sample_summary(1, 0);
    struct error err = {0};

    CU_ASSERT_EQUAL_FATAL(write_report(path, sample_all, 1, &s, &err), 0);
    for (size_t i = 0; i < sizeof breaks / sizeof breaks[0]; i++) {
        json_t *j = json_load_file(path, 0, NULL);
        char parent[64];
        char *slash;

        snprintf(parent, sizeof parent, "%s", breaks[i].path);
        slash = strrchr(parent, '/');
        if (slash)
            *slash = '\0';
        json_object_set_new(slash ? get(j, parent) : j, slash ? slash + 1 : parent,
                            json_loads(breaks[i].value, JSON_DECODE_ANY, NULL));
        CU_ASSERT_FALSE(schema_accepts(schema, schema, j));
        json_decref(j);
    }
    json_decref(schema);
}

static void of_nothing_is_valid_too(void)
{
    const char *path = sample_path("json", "none.json");
    json_t *schema = json_load_file("docs/results.schema.json", 0, NULL), *j;
    struct summary s = {.interrupted = true};
    struct error err = {0};

    CU_ASSERT_EQUAL_FATAL(write_report(path, NULL, 0, &s, &err), 0);
    j = json_load_file(path, 0, NULL);
    CU_ASSERT_TRUE(j && schema_accepts(schema, schema, j));
    CU_ASSERT_TRUE(json_is_true(get(j, "interrupted")));
    CU_ASSERT_EQUAL(json_integer_value(get(j, "exit_status")), 2);
    json_decref(j);
    json_decref(schema);
}

static void tells_of_a_full_disk(void)
{
    struct summary s = sample_summary(1, 0);
    struct error err = {0};

    CU_ASSERT_EQUAL(write_report("/dev/full", sample_all, 1, &s, &err), -ENOSPC);
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
    static const struct oom_rules rules = {.step = 3};
    char path[1024];

    snprintf(path, sizeof path, "%s", sample_path("oom", "out.json"));
    CU_ASSERT_TRUE(oom_check_rules(writes_all, path, &rules) > 500);
    CU_ASSERT_EQUAL(sample_entries("oom"), 1);
}

static const struct test tests[] = {
    {"keeps its contract", keeps_its_contract},
    {"tells time exactly", tells_time_exactly},
    {"refuses what the schema refuses", refuses_what_the_schema_refuses},
    {"of nothing is valid too", of_nothing_is_valid_too},
    {"tells of a full disk", tells_of_a_full_disk},
    {"survives lack of memory", survives_lack_of_memory},
};
TEST_MAIN("json", tests)
