#include "report/annotated.h"

#include "tests/oom.h"
#include "tests/sample.h"
#include "tests/test.h"
#include "wire/source.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FRAMES = 50 };

/* A capture of FRAMES Ethernet frames of every small length, the last ones cut by the snap length. */
static void write_capture(const char *path, bool cut_off)
{
    static const uint32_t head[] = {0xa1b23c4d, 0x00040002, 0, 0, 65535, 1};
    FILE *f = fopen(path, "w");
    char bytes[FRAMES];

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fwrite(head, sizeof head, 1, f);
    for (uint32_t i = 0; i < FRAMES; i++) {
        uint32_t record[] = {1700000000 + i, 999999999 - i, i, i < 40 ? i : i + 1000};

        memset(bytes, (int)i, sizeof bytes);
        fwrite(record, sizeof record, 1, f);
        fwrite(bytes, i, 1, f);
    }
    if (cut_off)
        fwrite(head, 10, 1, f);
    fclose(f);
}

static struct annotations *some(void)
{
    struct annotations *a = NULL;

    CU_ASSERT_EQUAL_FATAL(annotations_new(&a), 0);
    CU_ASSERT_EQUAL(annotations_add_result(a, sample_result(SAMPLE_FAIL)), 0);
    return a;
}

static void collects_lines_by_frame(void)
{
    struct annotations *a = some();

    CU_ASSERT_EQUAL(annotations_count(a), 3);
    CHECK_SLICE(
        annotations_of(a, 0, 29),
        "CPM_CLS_PF_V_003, step 1: client-a -> core-a BYE\n"
        "CPM_CLS_PF_V_003: path.missing at step 3 (must): expected: pf-a sends the BYE back to core-a; "
        "observed: pf-a sent it to 192.0.2.7:5060, which is in no function of the profile; nothing came back "
        "to core-a within 32 s; OMA CPM SD C.2.3.1 step 3");
    CU_ASSERT_EQUAL(
        slice_find_slice(annotations_of(a, 1, 31), SLICE("CPM_CLS_PF_V_003, no step of the flow: pf-a -> ")),
        0);
    CU_ASSERT_EQUAL(annotations_of(a, 0, 31).n, 0); /* of another capture */
    CU_ASSERT_EQUAL(annotations_of(a, 0, 28).n, 0);
    annotations_free(a);
    annotations_free(NULL);
}

static void has_bounds(void)
{
    struct annotations *a = some();
    int r = 0;

    for (int i = 0; i < 10000 && r == 0; i++)
        r = annotations_add(a, 0, 29, "again and again");
    CU_ASSERT_EQUAL(r, -ENOSPC);
    CU_ASSERT_TRUE(annotations_of(a, 0, 29).n <= ANNOTATION_BYTES);
    for (uint64_t i = 0; i < ANNOTATIONS_MAX - 3; i++)
        CU_ASSERT_EQUAL_FATAL(annotations_add(a, 7, i, "x"), 0);
    CU_ASSERT_EQUAL(annotations_add(a, 8, 1, "x"), -ENOSPC);
    CU_ASSERT_EQUAL(annotations_add_result(a, sample_result(SAMPLE_PASS)), 0);
    CU_ASSERT_EQUAL(annotations_count(a), ANNOTATIONS_MAX);
    annotations_free(a);
}

/* Frame by frame the same as the original. */
static void check_same(const char *one, const char *other)
{
    struct source *a = NULL, *b = NULL;
    struct frame f, g;
    struct error err;

    CU_ASSERT_EQUAL_FATAL(source_open(one, 0, &a, &err), 0);
    CU_ASSERT_EQUAL_FATAL(source_open(other, 0, &b, &err), 0);
    while (source_next(a, &f, &err) > 0) {
        CU_ASSERT_EQUAL_FATAL(source_next(b, &g, &err), 1);
        CU_ASSERT_TRUE(slice_eq(f.bytes, g.bytes));
        CU_ASSERT_EQUAL(f.time, g.time);
        CU_ASSERT_EQUAL(f.wire_len, g.wire_len);
        CU_ASSERT_EQUAL(f.number, g.number);
        CU_ASSERT_EQUAL(f.linktype, g.linktype);
    }
    CU_ASSERT_EQUAL(source_next(b, &g, &err), 0);
    CU_ASSERT_EQUAL(source_frames(b), FRAMES);
    source_free(a);
    source_free(b);
}

