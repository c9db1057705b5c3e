#include "suite/testcase.h"

#include "suite/testcase_read.h"
#include "suite/xml.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const folders[] = {"network", "pf", "core", "client"};

enum { FOLDERS = sizeof folders / sizeof folders[0] };

/* The place of a word in a list; behind all where it is not in it. */
static int place_in(const char *const *words, int n, const char *word, size_t len)
{
    for (int i = 0; i < n; i++)
        if (strlen(words[i]) == len && strncmp(words[i], word, len) == 0)
            return i;
    return n;
}

/* The whole network before its parts, what is usual before what is not: the plain closing comes first. */
static int rank_of(const char *id)
{
    static const char *const suts[] = {"NET", "PF", "CORE", "CLIENT"};
    static const char *const kinds[] = {"V", "I", "O", "TI"};
    const char *sut = id + strcspn(id, "_"); /* CPM_CLS_<SUT>_<kind>_<nnn> */
    const char *kind;

    sut += *sut ? 1 : 0;
    sut += strcspn(sut, "_");
    sut += *sut ? 1 : 0;
    kind = sut + strcspn(sut, "_");
    kind += *kind ? 1 : 0;
    return 8 * place_in(suts, 4, sut, strcspn(sut, "_")) + place_in(kinds, 4, kind, strcspn(kind, "_"));
}

static int by_id(const void *a, const void *b)
{
    const struct testcase *const *x = a, *const *y = b;
    int rx = rank_of((*x)->id), ry = rank_of((*y)->id);

    return rx != ry ? rx - ry : strcmp((*x)->id, (*y)->id);
}

static int is_xml(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return d->d_name[0] != '.' && n > 4 && strcmp(d->d_name + n - 4, ".xml") == 0;
}

/* What the files of a folder are read with. */
struct reading {
    struct testcases *s;
    const char *folder;
    const char *schema_path;
    struct xml_schema *schema; /* read with the first file */
    struct error *err;
};

/* Calls `each` with the path of every XML file of a folder, in the order of their names. A folder that is not
 * there has none. */
static int for_files(const char *dir, struct reading *in, int (*each)(struct reading *, const char *path))
{
    char path[4096];
    struct dirent **entry = NULL;
    int n, r = 0;

    snprintf(path, sizeof path, "%s/%s", dir, in->folder);
    n = scandir(path, &entry, is_xml, alphasort);
    if (n < 0)
        return errno == ENOENT ? 0 : error_at(in->err, errno, path, 0, "cannot be read: %m");
    for (int i = 0; i < n; i++) {
        if (r == 0) {
            snprintf(path, sizeof path, "%s/%s/%s", dir, in->folder, entry[i]->d_name);
            r = in->schema ? 0 : xml_schema_load(in->schema_path, &in->schema, in->err);
            r = r < 0 ? r : each(in, path);
        }
        free(entry[i]);
    }
    free(entry);
    return r;
}

static int add_flow(struct reading *in, const char *path)
{
    struct testcases *s = in->s;
    struct flow *f = NULL;
    int r;

    if (s->nflows == FLOWS_MAX)
        return error_at(in->err, EINVAL, path, 0, "there are more than %d flows", FLOWS_MAX);
    if ((r = flow_load_as(path, in->schema, &f, in->err)) < 0)
        return r;
    if (testcases_flow(s, f->id)) {
        r = error_at(in->err, EINVAL, path, 1, "another file has a flow with the id \"%s\" already", f->id);
        flow_free(f);
        return r;
    }
    s->flow[s->nflows++] = f;
    if (f->judged && s->judged && s->judged->judged)
        return error_at(in->err, EINVAL, path, 1,
                        "captures are judged by the flow \"%s\" already; only one is judged=\"yes\"",
                        s->judged->id);
    if (f->judged || !s->judged)
        s->judged = f;
    return 0;
}

static int add_testcase(struct reading *in, const char *path)
{
    struct testcases *s = in->s;
    struct testcase *tc;
    int r;

    if (s->n == TESTCASES_MAX)
        return error_at(in->err, EINVAL, path, 0, "there are more than %d test cases", TESTCASES_MAX);
    tc = calloc(1, sizeof *tc);
    if (!tc)
        return error_set(in->err, ENOMEM, "no memory for the test cases");
    r = testcase_read(path, in->folder, in->schema, s, tc, in->err);
    if (r < 0)
        free(tc);
    else
        s->tc[s->n++] = tc;
    return r;
}

/* All files of some folders, which have one schema. */
static int read_folders(struct testcases *s, const char *dir, const char *schema_name,
                        const char *const *folder, int n, int (*each)(struct reading *, const char *path),
                        struct error *err)
{
    char path[4096];
    struct reading in = {.s = s, .schema_path = path, .err = err};
    int r = 0;

    snprintf(path, sizeof path, "%s/schema/%s", dir, schema_name);
    for (int i = 0; i < n && r == 0; i++) {
        in.folder = folder[i];
        r = for_files(dir, &in, each);
    }
    xml_schema_free(in.schema);
    return r;
}

static int load(const char *dir, bool flows_only, struct testcases *s, struct error *err)
{
    static const char *const flows[] = {"flows"};
    int r;

    if (!(s->tc = calloc(TESTCASES_MAX, sizeof(struct testcase *))) ||
        !(s->flow = calloc(FLOWS_MAX, sizeof(struct flow *))))
        return error_set(err, ENOMEM, "no memory for the test cases");
    r = read_folders(s, dir, "flow.rng", flows, 1, add_flow, err);
    if (r == 0 && s->nflows == 0)
        r = error_at(err, ENOENT, dir, 0,
                     "there is no flow in its folder flows/; is this the folder testcases/?");
    if (r == 0 && !flows_only)
        r = read_folders(s, dir, "testcase.rng", folders, FOLDERS, add_testcase, err);
    qsort(s->tc, (size_t)s->n, sizeof(struct testcase *), by_id);
    return r;
}

