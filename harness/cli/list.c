/* cpmspec list: the test cases, and which of them apply. */
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/places.h"
#include "cli/setting.h"
#include "report/outfile.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static const struct verb verb = {
    .name = "list",
    .arguments = "",
    .purpose = "list the test cases, and say of each whether it applies to the system under test, or why not",
    .details = "'--json -' writes JSON to standard output, and no table.\n",
    .takes = TAKES_SUT | TAKES_JSON,
};

static json_t *as_json(const struct testcase *tc, const struct profile *p)
{
    char why[TESTCASE_WHY];
    bool applies = testcase_applies(tc, p, why);

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s}", "id", tc->id, "title", tc->title, "sut",
                     tc->sut, "flow", tc->flow->id, "closer", tc->closer, "transport",
                     tc->transport[0] ? tc->transport : p->transport, "applies", applies, "why", why);
}

static char *all_as_json(const struct setting *s)
{
    json_t *root =
        json_pack("{s:s, s:s, s:[]}", "schema", "cpmspec-list/1", "sut", s->profile->name, "testcases");
    json_t *list = root ? json_object_get(root, "testcases") : NULL;
    char *text = NULL;
    int r = list ? 0 : -1;

    for (int i = 0; i < s->suite->n && r == 0; i++)
        r = json_array_append_new(list, as_json(s->suite->tc[i], s->profile));
    if (r == 0)
        text = json_dumps(root, JSON_INDENT(2));
    json_decref(root);
    return text;
}

static int write_file(const char *path, const char *text, struct error *err)
{
    struct outfile *f = NULL;
    int r = outfile_open(path, &f, err);

    if (r < 0)
        return r;
    outfile_write(f, slice_of(text));
    outfile_write(f, SLICE("\n"));
    r = outfile_commit(f, err);
    outfile_free(f);
    return r;
}

static int put_json(const struct setting *s, const char *path, struct error *err)
{
    char *text = all_as_json(s);
    int r;

    if (!text)
        return error_set(err, ENOMEM, "the list cannot be made into JSON");
    r = write_file(places_resolve(path), text, err);
    free(text);
    return r;
}

static void put_table(const struct setting *s)
{
    int width = 0, applicable = 0;

    for (int i = 0; i < s->suite->n; i++) {
        int length = (int)strlen(s->suite->tc[i]->title);
        width = length > width ? length : width;
    }
    for (int i = 0; i < s->suite->n; i++) {
        const struct testcase *tc = s->suite->tc[i];
        char why[TESTCASE_WHY];
        bool applies = testcase_applies(tc, s->profile, why);

        printf("%-22s %-*s  %s%s\n", tc->id, width, tc->title, applies ? "applies" : "not-applicable: ", why);
        applicable += applies;
    }
    printf("\n%d of %d test cases apply to \"%s\" (%s).\n", applicable, s->suite->n, s->profile->name,
           s->profile->path);
}

int cmd_list(int argc, char **argv)
{
    struct options o;
    struct setting s;
    struct error err = {.text = ""};
    int r = options_open(&verb, argc, argv, &o);

    if (r >= 0)
        return r;
    if ((r = setting_load(o.sut, &s, &err)) == 0) {
        if (o.json && (r = places_check(&o, &err)) == 0)
            r = put_json(&s, o.json, &err);
        if (r == 0 && !places_is_stdout(o.json))
            put_table(&s);
        setting_done(&s);
    }
    if (r < 0)
        complain(&verb, &err);
    return r < 0 ? status_of(r) : STATUS_PASS;
}