static void keeps_every_frame(void)
{
    struct annotations *a = some();
    const char *from = sample_path("annotated", "from.pcap"), *to = sample_path("annotated", "to.pcapng");
    struct error err = {0};

    for (int cut = 0; cut < 2; cut++) {
        write_capture(from, cut);
        CU_ASSERT_EQUAL(annotated_copy(from, 0, a, to, &err), 0);
        check_same(from, to);
        CU_ASSERT_EQUAL(annotated_copy(to, 0, a, to, &err), 0); /* of itself, over itself */
        check_same(from, to);
    }
    annotations_free(a);
}

/* What tshark says of the copy: "frame number TAB comment" for each frame that has one. */
static char *ask_tshark(const char *path)
{
    const char *out = sample_path("annotated", "tshark.txt");
    const char *const argv[] = {"tshark", "-n",        "-r", path,           "-Y", "frame.comment",
                                "-T",     "fields",    "-e", "frame.number", "-e", "frame.comment",
                                "-e",     "frame.len", NULL};
    posix_spawn_file_actions_t files;
    int status = -1;
    pid_t pid;

    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&pid, "tshark", &files, NULL, (char *const *)(uintptr_t)argv, environ) == 0)
        waitpid(pid, &status, 0);
    posix_spawn_file_actions_destroy(&files);
    CU_ASSERT_EQUAL(status, 0);
    return sample_read(out, NULL);
}

static void wireshark_reads_it(void)
{
    struct annotations *a = some();
    const char *from = sample_path("annotated", "from.pcap"), *to = sample_path("annotated", "to.pcapng");
    struct error err = {0};
    char *text;

    write_capture(from, false);
    CU_ASSERT_EQUAL(annotations_add(a, 0, 50, "the last, with \u20ac and \xff"), 0);
    CU_ASSERT_EQUAL(annotated_copy(from, 0, a, to, &err), 0);
    text = ask_tshark(to);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_EQUAL(strncmp(text, "29\tCPM_CLS_PF_V_003, step 1: client-a -> core-a BYE", 51), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n30\tCPM_CLS_PF_V_003, step 2: core-a -> pf-a BYE"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n50\tthe last, with \u20ac and \\xff\t1049\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "\n31\t"));
    free(text);
    annotations_free(a);
}

static void says_why_not(void)
{
    struct annotations *a = some();
    const char *from = sample_path("annotated", "from.pcap");
    const char *to = sample_path("failures", "to.pcapng");
    struct error err = {0};

    write_capture(from, false);
    CU_ASSERT_EQUAL(annotated_copy("-", 0, a, to, &err), -EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "save the capture"));
    CU_ASSERT_EQUAL(annotated_copy("/nonexistent", 0, a, to, &err), -ENOENT);
    CU_ASSERT_EQUAL(annotated_copy("Makefile", 0, a, to, &err), -EMEDIUMTYPE);
    CU_ASSERT_EQUAL(annotated_copy(from, 0, a, "/dev/full", &err), -ENOSPC);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "No space left"));
    CU_ASSERT_EQUAL(sample_entries("failures"), 0);
    annotations_free(a);
}

static int annotates(void *ctx)
{
    char **path = ctx;
    struct annotations *a = NULL;
    struct error err;
    int r = annotations_new(&a);

    if (r == 0)
        r = annotations_add_result(a, sample_result(SAMPLE_FAIL));
    for (uint64_t i = 1000; i < 1400 && r == 0; i++) /* so that the table grows */
        r = annotations_add(a, 0, i, "x");
    if (r == 0)
        r = annotated_copy(path[0], 0, a, path[1], &err);
    annotations_free(a);
    return r;
}

static void survives_lack_of_memory(void)
{
    static const struct oom_rules rules = {.step = 3};
    char from[1024], to[1024], *path[] = {from, to};

    snprintf(from, sizeof from, "%s", sample_path("annotated", "from.pcap"));
    snprintf(to, sizeof to, "%s", sample_path("annotated", "to.pcapng"));
    write_capture(from, false);
    CU_ASSERT_TRUE(oom_check_rules(annotates, path, &rules) > 400);
}

static const struct test tests[] = {
    {"collects lines by frame", collects_lines_by_frame},
    {"has bounds", has_bounds},
    {"keeps every frame", keeps_every_frame},
    {"Wireshark reads it", wireshark_reads_it},
    {"says why not", says_why_not},
    {"survives lack of memory", survives_lack_of_memory},
};
TEST_MAIN("annotated", tests)
