/* cpmspec explain: what a test case, a rule or a flow asks for. */
#include "cli/commands.h"
#include "cli/flow_text.h"
#include "cli/options.h"
#include "cli/setting.h"
#include "drive/fault.h"
#include "oracle/catalogue.h"
#include "oracle/rule.h"
#include "report/paint.h"
#include "report/terminal.h"
#include "suite/duration.h"

#include <errno.h>
#include <stdio.h>

enum { TEXT_LIMIT = 1 << 20 };

static const struct verb verb = {
    .name = "explain",
    .arguments = "[ID]",
    .purpose =
        "explain a test case, a rule, a flow or a fault; without an ID: list all that can be explained",
    .details = "The ID \"rules\" prints the whole rule catalogue, as Markdown.\n",
    .takes = TAKES_SUT,
    .max_arguments = 1,
};

static void put_pair(struct paint *p, const char *label, const char *words)
{
    if (!words[0])
        return;
    paint_paragraph(p, 0, label, words);
}

/* "127.0.10.2, 127.0.11.0/24" */
static void nodes_of(const struct profile *p, int function, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    for (int i = 0; i < p->nnodes && n < size; i++) {
        const struct profile_node *node = &p->node[i];
        struct endpoint e = {node->addr, node->port};
        char text[ENDPOINT_TEXT], bits[8] = "";

        if (node->function != function)
            continue;
        if (node->port)
            endpoint_format(&e, text);
        else
            addr_format(&node->addr, text);
        if (node->bits < 128)
            snprintf(bits, sizeof bits, "/%u", node->bits - (addr_is_v4(&node->addr) ? 96 : 0));
        n += (size_t)snprintf(out + n, size - n, "%s%s%s", n ? ", " : "", text, bits);
    }
}

static void put_roles(struct paint *p, const struct flow *f, const struct profile *profile)
{
    for (int i = 0; i < f->nroles; i++) {
        int function = profile_function(profile, f->role[i].name);
        char nodes[512] = "not in the profile";

        if (function >= 0)
            nodes_of(profile, function, nodes, sizeof nodes);
        paint_raw(p, "  ");
        paint_column(p, f->role[i].name, 10, ROLE_NAME_MAX);
        paint_column(p, f->role[i].title, 30, sizeof f->role[i].title);
        paint_text(p, nodes);
        paint_raw(p, function >= 0 && profile->function[function].under_test ? "  (under test)\n" : "\n");
    }
}

static void put_flow(struct paint *p, const struct flow *f, const struct profile *profile)
{
    paint_raw(p, "\n");
    put_roles(p, f, profile);
    paint_raw(p, "\n");
    paint_keep(p, flow_text_ladder(f, p->out));
    paint_raw(p, "\n");
    for (int i = 0; i < f->nsteps; i++) {
        char number[16];

        snprintf(number, sizeof number, "%4d", f->step[i].number);
        paint_paragraph(p, 0, number, f->step[i].text);
    }
}

static void put_purpose(struct paint *p, const struct testcase *tc)
{
    paint_raw(p, "\n");
    paint_paragraph(p, 2, "with", tc->with);
    paint_raw(p, "  ensure that\n");
    paint_paragraph(p, 4, "when", tc->when);
    paint_paragraph(p, 4, "then", tc->then);
    paint_raw(p, "\n");
}

static void add_word(char *out, size_t size, const char *fmt_word, const char *extra)
{
    size_t n = strlen(out);
    snprintf(out + n, size - n, "%s%s%s", n ? ", " : "", fmt_word, extra);
}

/* The flows beside its own, and the faults that it finds. */
static void put_further(struct paint *p, const struct testcase *tc)
{
    char words[512] = "";

    if (tc->again)
        put_pair(p, "again", tc->again->id);
    if (tc->stray)
        put_pair(p, "stray", tc->stray->id);
    for (int i = 0; i < tc->nfinds; i++)
        add_word(words, sizeof words, tc->finds[i].fault, "");
    if (*words)
        put_pair(p, "finds", words);
}

