#include "cli/outputs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/places.h"
#include "report/html.h"
#include "report/json.h"
#include "report/junit.h"
#include "report/terminal.h"

static void keep_command(struct outputs *o, int argc, char **argv)
{
    size_t n = (size_t)snprintf(o->command, sizeof o->command, "cpmspec");

    for (int i = 0; i < argc && n < sizeof o->command; i++)
        n += (size_t)snprintf(o->command + n, sizeof o->command - n, " %s", argv[i]);
}

static int open_files(struct outputs *o, const struct options *options, struct error *err)
{
    struct report_writer *w;
    int e = 0;

    if (options->junit && (e = junit_open(places_resolve(options->junit), o->folder, &w, err)) >= 0)
        e = report_add(&o->report, w, err);
    if (e >= 0 && options->json && (e = json_open(places_resolve(options->json), &w, err)) >= 0)
        e = report_add(&o->report, w, err);
    if (e >= 0 && options->html &&
        (e = html_open(places_resolve(options->html), o->folder_absolute, &w, err)) >= 0)
        e = report_add(&o->report, w, err);
    return e;
}

int outputs_open(struct outputs *o, const struct options *options, int argc, char **argv, struct summary *s,
                 struct error *err)
{
    bool files = options->junit || options->json || options->html || o->folder;
    struct terminal_options terminal = {.style = terminal_style(stdout),
                                        .quiet = options->quiet,
                                        .expected = o->expected,
                                        .may_leave = files};
    struct report_writer *w;
    int e = places_check(options, err);

    if (e < 0)
        return e;
    keep_command(o, argc, argv);
    s->command = o->command;
    o->stdout_taken = places_is_stdout(options->junit) || places_is_stdout(options->json) ||
                      places_is_stdout(options->html);
    if (!o->stdout_taken) {
        e = terminal_open(stdout, &terminal, &w, err);
        if (e >= 0)
            e = report_add(&o->report, w, err);
    }
    return e < 0 ? e : open_files(o, options, err);
}

void outputs_done(struct outputs *o)
{
    report_done(&o->report);
}

int outputs_result(struct outputs *o, const struct summary *s, const struct result *r)
{
    return report_result(&o->report, s, r, &o->error);
}

int outputs_finish(struct outputs *o, const struct summary *s, struct error *err)
{
    return report_finish(&o->report, s, err);
}

int outputs_error(const struct outputs *o, int e, struct error *err)
{
    if (o->error.text[0])
        *err = o->error;
    else
        error_set(err, -e, "%s", e == -ENOMEM ? "out of memory" : strerror(-e));
    return e;
}
