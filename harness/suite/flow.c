#include "suite/flow.h"

#include "suite/xml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

int flow_role(const struct flow *f, const char *name)
{
    for (int i = 0; i < f->nroles; i++)
        if (strcmp(f->role[i].name, name) == 0)
            return i;
    return -1;
}

/* "{pf-a} …" with the title of each role in the place of its name. False where it does not fit, or where the
 * braces name no role. */
static bool render(const struct flow *f, const char *words, bool mirrored, char *out, size_t size)
{
    size_t n = 0;

    while (*words) {
        size_t plain = strcspn(words, "{"), length;
        char name[ROLE_NAME_MAX];
        int role;

        n += (size_t)snprintf(out + n, size - n, "%.*s", (int)plain, words);
        words += plain;
        if (n >= size)
            return false;
        if (!*words)
            break;
        length = strcspn(++words, "}");
        if (words[length] != '}' || length >= sizeof name)
            return false;
        snprintf(name, sizeof name, "%.*s", (int)length, words);
        words += length + 1;
        role = flow_role(f, name);
        if (role < 0)
            return false;
        n += (size_t)snprintf(out + n, size - n, "%s", f->role[mirrored ? f->role[role].mirror : role].title);
        if (n >= size)
            return false;
    }
    out[n] = '\0';
    return true;
}

bool flow_wants(const struct flow *f, unsigned status)
{
    return f->any_of_kind ? status / 100 == f->status / 100 : status == f->status;
}

/* What the answer is, and whether there is a session to close. The schema has checked the words. */
static int read_kind(const xmlNode *root, struct flow *f, struct error *err)
{
    char text[16];
    uint64_t status = 200;
    int r = xml_attr(root, "status", text, sizeof text, err);

    f->any_of_kind = r == 0 && *text && strcmp(text + 1, "xx") == 0;
    if (f->any_of_kind)
        status = (uint64_t)(*text - '0') * 100;
    else if (r == 0 && *text)
        slice_number(slice_of(text), 699, &status);
    f->status = (unsigned)status;
    r = r ? r : xml_attr(root, "dialog", text, sizeof text, err);
    f->stray = *text != '\0';
    return r;
}

static int read_head(const xmlNode *root, struct flow *f, struct error *err)
{
    int r = 0;

    r = r ? r : xml_attr(root, "id", f->id, sizeof f->id, err);
    r = r ? r : xml_attr(root, "title", f->title, sizeof f->title, err);
    r = r ? r : xml_attr(root, "document", f->document, sizeof f->document, err);
    r = r ? r : xml_attr(root, "clause", f->clause, sizeof f->clause, err);
    r = r ? r : xml_attr(root, "method", f->method, sizeof f->method, err);
    r = r ? r : xml_attr(root, "request", f->request, sizeof f->request, err);
    r = r ? r : xml_attr(root, "reply", f->reply, sizeof f->reply, err);
    f->judged = xml_yes(root, "judged");
    return r ? r : read_kind(root, f, err);
}

static int read_roles(const xmlNode *root, struct flow *f, struct error *err)
{
    for (const xmlNode *n = xml_first(root, "role"); n; n = xml_next(n, "role")) {
        struct flow_role *role = &f->role[f->nroles];
        int r;

        if (f->nroles == FLOW_ROLES_MAX)
            return xml_error(n, err, "a flow has at most %d roles", FLOW_ROLES_MAX);
        if ((r = xml_attr(n, "name", role->name, sizeof role->name, err)) < 0 ||
            (r = xml_attr(n, "title", role->title, sizeof role->title, err)) < 0)
            return r;
        if (flow_role(f, role->name) >= 0)
            return xml_error(n, err, "role \"%s\" is already there; give each role once", role->name);
        if ((r = xml_attr(n, "kind", role->kind, sizeof role->kind, err)) < 0)
            return r;
        role->client = strcmp(role->kind, "client") == 0;
        f->nroles++;
    }
    return 0;
}

/* The mirror of a mirror is the role itself: else exchanging the sides twice would not lead back. */
static int read_mirrors(const xmlNode *root, struct flow *f, struct error *err)
{
    const xmlNode *n = xml_first(root, "role");
    char name[ROLE_NAME_MAX];
    int r;

    for (int i = 0; i < f->nroles; i++, n = xml_next(n, "role")) {
        if ((r = xml_attr(n, "mirror", name, sizeof name, err)) < 0)
            return r;
        f->role[i].mirror = flow_role(f, name);
        if (f->role[i].mirror < 0)
            return xml_error(n, err, "mirror \"%s\" of role \"%s\" is no role of this flow", name,
                             f->role[i].name);
    }
    n = xml_first(root, "role");
    for (int i = 0; i < f->nroles; i++, n = xml_next(n, "role")) {
        const struct flow_role *role = &f->role[i], *mirror = &f->role[role->mirror];

        if (mirror->mirror != i)
            return xml_error(n, err, "the mirror of \"%s\" is \"%s\", but not the other way round; pair them",
                             role->name, mirror->name);
        if (strcmp(mirror->kind, role->kind) != 0)
            return xml_error(n, err, "\"%s\" and its mirror \"%s\" must be of the same kind", role->name,
                             mirror->name);
    }
    return 0;
}

static int read_end(const xmlNode *n, const char *attribute, const struct flow *f, int *ret,
                    struct error *err)
{
    char name[ROLE_NAME_MAX];
    int r = xml_attr(n, attribute, name, sizeof name, err);

    if (r < 0)
        return r;
    *ret = flow_role(f, name);
    return *ret >= 0 ? 0
                     : xml_error(n, err, "role \"%s\" is not a role of this flow; add a <role> for it", name);
}

