/* cpmspec judge: the verdict on captures that somebody else made. */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/outputs.h"
#include "cli/pipeline.h"
#include "cli/setting.h"
#include "wire/merge.h"
#include "wire/tshark.h"

enum { SOURCES_MAX = 64 };

static const struct verb verb = {
    .name = "judge",
    .arguments = "CAPTURE...",
    .purpose = "judge the closings in captures (pcap, pcapng, .gz; '-' reads a stream)",
    .details = "What TLS carries is read by way of tshark, with the secrets of --keys, of the file that\n"
               "SSLKEYLOGFILE names, or of the capture itself (pcapng).\n",
    .takes = TAKES_SUT | TAKES_OUTPUTS | TAKES_JSON | TAKES_KEYS | TAKES_PICK,
    .min_arguments = 1,
    .max_arguments = SOURCES_MAX,
};

struct judging {
    struct options options;
    struct setting setting;
    struct flow *mirror;
    struct merge *merge;
    struct pipeline *pipeline;
    struct outputs outputs;
    struct summary summary;
    int nsources;
    struct source *source[SOURCES_MAX];
    int nsecret; /* what TLS carried in them, where that can be read */
    struct source *secret[SOURCES_MAX];
    char cut[600];
    uint64_t left_out; /* sessions that --only does not name */
};

static int load(struct judging *j, struct error *err)
{
    int e = setting_load_flows(j->options.sut, &j->setting, err);

    if (e < 0)
        return e;
    e = flow_mirror(j->setting.suite->judged, &j->mirror);
    return e < 0 ? error_set(err, -e, "out of memory") : 0;
}

/* What can be read but once cannot be given to tshark, too. */
static bool is_stream(const char *capture)
{
    struct stat st;

    return strcmp(capture, "-") == 0 || stat(capture, &st) < 0 || !S_ISREG(st.st_mode);
}

/* Secrets that were not asked for are no reason to stop where they cannot be used. */
static int open_secret(struct judging *j, int i, struct error *err)
{
    const char *capture = j->options.argument[i], *environment = getenv("SSLKEYLOGFILE");
    const char *keys = j->options.keys ? j->options.keys : environment;
    bool stream = is_stream(capture);
    struct source **s = &j->secret[j->nsecret];
    int e;

    if (keys && !*keys)
        keys = NULL;
    if (!keys && (stream || !tshark_finds_secrets(capture)))
        return 0;
    if (stream)
        e = error_at(err, EINVAL, capture, 0, "what TLS carries is read from files, not from a stream");
    else
        e = tshark_open(capture, keys, (uint32_t)i, s, err);
    if (e < 0 && !j->options.keys) {
        complain(&verb, err);
        return 0;
    }
    if (e < 0)
        return e;
    j->nsecret++;
    return merge_add(j->merge, *s) < 0 ? error_set(err, ENOMEM, "out of memory") : 0;
}

static int open_sources(struct judging *j, struct error *err)
{
    int e = merge_new(&j->merge);

    if (e < 0)
        return error_set(err, ENOMEM, "out of memory");
    for (int i = 0; i < j->options.narguments; i++) {
        e = source_open(j->options.argument[i], (uint32_t)i, &j->source[i], err);
        if (e < 0)
            return e;
        j->nsources++;
        e = merge_add(j->merge, j->source[i]);
        if (e < 0)
            return error_set(err, ENOMEM, "out of memory");
        e = open_secret(j, i, err);
        if (e < 0)
            return e;
    }
    j->summary.source = (const char *const *)j->options.argument;
    j->summary.nsources = j->nsources;
    return 0;
}

static uint64_t dropped(const struct judging *j)
{
    uint64_t n = 0;

    for (int i = 0; i < j->nsources; i++)
        n += source_dropped(j->source[i]);
    return n;
}

static int take_result(void *ctx, const struct result *r)
{
    struct judging *j = ctx;

    j->summary.total[r->verdict]++;
    j->summary.verdict = verdict_worst(j->summary.verdict, r->verdict);
    return outputs_result(&j->outputs, &j->summary, r);
}

static bool is_picked(const struct judging *j, const struct result *r)
{
    for (int g = 0; g < j->options.nonly; g++) {
        if (fnmatch(j->options.only[g], r->id, 0) == 0)
            return true;
        for (int i = 0; i < r->ncall_ids; i++)
            if (fnmatch(j->options.only[g], r->call_id[i], 0) == 0)
                return true;
    }
    return j->options.nonly == 0;
}

static int take_picked(void *ctx, const struct result *r)
{
    struct judging *j = ctx;

    if (is_picked(j, r))
        return take_result(j, r);
    j->left_out++;
    return 0;
}

static int start(struct judging *j, struct error *err)
{
    struct wire_options wire = {.hep_inside = true, .tls_read = j->nsecret > 0};
    struct pipeline_config config = {.profile = j->setting.profile,
                                     .flow = j->setting.suite->judged,
                                     .mirror = j->mirror,
                                     .strict = j->options.strict,
                                     .many_clocks = j->options.narguments > 1,
                                     .wire = &wire,
                                     .two_threads = sysconf(_SC_NPROCESSORS_ONLN) > 1};

    j->summary.sut = j->setting.profile->name;
    j->summary.begin = clock_realtime();
    return pipeline_new(&config, (struct result_sink){take_picked, j}, &j->pipeline, err);
}

