#include "tests/mutants/alter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "suite/duration.h"
#include "tests/mutants/select.h"
#include "tests/mutants/siptext.h"

enum { VALUE_MAX = 2048, EDIT_BYTES_MAX = 1 << 20 };

/* One operation at work. */
struct work {
    struct script *script;
    const struct places *places;
    const xmlNode *op;
    struct error *err;
    bool *chosen;
};

/* An attribute with {NODE} replaced by that node's address. False where it is not there (or too long). */
static bool value_of(const struct work *w, const char *name, char out[VALUE_MAX])
{
    char raw[VALUE_MAX];
    size_t n = 0;

    out[0] = '\0';
    if (!xmlHasProp(w->op, (const xmlChar *)name) || xml_attr(w->op, name, raw, sizeof raw, w->err) < 0)
        return false;
    for (const char *p = raw; *p && n + 64 < VALUE_MAX;) {
        size_t close = slice_find(slice_of(p), '}');
        struct endpoint e;
        char text[ADDR_TEXT];

        if (*p == '{' && p[close] && place_find(w->places, (struct slice){p + 1, close - 1}, &e)) {
            n += (size_t)snprintf(out + n, VALUE_MAX - n, addr_is_v4(&e.addr) ? "%s" : "[%s]",
                                  addr_format(&e.addr, text));
            p += close + 1;
        } else {
            out[n++] = *p++;
        }
    }
    out[n] = '\0';
    return true;
}

static int number_of(const struct work *w, const char *name, int otherwise)
{
    char text[VALUE_MAX];

    return value_of(w, name, text) ? (int)strtol(text, NULL, 10) : otherwise;
}

static bool time_of(const struct work *w, const char *name, nsec_t *ret)
{
    char text[VALUE_MAX];
    bool back;

    if (!value_of(w, name, text))
        return false;
    back = text[0] == '-';
    if (!duration_parse(slice_of(text + back), 86400 * NSEC_PER_SEC, ret))
        return false;
    *ret = back ? -*ret : *ret;
    return true;
}

static int choose(struct work *w, const char *attribute)
{
    char at[VALUE_MAX], of[VALUE_MAX];
    int n;

    if (!value_of(w, attribute, at))
        return xml_error(w->op, w->err, "<%s> says not which lines: add %s=\"…\"", w->op->name, attribute);
    value_of(w, "of", of);
    n = select_lines(w->script, w->places, at, of, w->chosen);
    if (n < 0)
        return xml_error(w->op, w->err, "\"%s\" is no selection of lines", at);
    return n ? n : xml_error(w->op, w->err, "\"%s\" chooses no line", at);
}

/* Index of the first chosen line. */
static int first(const struct work *w)
{
    int i = 0;

    while (!w->chosen[i])
        i++;
    return i;
}

static int drop(struct work *w)
{
    for (int i = 0; i < w->script->n; i++)
        w->script->line[i].gone |= w->chosen[i];
    return 0;
}

static int send(struct work *w)
{
    char text[VALUE_MAX];
    struct endpoint e;

    for (int i = 0; i < w->script->n; i++) {
        struct line *l = &w->script->line[i];
        if (!w->chosen[i])
            continue;
        if (value_of(w, "src", text) && place_find(w->places, slice_of(text), &e))
            l->src = e;
        if (value_of(w, "dst", text) && place_find(w->places, slice_of(text), &e))
            l->dst = e;
        if (value_of(w, "transport", text))
            for (int t = 0; t < TRANSPORT_COUNT; t++)
                if (strcmp(text, transport_name((enum transport)t)) == 0)
                    l->transport = (enum transport)t;
    }
    return 0;
}

static int delay(struct work *w)
{
    nsec_t by, from = INT64_MAX;

    if (!time_of(w, "by", &by))
        return xml_error(w->op, w->err, "say by how much: by=\"500ms\"");
    for (int i = 0; i < w->script->n; i++)
        if (w->chosen[i] && w->script->line[i].time < from)
            from = w->script->line[i].time;
    for (int i = 0; i < w->script->n; i++)
        if (w->chosen[i] || (xml_yes(w->op, "later") && w->script->line[i].time >= from))
            w->script->line[i].time += by;
    return 0;
}

static int swap(struct work *w)
{
    struct line *a = &w->script->line[first(w)], *b;
    nsec_t time = a->time;
    int e = choose(w, "with");

    if (e < 0)
        return e;
    b = &w->script->line[first(w)];
    a->time = b->time;
    b->time = time;
    return 0;
}

/* A few microseconds before or after another line; of several each behind the other. */
static int move(struct work *w)
{
    bool before = xmlHasProp(w->op, (const xmlChar *)"before") != NULL;
    bool *moved = must(calloc((size_t)w->script->n + 1, sizeof *moved));
    nsec_t at;
    int e;

    memcpy(moved, w->chosen, (size_t)w->script->n * sizeof *moved);
    e = choose(w, before ? "before" : "after");
    if (e >= 0) {
        at = w->script->line[first(w)].time + (before ? -100 * NSEC_PER_USEC : NSEC_PER_USEC);
        for (int i = 0; i < w->script->n; i++)
            if (moved[i])
                w->script->line[i].time = at += NSEC_PER_USEC;
    }
    free(moved);
    return e < 0 ? e : 0;
}