static int read_step(const xmlNode *n, const struct flow *f, struct flow_step *step, struct error *err)
{
    char text[16];
    uint64_t number = 0;
    int r;

    if ((r = xml_attr(n, "number", text, sizeof text, err)) < 0 ||
        (r = read_end(n, "from", f, &step->from, err)) < 0 || (r = read_end(n, "to", f, &step->to, err)) < 0)
        return r;
    slice_number(slice_of(text), FLOW_STEPS_MAX, &number);
    step->number = (int)number;
    step->line = xml_line(n);
    if ((r = xml_attr(n, "conveys", text, sizeof text, err)) < 0)
        return r;
    step->response = strcmp(text, "reply") == 0;
    if ((r = xml_text(n, step->words, sizeof step->words, err)) < 0)
        return r;
    if (!render(f, step->words, true, step->text, sizeof step->text) ||
        !render(f, step->words, false, step->text, sizeof step->text))
        return xml_error(n, err,
                         "the text does not fit, or has something in braces that is no role of this flow");
    return 0;
}

static int check_step(const struct flow *f, const struct flow_step *step, const xmlNode *n, struct error *err)
{
    const struct flow_step *last = f->nsteps ? step - 1 : NULL;

    if (step->number != f->nsteps + 1)
        return xml_error(n, err, "step %d stands where step %d is due; number the steps from 1 without holes",
                         step->number, f->nsteps + 1);
    if (step->from == step->to)
        return xml_error(n, err, "step %d leads from \"%s\" to itself", step->number,
                         f->role[step->from].name);
    if (last && step->from != last->to)
        return xml_error(n, err, "step %d starts at \"%s\", but step %d ended at \"%s\"", step->number,
                         f->role[step->from].name, last->number, f->role[last->to].name);
    if (last && last->response && !step->response)
        return xml_error(n, err, "step %d conveys the request after a reply; put all requests first",
                         step->number);
    return 0;
}

static int read_steps(const xmlNode *root, struct flow *f, struct error *err)
{
    for (const xmlNode *n = xml_first(root, "step"); n; n = xml_next(n, "step")) {
        struct flow_step *step = &f->step[f->nsteps];
        int r;

        if (f->nsteps == FLOW_STEPS_MAX)
            return xml_error(n, err, "a flow has at most %d steps", FLOW_STEPS_MAX);
        if ((r = read_step(n, f, step, err)) < 0 || (r = check_step(f, step, n, err)) < 0)
            return r;
        f->nsteps++;
        f->nrequests += !step->response;
    }
    return 0;
}

static int check_whole(const xmlNode *root, const struct flow *f, struct error *err)
{
    if (f->nrequests == 0 || f->nsteps != 2 * f->nrequests)
        return xml_error(root, err,
                         "%d steps convey the request and %d the reply; each way has as many as the other",
                         f->nrequests, f->nsteps - f->nrequests);
    if (!f->role[f->step[0].from].client ||
        (f->status < 300 && !f->role[f->step[f->nrequests - 1].to].client))
        return xml_error(root, err,
                         "the request must lead from one client to another; mark them kind=\"client\", or "
                         "give the status of a refusal");
    for (int i = f->nrequests; i < f->nsteps; i++) {
        const struct flow_step *reply = &f->step[i], *request = &f->step[f->nsteps - 1 - i];

        if (reply->to != request->from) /* it starts where the last one ended */
            return error_at(err, EINVAL, (const char *)root->doc->URL, reply->line,
                            "step %d is not the reverse of step %d; it must lead from \"%s\" to \"%s\"",
                            reply->number, request->number, f->role[request->to].name,
                            f->role[request->from].name);
    }
    return 0;
}

static int read_flow(const xmlNode *root, struct flow *f, struct error *err)
{
    int r;

    if ((r = read_head(root, f, err)) < 0 || (r = read_roles(root, f, err)) < 0 ||
        (r = read_mirrors(root, f, err)) < 0 || (r = read_steps(root, f, err)) < 0)
        return r;
    return check_whole(root, f, err);
}

int flow_load(const char *path, const char *schema_dir, struct flow **ret, struct error *err)
{
    char text[4096];
    struct xml_schema *schema;
    int r;

    snprintf(text, sizeof text, "%s/flow.rng", schema_dir);
    if ((r = xml_schema_load(text, &schema, err)) < 0)
        return r;
    r = flow_load_as(path, schema, ret, err);
    xml_schema_free(schema);
    return r;
}

int flow_load_as(const char *path, const struct xml_schema *schema, struct flow **ret, struct error *err)
{
    xmlDoc *doc;
    struct flow *f;
    int r;

    if ((r = xml_load_as(path, schema, &doc, err)) < 0)
        return r;
    f = calloc(1, sizeof *f);
    r = f ? read_flow(xmlDocGetRootElement(doc), f, err) : error_set(err, ENOMEM, "no memory for a flow");
    xmlFreeDoc(doc);
    if (r < 0)
        flow_free(f);
    else
        *ret = f;
    return r;
}

void flow_free(struct flow *f)
{
    free(f);
}

int flow_mirror(const struct flow *f, struct flow **ret)
{
    struct flow *m = malloc(sizeof *m);

    if (!m)
        return -ENOMEM;
    *m = *f;
    m->mirrored = !f->mirrored;
    for (int i = 0; i < m->nsteps; i++) {
        struct flow_step *step = &m->step[i];

        step->from = f->role[step->from].mirror;
        step->to = f->role[step->to].mirror;
        render(m, step->words, m->mirrored, step->text, sizeof step->text); /* fits: flow_load has tried */
    }
    *ret = m;
    return 0;
}