static void put_facts(struct paint *p, const struct testcase *tc, const struct profile *profile)
{
    char words[2048] = "", why[TESTCASE_WHY], time[DURATION_TEXT];

    for (int i = 0; i < tc->nreferences; i++)
        add_word(words, sizeof words, tc->reference[i], "");
    put_pair(p, "clauses", words);
    snprintf(words, sizeof words, "%s%s", testcase_applies(tc, profile, why) ? "yes" : "no: ", why);
    put_pair(p, "applies", words);
    put_pair(p, "closer", tc->closer);
    put_pair(p, "transport", tc->transport[0] ? tc->transport : profile->transport);
    put_pair(p, "timeout", duration_format(tc->timeout, time));
    if (tc->attempts > 1) {
        snprintf(words, sizeof words, "%d at most, where it comes out inconclusive", tc->attempts);
        put_pair(p, "attempts", words);
    }
    words[0] = '\0';
    for (int i = 0; i < tc->ndrives; i++) {
        char party[256];

        if (*tc->drive[i].action)
            snprintf(party, sizeof party, "%s by itself, it is under test (%s)", tc->drive[i].role,
                     tc->drive[i].action);
        else
            snprintf(party, sizeof party, "%s by %s", tc->drive[i].role, tc->drive[i].scenario);
        add_word(words, sizeof words, party, tc->drive[i].preamble ? " (as preamble)" : "");
    }
    put_pair(p, "played", words);
    words[0] = '\0';
    for (int i = 0; i < tc->ndefines; i++) {
        char told[192];

        snprintf(told, sizeof told, "%s %s", tc->define[i].role, tc->define[i].value);
        add_word(words, sizeof words, told, "");
    }
    put_pair(p, "told", words);
    words[0] = '\0';
    for (int i = 0; i < tc->nrules; i++)
        add_word(words, sizeof words, tc->rule[i], "");
    put_pair(p, "rules", words);
    put_further(p, tc);
    snprintf(words, sizeof words, "cpmspec run --only %s", tc->id);
    put_pair(p, "run it", words);
}

static int put_testcase(struct paint *p, const struct testcase *tc, const struct setting *s)
{
    struct flow *mirror = NULL;

    if (tc->mirrored && flow_mirror(tc->flow, &mirror) < 0)
        return -ENOMEM;
    paint_begin(p, PAINT_BOLD);
    paint_printf(p, "%s  %s", tc->id, tc->title);
    paint_end(p);
    paint_raw(p, "\n");
    put_purpose(p, tc);
    put_facts(p, tc, s->profile);
    put_flow(p, mirror ? mirror : tc->flow, s->profile);
    flow_free(mirror);
    return 0;
}

static void put_rule(struct paint *p, const struct rule *rule, const struct setting *s)
{
    char words[2048] = "";

    paint_begin(p, PAINT_BOLD);
    paint_raw(p, rule->id);
    paint_end(p);
    paint_raw(p, "\n\n");
    put_pair(p, "severity", severity_name(rule->severity));
    put_pair(p, "clause", rule->clause);
    put_pair(p, "required", rule->required);
    put_pair(p, "harm", rule->harm);
    put_pair(p, "evidence", rule->evidence);
    for (int i = 0; i < s->suite->n; i++)
        for (int k = 0; k < s->suite->tc[i]->nrules; k++)
            if (strcmp(s->suite->tc[i]->rule[k], rule->id) == 0)
                add_word(words, sizeof words, s->suite->tc[i]->id, "");
    put_pair(p, "tested by", words);
}