static int copy(struct work *w)
{
    int n = w->script->n;
    char name[VALUE_MAX];
    nsec_t after = 0;

    time_of(w, "after", &after);
    value_of(w, "name", name);
    for (int i = 0; i < n; i++) {
        struct line *l;
        struct buf text;
        if (!w->chosen[i])
            continue;
        l = script_add(w->script, buf_slice(&w->script->line[i].text));
        text = l->text;
        *l = w->script->line[i];
        l->text = text;
        l->gone = false;
        l->step = l->number = 0;
        l->time += after;
        l->duplicate = strcmp((const char *)w->op->name, "frame-twice") == 0;
        snprintf(l->name, sizeof l->name, "%.20s", name[0] ? name : "copy");
    }
    return 0;
}

/* What is done to one message's text. Returns 1 where it changed something, 0 where not, -EINVAL. */
typedef int edit_fn(struct work *w, struct siptext *t);

static int edit_set(struct work *w, struct siptext *t)
{
    char header[VALUE_MAX], value[VALUE_MAX];
    int at;

    if (!value_of(w, "header", header) || !value_of(w, "value", value))
        return -EINVAL;
    if (xmlHasProp(w->op, (const xmlChar *)"nth"))
        siptext_split(t, header);
    at = siptext_find(t, header, number_of(w, "nth", 1));
    if (at < 0 || strcmp(t->field[at].value, value) == 0)
        return 0;
    t->field[at].value = must(arena_printf(t->arena, "%s", value));
    return 1;
}

static int edit_count(struct work *w, struct siptext *t)
{
    char header[VALUE_MAX], *end;
    int at, by = number_of(w, "by", 0);
    long value;

    if (!value_of(w, "header", header))
        return -EINVAL;
    at = siptext_find(t, header, 1);
    if (at < 0 || !by)
        return 0;
    value = strtol(t->field[at].value, &end, 10);
    t->field[at].value = must(arena_printf(t->arena, "%ld%s", value + by, end));
    return 1;
}

/* times="200": so many of them, each with its number behind the name. */
static int edit_add(struct work *w, struct siptext *t)
{
    char header[VALUE_MAX], value[VALUE_MAX], before[VALUE_MAX];
    int at = t->n, times = number_of(w, "times", 0);
    bool named = value_of(w, "header", header);

    if (!value_of(w, "value", value))
        return -EINVAL;
    if (value_of(w, "before", before)) {
        siptext_split(t, before);
        at = siptext_find(t, before, number_of(w, "nth", 1));
    }
    at = at < 0 ? t->n : at;
    for (int i = 0; i < (times ? times : 1); i++) {
        const char *name = times ? must(arena_printf(t->arena, "%s-%d", header, i + 1))
                                 : must(arena_printf(t->arena, "%s", header));
        siptext_add(t, at + i, named ? name : NULL, must(arena_printf(t->arena, "%s", value)));
    }
    return 1;
}

static int edit_cut(struct work *w, struct siptext *t)
{
    char header[VALUE_MAX];
    int nth = number_of(w, "nth", 0), at;

    if (!value_of(w, "header", header))
        return -EINVAL;
    if (nth)
        siptext_split(t, header);
    at = siptext_find(t, header, nth ? nth : 1);
    if (at < 0)
        return 0;
    siptext_cut(t, at);
    while (!nth && (at = siptext_find(t, header, 1)) >= 0)
        siptext_cut(t, at);
    return 1;
}

static int edit_start(struct work *w, struct siptext *t)
{
    char value[VALUE_MAX];

    if (!value_of(w, "value", value))
        return -EINVAL;
    t->start = must(arena_printf(t->arena, "%s", value));
    return 1;
}

static int edit_body(struct work *w, struct siptext *t)
{
    char value[VALUE_MAX], type[VALUE_MAX];
    int at = siptext_find(t, "Content-Length", 1);

    if (!value_of(w, "value", value))
        return -EINVAL;
    t->body = slice_of(must(arena_printf(t->arena, "%s", value)));
    if (at >= 0)
        t->field[at].value = must(arena_printf(t->arena, "%zu", t->body.n));
    if (value_of(w, "type", type))
        siptext_add(t, t->n, "Content-Type", must(arena_printf(t->arena, "%s", type)));
    return 1;
}

static int edit_form(struct work *w, struct siptext *t)
{
    char as[VALUE_MAX];
    struct slice rest;

    if (!value_of(w, "as", as))
        return -EINVAL;
    for (rest = slice_of(as); rest.n;) {
        size_t n = slice_find(rest, ' ');
        if (n && !siptext_form(t, must(arena_printf(t->arena, "%.*s", (int)n, rest.p))))
            return -EINVAL;
        rest = slice_tail(rest, n + 1);
    }
    return 1;
}

