#include "report/json.h"

#include "report/outfile.h"
#include "report/text.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

/* Sixteen digits hold microseconds since 1970 and are exact in a double. */
enum { DUMP_FLAGS = JSON_COMPACT | JSON_REAL_PRECISION(16) };

struct json_writer {
    struct report_writer base;
    struct outfile *file, *body;
    uint64_t results;
    struct buf text; /* a string being made valid UTF-8 */
};

static const struct report_writer_ops json_ops;

static void json_free_writer(struct report_writer *w)
{
    struct json_writer *j = (struct json_writer *)w;

    outfile_free(j->body);
    outfile_free(j->file);
    buf_done(&j->text);
    free(j);
}

int json_open(const char *path, struct report_writer **ret, struct error *err)
{
    struct json_writer *j = calloc(1, sizeof *j);
    int r;

    if (!j)
        return error_at(err, ENOMEM, path, 0, "cannot be written: out of memory");
    j->base.ops = &json_ops;
    buf_init(&j->text, TEXT_MAX * 8);
    r = outfile_open(path, &j->file, err);
    if (r == 0)
        r = outfile_spool(j->file, &j->body, err);
    if (r < 0) {
        json_free_writer(&j->base);
        return r;
    }
    *ret = &j->base;
    return 0;
}

/* The setters take NULL for a value that could not be made, and -1 sticks in `*bad`: a tree is built first
 * and looked at once. */
static void set(json_t *object, const char *key, json_t *value, int *bad)
{
    if (json_object_set_new_nocheck(object, key, value) < 0)
        *bad = -ENOMEM;
}

static void append(json_t *array, json_t *value, int *bad)
{
    if (json_array_append_new(array, value) < 0)
        *bad = -ENOMEM;
}

static json_t *string(struct json_writer *j, const char *text)
{
    j->text.n = 0;
    if (text_add(&j->text, text, TEXT_UTF8) < 0)
        return NULL;
    return json_stringn_nocheck(j->text.n ? j->text.p : "", j->text.n);
}

static json_t *number(uint64_t n)
{
    return json_integer((json_int_t)(n <= INT64_MAX ? n : INT64_MAX));
}

static json_t *seconds(nsec_t t)
{
    nsec_t usec = t / NSEC_PER_USEC;

    return json_real((double)usec / 1e6);
}

static json_t *strings(struct json_writer *j, int n, const char *const *text, int *bad)
{
    json_t *array = json_array();

    for (int i = 0; i < n; i++)
        append(array, string(j, text[i]), bad);
    return array;
}

static json_t *finding(struct json_writer *j, const struct finding *f, int *bad)
{
    json_t *o = json_object(), *frames = json_array(), *sources = json_array();
    bool several = false;

    set(o, "rule", string(j, f->rule), bad);
    set(o, "severity", string(j, severity_name(f->severity)), bad);
    set(o, "step", f->step > 0 ? json_integer(f->step) : json_null(), bad);
    set(o, "clause", string(j, f->clause), bad);
    set(o, "expected", string(j, f->expected), bad);
    set(o, "observed", string(j, f->observed), bad);
    for (int i = 0; i < f->nframes && i < FINDING_FRAMES_MAX; i++) {
        append(frames, number(f->frame[i]), bad);
        append(sources, number(f->frame_source[i]), bad);
        several = several || f->frame_source[i];
    }
    set(o, "frames", frames, bad);
    if (several)
        set(o, "frame_sources", sources, bad);
    else
        json_decref(sources);
    if (f->cause >= 0)
        set(o, "cause", json_integer(f->cause), bad);
    if (f->inconclusive)
        set(o, "inconclusive", json_true(), bad);
    return o;
}

static json_t *hop(struct json_writer *j, const struct ladder_row *row, int *bad)
{
    json_t *o = json_object();

    set(o, "step", row->step > 0 ? json_integer(row->step) : json_null(), bad);
    set(o, "from", string(j, row->from), bad);
    set(o, "to", string(j, row->to), bad);
    set(o, "message", string(j, row->message), bad);
    if (row->transport && *row->transport)
        set(o, "transport", string(j, row->transport), bad);
    if (row->frame)
        set(o, "frame", number(row->frame), bad);
    if (row->frame && row->source)
        set(o, "source", number(row->source), bad);
    if (row->time)
        set(o, "time", seconds(row->time), bad);
    if (row->repeats)
        set(o, "retransmissions", number(row->repeats), bad);
    if (row->wrong)
        set(o, "wrong", json_true(), bad);
    if (row->mark == LADDER_INFERRED)
        set(o, "inferred", json_true(), bad);
    if (row->mark == LADDER_INSIDE)
        set(o, "inside", json_true(), bad);
    return o;
}

/* What happened is a hop; a step that did not happen, or of which nothing is known, is only listed. */
static void ladder(struct json_writer *j, json_t *o, const struct result *r, int *bad)
{
    json_t *hops = json_array(), *missing = json_array(), *unseen = json_array();

    for (int i = 0; i < r->nrows; i++) {
        const struct ladder_row *row = &r->row[i];

        if (row->mark == LADDER_MISSING)
            append(missing, json_integer(row->step), bad);
        else if (row->mark == LADDER_UNSEEN)
            append(unseen, json_integer(row->step), bad);
        else
            append(hops, hop(j, row, bad), bad);
    }
    set(o, "hops", hops, bad);
    set(o, "missing_steps", missing, bad);
    set(o, "unseen_steps", unseen, bad);
}

