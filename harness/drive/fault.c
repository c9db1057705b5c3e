#include "drive/fault.h"

#include "suite/duration.h"
#include "suite/xml.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int read_define(const xmlNode *n, struct fault *f, struct error *err)
{
    struct fault_define *d = &f->define[f->ndefines];
    int r;

    if (f->ndefines == FAULT_DEFINES_MAX)
        return xml_error(n, err, "a fault has at most %d <define>", FAULT_DEFINES_MAX);
    r = xml_attr(n, "function", d->role, sizeof d->role, err);
    if (r == 0)
        r = xml_attr(n, "value", d->value, sizeof d->value, err);
    f->ndefines += r == 0;
    return r;
}

static int read_scenario(const xmlNode *n, struct fault *f, struct error *err)
{
    struct fault_scenario *s = &f->scenario[f->nscenarios];
    int r;

    if (f->nscenarios == FAULT_SCENARIOS_MAX)
        return xml_error(n, err, "a fault has at most %d <scenario>", FAULT_SCENARIOS_MAX);
    r = xml_attr(n, "role", s->role, sizeof s->role, err);
    if (r == 0)
        r = xml_attr(n, "file", s->file, sizeof s->file, err);
    f->nscenarios += r == 0;
    return r;
}

static int read_address(const xmlNode *n, struct addr *ret, bool *ret_has, struct error *err)
{
    char text[ADDR_TEXT];
    int r = xml_attr(n, "address", text, sizeof text, err);

    if (r == 0 && *text && !addr_parse(slice_of(text), ret))
        return xml_error(n, err, "\"%s\" is no IP address", text);
    if (r == 0)
        *ret_has = *text != '\0';
    return r;
}

static int read_node(const xmlNode *n, struct fault *f, struct error *err)
{
    struct fault_node *d = &f->node[f->nnodes];
    bool has;
    int r;

    if (f->nnodes == FAULT_NODES_MAX)
        return xml_error(n, err, "a fault has at most %d <node>", FAULT_NODES_MAX);
    r = xml_attr(n, "function", d->role, sizeof d->role, err);
    if (r == 0)
        r = xml_attr(n, "plays", d->plays, sizeof d->plays, err);
    if (r == 0)
        r = read_address(n, &d->at, &has, err);
    f->nnodes += r == 0;
    return r;
}

static int read_port(const xmlNode *n, uint16_t *ret, struct error *err)
{
    char text[8];
    uint64_t port = 0;
    int r = xml_attr(n, "port", text, sizeof text, err);

    if (r == 0 && *text && !slice_number(slice_of(text), UINT16_MAX, &port))
        return xml_error(n, err, "\"%s\" is no port", text);
    *ret = (uint16_t)port;
    return r;
}

static int read_party(const xmlNode *n, struct fault *f, struct error *err)
{
    struct fault_party *p = &f->party[f->nparties];
    char preamble[8];
    int r;

    if (f->nparties == FAULT_PARTIES_MAX)
        return xml_error(n, err, "a fault has at most %d <party>", FAULT_PARTIES_MAX);
    r = xml_attr(n, "role", p->role, sizeof p->role, err);
    if (r == 0)
        r = xml_attr(n, "file", p->file, sizeof p->file, err);
    if (r == 0)
        r = xml_attr(n, "twin", p->twin, sizeof p->twin, err);
    if (r == 0)
        r = xml_attr(n, "preamble", preamble, sizeof preamble, err);
    if (r == 0)
        r = read_address(n, &p->at, &p->has_at, err);
    if (r == 0)
        r = read_port(n, &p->port, err);
    if (r == 0) {
        p->preamble = strcmp(preamble, "yes") == 0;
        f->nparties++;
    }
    return r;
}

static int read_step(const xmlNode *n, struct fault *f, struct error *err)
{
    char text[16];
    uint64_t step = 0;
    int r = xml_attr(n, "step", text, sizeof text, err);

    if (r == 0 && *text && !slice_number(slice_of(text), FLOW_STEPS_MAX, &step))
        return xml_error(n, err, "\"%s\" is no step of a flow", text);
    f->step = (int)step;
    return r;
}

static int read_timeout(const xmlNode *n, struct fault *f, struct error *err)
{
    char text[16];
    int r = xml_attr(n, "timeout", text, sizeof text, err);

    if (r == 0 && *text && !duration_parse(slice_of(text), NSEC_PER_SEC * 3600, &f->timeout))
        return xml_error(n, err, "\"%s\" is no duration of an hour at most, such as 60s", text);
    return r;
}

