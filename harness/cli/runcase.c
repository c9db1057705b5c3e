#include "cli/runcase.h"

#include "cli/facts.h"
#include "report/annotated.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void runcase_init(struct runcase *c, const struct testcase *tc, const struct profile *p,
                  uint32_t first_source)
{
    *c = (struct runcase){.testcase = tc, .attempt = 1};
    c->applies = testcase_applies(tc, p, c->why);
    c->over = !c->applies;
    kept_init(&c->kept, tc, first_source);
}

static void close_all(struct runcase *c)
{
    pipeline_free(c->pipeline);
    dump_free(c->dump);
    flow_free(c->mirror);
    flow_free(c->stray_mirror);
    flow_free(c->again_mirror);
    c->pipeline = NULL;
    c->dump = NULL;
    c->mirror = c->stray_mirror = c->again_mirror = NULL;
}

void runcase_done(struct runcase *c)
{
    close_all(c);
    kept_done(&c->kept);
    annotations_free(c->annotations);
    c->annotations = NULL;
}

static int no_memory(struct error *err)
{
    return error_set(err, ENOMEM, "out of memory");
}

static int keep(void *ctx, const struct result *r)
{
    struct runcase *c = ctx;
    int e = kept_add(&c->kept, r);

    if (e == 0 && r->verdict != VERDICT_PASS && !c->annotations)
        e = annotations_new(&c->annotations);
    if (e == 0 && r->verdict != VERDICT_PASS)
        e = annotations_add_result(c->annotations, r);
    return e;
}

int runcase_start(struct runcase *c, const struct runcase_config *config, const char *dir, struct error *err)
{
    struct wire_options wire = {.hep_inside = true};
    struct pipeline_config pipeline = {.profile = config->profile,
                                       .flow = c->testcase->flow,
                                       .stray = c->testcase->stray,
                                       .again = c->testcase->again,
                                       .strict = config->strict,
                                       .sees_all = config->sees_all,
                                       .many_clocks = config->clocks->several,
                                       .clock = config->clocks->clock,
                                       .nclocks = config->clocks->n,
                                       .wire = &wire};
    int r = flow_mirror(c->testcase->flow, &c->mirror);

    c->kept.strict = config->strict;
    if (r == 0 && c->testcase->stray)
        r = flow_mirror(c->testcase->stray, &c->stray_mirror);
    if (r == 0 && c->testcase->again)
        r = flow_mirror(c->testcase->again, &c->again_mirror);
    if (r < 0)
        return no_memory(err);
    pipeline.mirror = c->mirror;
    pipeline.stray_mirror = c->stray_mirror;
    pipeline.again_mirror = c->again_mirror;
    r = dump_new(dir, &c->dump, err);
    if (r == 0)
        r = pipeline_new(&pipeline, (struct result_sink){keep, c}, &c->pipeline, err);
    return r;
}

int runcase_frame(struct runcase *c, const struct frame *f, struct error *err)
{
    int r = dump_frame(c->dump, f, err);

    if (r < 0)
        return r;
    r = pipeline_frame(c->pipeline, f);
    return r < 0 ? error_set(err, -r, "%s: %s", c->testcase->id, strerror(-r)) : 0;
}

static int is_file(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

/* Every file of the test case that has something in it. */
static int attach_all(struct runcase *c, const char *folder, const char *dir)
{
    size_t above = strlen(folder) + 1;
    struct dirent **list;
    int n = scandir(dir, &list, is_file, alphasort), r = 0;

    for (int i = 0; i < n; i++) {
        char path[PATH_MAX];
        struct stat st;
        snprintf(path, sizeof path, "%s/%s", dir, list[i]->d_name);
        if (r == 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
            r = kept_attach(&c->kept, path + above);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
    return r;
}

/* "capture.pcap" to "capture-annotated.pcapng", for each capture point. */
static int annotate(const struct runcase *c, const char *dir, struct error *err)
{
    int r = 0;

    for (uint32_t i = 0; c->annotations && i < DUMP_SOURCES_MAX && r == 0; i++) {
        char from[PATH_MAX], to[PATH_MAX], name[DUMP_NAME_MAX];
        int n = (int)strcspn(dump_name(i, name), ".");

        snprintf(from, sizeof from, "%s/%s", dir, name);
        snprintf(to, sizeof to, "%s/%.*s-annotated.pcapng", dir, n, name);
        if (access(from, F_OK) == 0)
            r = annotated_copy(from, i, c->annotations, to, err);
    }
    return r;
}

/* What came of it, and at which attempt. */
static int weigh(struct runcase *c)
{
    int r = kept_result(&c->kept, &c->outcome, NULL, &c->result);

    if (r < 0 || c->attempt == 1)
        return r;
    c->result.reason = arena_printf(&c->kept.arena, "%s (attempt %d of %d)", c->result.reason, c->attempt,
                                    c->testcase->attempts);
    return c->result.reason ? 0 : -ENOMEM;
}

int runcase_finish(struct runcase *c, const struct drive_outcome *o, const char *folder, const char *dir,
                   struct capture_facts *facts, struct error *err)
{
    struct capture_facts mine;
    int r;

    c->outcome = *o;
    c->over = true;
    pipeline_dropped(c->pipeline, o->dropped);
    if (o->end != DRIVE_DONE)
        pipeline_doubt(c->pipeline, c->outcome.reason);
    r = pipeline_end(c->pipeline);
    if (r < 0)
        return error_set(err, -r, "%s: %s", c->testcase->id, strerror(-r));
    pipeline_facts(c->pipeline, &mine);
    facts_add(facts, &mine);
    r = dump_flush(c->dump, err);
    close_all(c);
    if (r == 0)
        r = annotate(c, dir, err);
    if (r == 0 && (attach_all(c, folder, dir) < 0 || weigh(c) < 0))
        r = no_memory(err);
    return r;
}

/* "…/CPM_CLS_NET_O_001" to "…/CPM_CLS_NET_O_001-attempt-1". */
static int move_aside(const struct runcase *c, const char *dir, struct error *err)
{
    char aside[PATH_MAX];
    int n = snprintf(aside, sizeof aside, "%s-attempt-%d", dir, c->attempt);

    if (n < 0 || (size_t)n >= sizeof aside)
        return error_set(err, ENAMETOOLONG, "the path %s is too long", dir);
    if (rename(dir, aside) < 0)
        return error_set(err, errno, "cannot move %s aside: %s", dir, strerror(errno));
    return 0;
}

int runcase_again(struct runcase *c, const char *dir, struct error *err)
{
    const char *closer = c->kept.closer;
    int r;

    if (c->result.verdict != VERDICT_INCONCLUSIVE || c->attempt >= c->testcase->attempts)
        return 0;
    r = move_aside(c, dir, err);
    if (r < 0)
        return r;
    runcase_done(c);
    kept_init(&c->kept, c->testcase, c->kept.first_source);
    c->kept.closer = closer;
    c->over = false;
    c->attempt++;
    return 1;
}

int runcase_result(struct runcase *c, struct result *ret, struct error *err)
{
    if (!c->applies && kept_result(&c->kept, NULL, c->why, &c->result) < 0)
        return no_memory(err);
    *ret = c->result;
    return 0;
}