static int load_new(const char *dir, bool flows_only, struct testcases **ret, struct error *err)
{
    struct testcases *s = calloc(1, sizeof *s);
    int r = s ? load(dir, flows_only, s, err) : error_set(err, ENOMEM, "no memory for the test cases");

    if (r < 0)
        testcases_free(s);
    else
        *ret = s;
    return r;
}

int testcases_load(const char *dir, struct testcases **ret, struct error *err)
{
    return load_new(dir, false, ret, err);
}

int testcases_load_flows(const char *dir, struct testcases **ret, struct error *err)
{
    return load_new(dir, true, ret, err);
}

void testcases_free(struct testcases *s)
{
    if (!s)
        return;
    for (int i = 0; i < s->n; i++)
        free(s->tc[i]);
    for (int i = 0; i < s->nflows; i++)
        flow_free(s->flow[i]);
    free(s->tc);
    free(s->flow);
    free(s);
}

const struct testcase *testcases_find(const struct testcases *s, const char *id)
{
    for (int i = 0; i < s->n; i++)
        if (strcmp(s->tc[i]->id, id) == 0)
            return s->tc[i];
    return NULL;
}

const struct flow *testcases_flow(const struct testcases *s, const char *id)
{
    for (int i = 0; i < s->nflows; i++)
        if (strcmp(s->flow[i]->id, id) == 0)
            return s->flow[i];
    return NULL;
}

bool testcase_picked(const struct testcase *tc, const char *const *glob, int nglobs)
{
    for (int i = 0; i < nglobs; i++)
        if (fnmatch(glob[i], tc->id, 0) == 0)
            return true;
    return nglobs == 0;
}

static bool __attribute__((format(printf, 2, 3))) because(char why[TESTCASE_WHY], const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(why, TESTCASE_WHY, fmt, args);
    va_end(args);
    return false;
}

static bool drive_fits(const struct testcase *tc, const struct testcase_drive *d, const struct profile *p,
                       char why[TESTCASE_WHY])
{
    int f = profile_function(p, d->role);

    if (f < 0)
        return because(why, "the profile names no %s", d->role);
    if (!*d->action && p->function[f].under_test)
        return because(why, "%s is under test itself, and this test case plays it", d->role);
    if (p->nusers == 0 && tc->flow->role[flow_role(tc->flow, d->role)].client)
        return because(why, "the profile names no user for %s", d->role);
    return true;
}

/* Whether every step has somebody to play its ends, the harness plays nobody who is under test, and who is to
 * misbehave is one that it plays. */
static bool roles_fit(const struct testcase *tc, const struct profile *p, char why[TESTCASE_WHY])
{
    for (int i = 0; i < tc->flow->nsteps; i++) {
        const char *role = tc->flow->role[tc->flow->step[i].from].name;

        if (profile_function(p, role) < 0)
            return because(why, "the profile names no %s", role);
    }
    for (int i = 0; i < tc->ndrives; i++) {
        int f = profile_function(p, tc->drive[i].role);

        if (*tc->drive[i].action && f >= 0 && !p->function[f].under_test)
            return because(why, "%s is not under test", tc->drive[i].role);
    }
    for (int i = 0; i < tc->ndrives; i++)
        if (!drive_fits(tc, &tc->drive[i], p, why))
            return false;
    for (int i = 0; i < tc->ndefines; i++) {
        int f = profile_function(p, tc->define[i].role);

        if (f < 0 || p->function[f].under_test)
            return because(why, "%s is under test, and this test case has it misbehave", tc->define[i].role);
    }
    return true;
}

/* Whether what the test case is for is under test. Where nothing is, the reference network tests itself, and
 * everything is of interest. */
static bool sut_fits(const struct testcase *tc, const struct profile *p, char why[TESTCASE_WHY])
{
    bool any = false;

    for (int i = 0; i < p->nfunctions; i++) {
        int role = flow_role(tc->flow, p->function[i].role);

        if (!p->function[i].under_test)
            continue;
        if (strcmp(tc->sut, "NET") == 0 || (role >= 0 && strcasecmp(tc->flow->role[role].kind, tc->sut) == 0))
            return true;
        any = true;
    }
    if (!any)
        return true;
    return because(why, "no %s is under test",
                   strcmp(tc->sut, "PF") == 0     ? "participating function"
                   : strcmp(tc->sut, "CORE") == 0 ? "core"
                                                  : "client");
}

static bool need_fits(const struct testcase_need *need, const struct profile *p, char why[TESTCASE_WHY])
{
    bool b2bua;

    if (need->kind == NEED_FEATURE)
        return profile_supports(p, need->what) ||
               because(why, "the ICS does not claim the feature %s", need->what);
    b2bua = p->function[profile_function(p, need->what)].b2bua;
    if (need->kind == NEED_B2BUA)
        return b2bua || because(why, "%s is not declared a B2BUA", need->what);
    return !b2bua || because(why, "%s is a B2BUA", need->what);
}

bool testcase_applies(const struct testcase *tc, const struct profile *p, char why[TESTCASE_WHY])
{
    why[0] = '\0';
    if (!roles_fit(tc, p, why) || !sut_fits(tc, p, why))
        return false;
    if (tc->transport[0] && strcmp(tc->transport, p->transport) != 0 && !profile_supports(p, tc->transport))
        return because(why, "the SUT is reached over %s, and its ICS does not claim the feature %s",
                       p->transport, tc->transport);
    for (int i = 0; i < tc->nneeds; i++)
        if (!need_fits(&tc->need[i], p, why))
            return false;
    return true;
}