static json_t *result(struct json_writer *j, const struct result *r, int *bad)
{
    json_t *o = json_object(), *findings = json_array();

    set(o, "id", string(j, r->id), bad);
    set(o, "verdict", string(j, verdict_name(r->verdict)), bad);
    set(o, "title", string(j, r->title), bad);
    set(o, "reason", string(j, r->reason), bad);
    set(o, "flow", string(j, r->flow), bad);
    set(o, "closer", r->closer ? string(j, r->closer) : json_null(), bad);
    set(o, "call_ids", strings(j, r->ncall_ids, r->call_id, bad), bad);
    if (r->begin)
        set(o, "begin", seconds(r->begin), bad);
    if (r->end)
        set(o, "end", seconds(r->end), bad);
    for (int i = 0; i < r->nfindings; i++)
        append(findings, finding(j, &r->finding[i], bad), bad);
    set(o, "findings", findings, bad);
    ladder(j, o, r, bad);
    set(o, "attachments", strings(j, r->nattachments, r->attachment, bad), bad);
    return o;
}

static int dump_bytes(const char *p, size_t n, void *ctx)
{
    outfile_write(ctx, (struct slice){p, n});
    return 0;
}

/* Takes the tree. */
static int dump(struct outfile *to, json_t *tree, size_t flags, int bad)
{
    if (bad == 0 && (!tree || json_dump_callback(tree, dump_bytes, to, flags) < 0))
        bad = -ENOMEM;
    json_decref(tree);
    return bad;
}

static int json_result(struct report_writer *w, const struct summary *s, const struct result *r,
                       struct error *err)
{
    struct json_writer *j = (struct json_writer *)w;
    int bad = 0;
    json_t *tree = result(j, r, &bad);

    (void)s;
    outfile_write(j->body, j->results++ ? SLICE(",\n") : SLICE("\n"));
    bad = dump(j->body, tree, DUMP_FLAGS, bad);
    if (bad < 0)
        return error_set(err, -bad, "the JSON report stopped at %s: %s", r->id, strerror(-bad));
    return outfile_check(j->body, err);
}

static json_t *totals(const struct summary *s, int *bad)
{
    static const enum verdict order[] = {VERDICT_PASS, VERDICT_FAIL, VERDICT_INCONCLUSIVE,
                                         VERDICT_NOT_APPLICABLE, VERDICT_ERROR};
    uint64_t judged = s->total[VERDICT_PASS] + s->total[VERDICT_FAIL] + s->total[VERDICT_INCONCLUSIVE];
    json_t *o = json_object();

    set(o, "judged", number(judged), bad);
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        set(o, verdict_name(order[i]), number(s->total[order[i]]), bad);
    return o;
}

static json_t *capture(const struct capture_facts *c, int *bad)
{
    json_t *o = json_object(), *unused = json_object();

    set(o, "frames", number(c->frames), bad);
    set(o, "sip_messages", number(c->sip_messages), bad);
    set(o, "duplicate_frames", number(c->duplicate_frames), bad);
    set(o, "malformed", number(c->malformed), bad);
    set(o, "dropped", number(c->dropped), bad);
    set(o, "open_sessions", number(c->open_sessions), bad);
    for (int i = 0; i < c->nreasons && i < REASONS_MAX; i++)
        set(unused, c->reason[i].name, number(c->reason[i].count), bad);
    set(o, "unused", unused, bad);
    return o;
}

static json_t *head(struct json_writer *j, const struct summary *s, int *bad)
{
    json_t *o = json_object();

    set(o, "schema", json_string("cpmspec-results/1"), bad);
    set(o, "sut", string(j, s->sut), bad);
    set(o, "verdict", string(j, verdict_name(s->verdict)), bad);
    set(o, "exit_status", json_integer(summary_exit_status(s)), bad);
    set(o, "interrupted", json_boolean(s->interrupted), bad);
    set(o, "command", string(j, s->command), bad);
    set(o, "begin", seconds(s->begin), bad);
    set(o, "end", seconds(s->end), bad);
    set(o, "totals", totals(s, bad), bad);
    set(o, "capture", capture(&s->capture, bad), bad);
    set(o, "sources", strings(j, s->nsources, s->source, bad), bad);
    return o;
}

static int copy_bytes(void *ctx, struct slice s)
{
    return outfile_write(ctx, s);
}

static int json_finish(struct report_writer *w, const struct summary *s, struct error *err)
{
    struct json_writer *j = (struct json_writer *)w;
    int bad = 0, r;
    json_t *tree = head(j, s, &bad);

    outfile_write(j->file, SLICE("{"));
    bad = dump(j->file, tree, DUMP_FLAGS | JSON_EMBED, bad);
    if (bad < 0)
        return error_set(err, -bad, "the JSON report cannot be finished: %s", strerror(-bad));
    outfile_write(j->file, SLICE(",\n\"results\":["));
    r = outfile_replay(j->body, copy_bytes, j->file);
    if (r < 0 && outfile_check(j->file, err) == 0)
        return error_set(err, -r, "the JSON report cannot be finished: %s", strerror(-r));
    outfile_write(j->file, SLICE("\n]}\n"));
    return outfile_commit(j->file, err);
}

static const struct report_writer_ops json_ops = {json_result, json_finish, json_free_writer};