static int read_fault(const xmlNode *n, struct fault *f, struct error *err)
{
    const struct {
        const char *name;
        char *to;
        size_t size;
    } field[] = {{"name", f->name, sizeof f->name},       {"closer", f->closer, sizeof f->closer},
                 {"closes", f->closes, sizeof f->closes}, {"transport", f->transport, sizeof f->transport},
                 {"sut", f->sut, sizeof f->sut},          {"testcase", f->testcase, sizeof f->testcase},
                 {"rule", f->rule, sizeof f->rule},       {"verdict", f->verdict, sizeof f->verdict}};
    const xmlNode *e;
    int r = 0;

    f->line = xml_line(n);
    for (size_t i = 0; r == 0 && i < sizeof field / sizeof field[0]; i++)
        r = xml_attr(n, field[i].name, field[i].to, field[i].size, err);
    if (r == 0)
        r = read_step(n, f, err);
    if (r == 0)
        r = read_timeout(n, f, err);
    e = xml_first(n, "description");
    if (r == 0 && e)
        r = xml_text(e, f->description, sizeof f->description, err);
    for (e = xml_first(n, "define"); r == 0 && e; e = xml_next(e, "define"))
        r = read_define(e, f, err);
    for (e = xml_first(n, "scenario"); r == 0 && e; e = xml_next(e, "scenario"))
        r = read_scenario(e, f, err);
    for (e = xml_first(n, "node"); r == 0 && e; e = xml_next(e, "node"))
        r = read_node(e, f, err);
    for (e = xml_first(n, "party"); r == 0 && e; e = xml_next(e, "party"))
        r = read_party(e, f, err);
    return r;
}

static int read_faults(const xmlNode *root, struct faults *s, struct error *err)
{
    int r = 0;

    for (const xmlNode *n = xml_first(root, "fault"); r == 0 && n; n = xml_next(n, "fault")) {
        if (s->n == FAULTS_MAX)
            return xml_error(n, err, "there are more than %d faults", FAULTS_MAX);
        r = read_fault(n, &s->fault[s->n], err);
        if (r == 0 && faults_find(s, s->fault[s->n].name))
            return xml_error(n, err, "there are two faults named \"%s\"", s->fault[s->n].name);
        s->n++;
    }
    return r;
}

static int read_file(const char *data_dir, const char *name, struct faults *s, struct error *err)
{
    char path[PATH_MAX], schema[PATH_MAX];
    xmlDoc *doc;
    int r;

    snprintf(path, sizeof path, "%s/reference-network/%s", data_dir, name);
    snprintf(schema, sizeof schema, "%s/testcases/schema/faults.rng", data_dir);
    r = xml_load(path, schema, &doc, err);
    if (r < 0)
        return r;
    r = read_faults(xmlDocGetRootElement(doc), s, err);
    xmlFreeDoc(doc);
    return r;
}

static bool has_variants(const char *data_dir)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/reference-network/variants.xml", data_dir);
    return access(path, F_OK) == 0;
}

int faults_load(const char *data_dir, struct faults **ret, struct error *err)
{
    struct faults *s = calloc(1, sizeof *s);
    int r;

    if (s)
        s->fault = calloc(FAULTS_MAX, sizeof *s->fault);
    if (!s || !s->fault) {
        faults_free(s);
        return error_set(err, ENOMEM, "no memory for the faults");
    }
    r = read_file(data_dir, "faults.xml", s, err);
    if (r == 0 && has_variants(data_dir))
        r = read_file(data_dir, "variants.xml", s, err);
    if (r < 0) {
        faults_free(s);
        return r;
    }
    *ret = s;
    return 0;
}

void faults_free(struct faults *s)
{
    if (!s)
        return;
    free(s->fault);
    free(s);
}

const struct fault *faults_find(const struct faults *s, const char *name)
{
    for (int i = 0; i < s->n; i++)
        if (strcmp(s->fault[i].name, name) == 0)
            return &s->fault[i];
    return NULL;
}

bool fault_shows(const struct fault *f, const struct testcase *tc, const char *transport)
{
    if (*tc->transport)
        transport = tc->transport;
    return (!*f->testcase || strcmp(f->testcase, tc->id) == 0) &&
           (!*f->closer || strcmp(f->closer, tc->closer) == 0) &&
           (!*f->transport || strcmp(f->transport, transport) == 0);
}

nsec_t fault_timeout(const struct fault *f, const struct testcase *tc)
{
    return f && f->timeout > tc->timeout ? f->timeout : tc->timeout;
}