/* The text with the first (or every) `find` replaced; NULL where there is none. */
static const char *replaced(struct arena *a, const char *text, const char *find, const char *put, bool every)
{
    const char *at = strstr(text, find);
    struct buf b;
    const char *result;

    if (!at || !*find)
        return NULL;
    buf_init(&b, EDIT_BYTES_MAX);
    do {
        buf_add(&b, (struct slice){text, (size_t)(at - text)});
        buf_add(&b, slice_of(put));
        text = at + strlen(find);
    } while (every && (at = strstr(text, find)));
    buf_add(&b, slice_of(text));
    result = must((void *)(uintptr_t)arena_copy(a, buf_slice(&b)).p);
    buf_done(&b);
    return result;
}

static int edit_replace(struct work *w, struct siptext *t)
{
    char header[VALUE_MAX], find[VALUE_MAX], put[VALUE_MAX];
    const char *text;
    int at;

    if (!value_of(w, "find", find) || !value_of(w, "put", put) || !value_of(w, "header", header))
        return -EINVAL;
    if (xmlHasProp(w->op, (const xmlChar *)"nth"))
        siptext_split(t, header);
    at = siptext_find(t, header, number_of(w, "nth", 1));
    text = at < 0 ? NULL : replaced(t->arena, t->field[at].value, find, put, xml_yes(w->op, "every"));
    if (!text)
        return 0;
    t->field[at].value = text;
    return 1;
}

/* Without a header: anywhere in the message, start line and body included. */
static int replace_anywhere(struct work *w, struct line *l, struct arena *a)
{
    char find[VALUE_MAX], put[VALUE_MAX];
    const char *text = must((void *)(uintptr_t)arena_copy(a, buf_slice(&l->text)).p);

    if (!value_of(w, "find", find) || !value_of(w, "put", put))
        return -EINVAL;
    text = replaced(a, text, find, put, xml_yes(w->op, "every"));
    if (!text)
        return 0;
    line_set(l, slice_of(text));
    return 1;
}

static int edit_line(struct work *w, struct line *l, edit_fn *edit)
{
    struct siptext *t = must(malloc(sizeof *t));
    struct arena arena;
    int r;

    arena_init(&arena, EDIT_BYTES_MAX * 8);
    if (edit == edit_replace && !xmlHasProp(w->op, (const xmlChar *)"header")) {
        r = replace_anywhere(w, l, &arena);
    } else {
        siptext_read(t, &arena, buf_slice(&l->text));
        r = edit(w, t);
        if (r > 0)
            siptext_write(t, l);
    }
    arena_done(&arena);
    free(t);
    return r;
}

/* Every chosen line must change; where any="yes", one of them. */
static int edit_lines(struct work *w, edit_fn *edit)
{
    int changed = 0;

    for (int i = 0; i < w->script->n; i++) {
        int r = w->chosen[i] ? edit_line(w, &w->script->line[i], edit) : 0;

        if (r < 0)
            return xml_error(w->op, w->err, "<%s> lacks what it needs", w->op->name);
        if (w->chosen[i] && r == 0 && !xml_yes(w->op, "any"))
            return xml_error(w->op, w->err, "<%s> changes nothing in \"%.40s\" (%s %d, step %d)", w->op->name,
                             w->script->line[i].text.p, w->script->line[i].method, w->script->line[i].number,
                             w->script->line[i].step);
        changed += r;
    }
    return changed ? 0 : xml_error(w->op, w->err, "<%s> changes nothing", w->op->name);
}

static const struct operation {
    const char *name;
    int (*apply)(struct work *w);
    edit_fn *edit;
} operations[] = {
    {"drop", drop, NULL},        {"send", send, NULL},      {"delay", delay, NULL},
    {"swap", swap, NULL},        {"move", move, NULL},      {"copy", copy, NULL},
    {"frame-twice", copy, NULL}, {"set", NULL, edit_set},   {"count", NULL, edit_count},
    {"add", NULL, edit_add},     {"cut", NULL, edit_cut},   {"start", NULL, edit_start},
    {"body", NULL, edit_body},   {"form", NULL, edit_form}, {"replace", NULL, edit_replace},
};

static const struct operation *find_operation(const xmlNode *op)
{
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        if (xml_is(op, operations[i].name))
            return &operations[i];
    return NULL;
}

bool alter_knows(const xmlNode *op)
{
    return find_operation(op) != NULL;
}

int alter(struct script *s, const struct places *places, const xmlNode *op, struct error *err)
{
    const struct operation *o = find_operation(op);
    struct work w = {s, places, op, err, must(calloc((size_t)s->n + 1, sizeof(bool)))};
    int e = choose(&w, "at");

    if (e > 0)
        e = o->edit ? edit_lines(&w, o->edit) : o->apply(&w);
    free(w.chosen);
    return e;
}