/* Reads to the end. What is wrong with a capture is told, and what was read of it is judged all the same. */
static int read_all(struct judging *j, struct error *err)
{
    struct frame f;
    int e;

    while ((e = merge_next(j->merge, &f, err)) != 0) {
        if (e == -EINTR || interrupted()) {
            if (!interrupted())
                continue;
            pipeline_cut(j->pipeline,
                         "it was interrupted; let the capture run until 64*T1 (32 s) after the last BYE");
            return 0;
        }
        if (e == -EBADMSG || e == -EIO) {
            char text[560];
            complain(&verb, err);
            snprintf(j->cut, sizeof j->cut, "the capture is not whole: %s",
                     error_format(err, text, sizeof text));
            pipeline_cut(j->pipeline, j->cut);
            continue;
        }
        if (e < 0)
            return e;
        pipeline_dropped(j->pipeline, dropped(j));
        e = pipeline_frame(j->pipeline, &f);
        if (e < 0)
            return outputs_error(&j->outputs, e, err);
    }
    return 0;
}

static uint64_t unused(const struct capture_facts *c, const char *reason)
{
    for (int i = 0; i < c->nreasons && i < REASONS_MAX; i++)
        if (strcmp(c->reason[i].name, reason) == 0)
            return c->reason[i].count;
    return 0;
}

static void say_nothing_judged(const struct judging *j)
{
    const struct capture_facts *c = &j->summary.capture;
    struct error err;

    if (!c->frames)
        error_set(&err, 0, "nothing was judged: there is no frame in the capture");
    else if (j->left_out)
        error_set(&err, 0, "nothing was judged: of %llu closed sessions none fits --only",
                  (unsigned long long)j->left_out);
    else if (!c->sip_messages && unused(c, "tls_unreadable"))
        error_set(
            &err, 0,
            "nothing was judged: there is TLS in the capture and nothing that reads it; name its secrets "
            "(--keys FILE)");
    else if (!c->sip_messages)
        error_set(&err, 0, "nothing was judged: %llu frames, and no SIP message in them",
                  (unsigned long long)c->frames);
    else if (c->open_sessions)
        error_set(&err, 0,
                  "nothing was judged: %llu SIP messages, and no BYE in them; sessions still open: %llu",
                  (unsigned long long)c->sip_messages, (unsigned long long)c->open_sessions);
    else
        error_set(&err, 0,
                  "nothing was judged: %llu SIP messages, and no BYE between functions of %s; name the SUT's "
                  "addresses in a profile (--sut FILE)",
                  (unsigned long long)c->sip_messages, j->setting.profile->path);
    complain(&verb, &err);
}

/* Some captures say only at their end that frames were lost: what passed by then is in doubt after all. */
static int doubt_passes(struct judging *j)
{
    char reason[160];
    struct result r = {.id = "capture",
                       .title = "the capture as a whole",
                       .verdict = VERDICT_INCONCLUSIVE,
                       .reason = reason,
                       .begin = j->summary.begin,
                       .end = j->summary.begin};

    if (!dropped(j) || !j->summary.total[VERDICT_PASS])
        return 0;
    snprintf(reason, sizeof reason,
             "the capture lost %llu frames: a session that passed may hide one; capture with a larger buffer",
             (unsigned long long)dropped(j));
    return take_result(j, &r);
}

static int finish(struct judging *j, struct error *err)
{
    int e = pipeline_end(j->pipeline);

    if (e >= 0)
        e = doubt_passes(j);
    if (e < 0)
        return outputs_error(&j->outputs, e, err);
    pipeline_facts(j->pipeline, &j->summary.capture);
    j->summary.interrupted = interrupted();
    j->summary.end = clock_realtime();
    e = outputs_finish(&j->outputs, &j->summary, err);
    if (e < 0)
        return e;
    if (summary_exit_status(&j->summary) == STATUS_NOTHING && !j->summary.total[VERDICT_NOT_APPLICABLE])
        say_nothing_judged(j);
    else if (j->left_out && !j->options.quiet && !j->outputs.stdout_taken)
        printf("%llu other sessions were left out by --only\n", (unsigned long long)j->left_out);
    return 0;
}

static int work(struct judging *j, int argc, char **argv, struct error *err)
{
    int e = load(j, err);

    if (e >= 0)
        e = open_sources(j, err);
    if (e >= 0)
        e = outputs_open(&j->outputs, &j->options, argc, argv, &j->summary, err);
    if (e >= 0)
        e = start(j, err);
    if (e >= 0)
        e = read_all(j, err);
    return e < 0 ? e : finish(j, err);
}

static void done(struct judging *j)
{
    pipeline_free(j->pipeline); /* first: it may be writing results still */
    outputs_done(&j->outputs);
    merge_free(j->merge);
    for (int i = 0; i < j->nsources; i++)
        source_free(j->source[i]);
    for (int i = 0; i < j->nsecret; i++)
        source_free(j->secret[i]);
    flow_free(j->mirror);
    setting_done(&j->setting);
}

int cmd_judge(int argc, char **argv)
{
    struct judging j = {0};
    struct error err = {0};
    int status = options_open(&verb, argc, argv, &j.options);

    if (status >= 0)
        return status;
    interrupt_watch();
    status = work(&j, argc, argv, &err);
    if (status < 0) {
        complain(&verb, &err);
        status = status_of(status);
    } else {
        status = summary_exit_status(&j.summary);
    }
    done(&j);
    return status;
}