static void put_fault(struct paint *p, const struct fault *f)
{
    char words[256];

    paint_begin(p, PAINT_BOLD);
    paint_text(p, f->name);
    paint_end(p);
    paint_raw(p, "\n\n");
    put_pair(p, "what", f->description);
    put_pair(p, "closer", f->closer);
    put_pair(p, "transport", f->transport);
    put_pair(p, "profile", f->sut);
    if (f->rule[0] && f->step)
        snprintf(words, sizeof words, "%s: %s at step %d", f->verdict, f->rule, f->step);
    else
        snprintf(words, sizeof words, "%s%s%s", f->verdict, f->rule[0] ? ": " : "", f->rule);
    put_pair(p, "verdict", words);
    snprintf(words, sizeof words, "cpmspec run --fault %s", f->name);
    put_pair(p, "run it", words);
}

static void put_all(struct paint *p, const struct setting *s, const struct faults *faults)
{
    unsigned n;
    const struct rule *const *rules = rule_all(&n);

    paint_raw(p, "Test cases\n");
    for (int i = 0; i < s->suite->n; i++)
        paint_printf(p, "  %-22s %s\n", s->suite->tc[i]->id, s->suite->tc[i]->title);
    paint_raw(p, "\nFlows\n");
    for (int i = 0; i < s->suite->nflows; i++)
        paint_printf(p, "  %-22s %s (%s %s)\n", s->suite->flow[i]->id, s->suite->flow[i]->title,
                     s->suite->flow[i]->document, s->suite->flow[i]->clause);
    paint_raw(p, "\nRules\n");
    for (unsigned i = 0; i < n; i++)
        paint_printf(p, "  %-25s %-6s %s\n", rules[i]->id, severity_name(rules[i]->severity),
                     rules[i]->clause);
    paint_raw(p, "\nFaults and variants\n");
    for (int i = 0; i < faults->n; i++) {
        paint_raw(p, "  ");
        paint_column(p, faults->fault[i].name, 28, sizeof faults->fault[i].name);
        paint_raw(p, " ");
        paint_text(p, faults->fault[i].description);
        paint_raw(p, "\n");
    }
}

static int put(struct paint *p, const char *id, const struct setting *s, const struct faults *faults,
               struct error *err)
{
    const struct testcase *tc = id ? testcases_find(s->suite, id) : NULL;
    const struct flow *f = id ? testcases_flow(s->suite, id) : NULL;
    const struct rule *rule = id ? rule_find(id) : NULL;
    const struct fault *fault = id ? faults_find(faults, id) : NULL;

    if (!id)
        put_all(p, s, faults);
    else if (strcmp(id, "rules") == 0)
        paint_keep(p, catalogue_add(p->out));
    else if (tc)
        paint_keep(p, put_testcase(p, tc, s));
    else if (rule)
        put_rule(p, rule, s);
    else if (fault)
        put_fault(p, fault);
    else if (f) {
        paint_printf(p, "%s  %s (%s %s)\n", f->id, f->title, f->document, f->clause);
        put_flow(p, f, s->profile);
    } else
        return error_set(err, EINVAL,
                         "\"%.80s\" is no test case, rule, flow or fault; 'cpmspec explain' lists them all",
                         id);
    return p->error < 0 ? error_set(err, -p->error, "no memory for the text") : 0;
}

int cmd_explain(int argc, char **argv)
{
    struct options o;
    struct setting s;
    struct faults *faults = NULL;
    struct error err = {.text = ""};
    struct style style = terminal_style(stdout);
    struct buf out;
    struct paint p = {.out = &out, .style = &style};
    int r = options_open(&verb, argc, argv, &o);

    if (r >= 0)
        return r;
    buf_init(&out, TEXT_LIMIT);
    if ((r = setting_load(o.sut, &s, &err)) == 0) {
        if ((r = faults_load(s.home.data, &faults, &err)) == 0)
            r = put(&p, o.narguments ? o.argument[0] : NULL, &s, faults, &err);
        faults_free(faults);
        setting_done(&s);
    }
    if (r < 0)
        complain(&verb, &err);
    else
        fwrite(out.p, 1, out.n, stdout);
    buf_done(&out);
    return r < 0 ? status_of(r) : STATUS_PASS;
}
