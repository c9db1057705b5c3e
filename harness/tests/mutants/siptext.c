#include "tests/mutants/siptext.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

static const char *keep(struct arena *a, struct slice s)
{
    return must((void *)(uintptr_t)arena_copy(a, s).p);
}

/* A line that begins with a blank goes on with the field before it (RFC 3261 7.3.1), and stays as it is. */
static void read_field(struct siptext *t, struct slice line)
{
    size_t colon = slice_find(line, ':');
    struct siptext_field *f;

    if (t->n && line.n && (line.p[0] == ' ' || line.p[0] == '\t')) {
        f = &t->field[t->n - 1];
        f->value = must(arena_printf(t->arena, "%s\r\n%.*s", f->value, SLICE_ARG(line)));
        return;
    }
    if (t->n == SIPTEXT_FIELDS_MAX)
        give_up("a message has too many header fields");
    f = &t->field[t->n++];
    *f = (struct siptext_field){NULL, keep(t->arena, line)};
    if (colon == line.n)
        return;
    f->name = keep(t->arena, slice_trim(slice_head(line, colon)));
    f->value = keep(t->arena, slice_trim(slice_tail(line, colon + 1)));
}

void siptext_read(struct siptext *t, struct arena *arena, struct slice message)
{
    size_t end = slice_find_slice(message, SLICE("\r\n\r\n"));
    struct slice head = slice_head(message, end), body = slice_tail(message, end + 4);
    size_t n = slice_find_slice(head, SLICE("\r\n"));

    *t = (struct siptext){.arena = arena, .start = keep(arena, slice_head(head, n))};
    for (head = slice_tail(head, n + 2); head.n; head = slice_tail(head, n + 2)) {
        n = slice_find_slice(head, SLICE("\r\n"));
        read_field(t, slice_head(head, n));
    }
    t->body = body.n ? (struct slice){keep(arena, body), body.n} : SLICE("");
}

void siptext_write(const struct siptext *t, struct line *l)
{
    struct buf b;

    buf_init(&b, LINE_BYTES_MAX);
    buf_printf(&b, "%s\r\n", t->start);
    for (int i = 0; i < t->n; i++)
        buf_printf(&b, "%s%s%s\r\n", t->field[i].name ? t->field[i].name : "", t->field[i].name ? ": " : "",
                   t->field[i].value);
    buf_add(&b, SLICE("\r\n"));
    if (buf_add(&b, t->body) < 0)
        give_up("a message is too long");
    line_set(l, buf_slice(&b));
    buf_done(&b);
}

static bool named(const struct siptext *t, int i, const char *name)
{
    return t->field[i].name && strcasecmp(t->field[i].name, name) == 0;
}

int siptext_count(const struct siptext *t, const char *name)
{
    int n = 0;

    for (int i = 0; i < t->n; i++)
        n += named(t, i, name);
    return n;
}

int siptext_find(const struct siptext *t, const char *name, int nth)
{
    if (nth < 0)
        nth += siptext_count(t, name) + 1;
    for (int i = 0; i < t->n; i++)
        if (named(t, i, name) && --nth == 0)
            return i;
    return -1;
}

void siptext_add(struct siptext *t, int at, const char *name, const char *value)
{
    if (t->n == SIPTEXT_FIELDS_MAX)
        give_up("a message has too many header fields");
    memmove(&t->field[at + 1], &t->field[at], (size_t)(t->n++ - at) * sizeof t->field[0]);
    t->field[at] = (struct siptext_field){name, value};
}

void siptext_cut(struct siptext *t, int at)
{
    memmove(&t->field[at], &t->field[at + 1], (size_t)(--t->n - at) * sizeof t->field[0]);
}

/* Where a value of a list ends: at a comma outside quotes and angle brackets. */
static size_t value_end(struct slice s)
{
    bool quoted = false;
    int angle = 0;
    size_t i = 0;

    for (; i < s.n; i++) {
        char c = s.p[i];
        if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '<' || c == '>'))
            angle += c == '<' ? 1 : -1;
        else if (!quoted && !angle && c == ',')
            break;
    }
    return i;
}

void siptext_split(struct siptext *t, const char *name)
{
    for (int i = 0; i < t->n; i++) {
        struct slice rest = slice_of(t->field[i].value);
        size_t n = value_end(rest);

        if (!named(t, i, name) || n == rest.n)
            continue;
        siptext_add(t, i + 1, t->field[i].name, keep(t->arena, slice_trim(slice_tail(rest, n + 1))));
        t->field[i].value = keep(t->arena, slice_trim(slice_head(rest, n)));
    }
}

void siptext_join(struct siptext *t, const char *name)
{
    int first = siptext_find(t, name, 1), at;

    while (first >= 0 && (at = siptext_find(t, name, 2)) >= 0) {
        t->field[first].value =
            must(arena_printf(t->arena, "%s ,\t%s", t->field[first].value, t->field[at].value));
        siptext_cut(t, at);
    }
}

static void form_compact(struct siptext *t)
{
    static const char *const names[][2] = {
        {"Via", "v"},
        {"From", "f"},
        {"To", "t"},
        {"Call-ID", "i"},
        {"Contact", "m"},
        {"Content-Length", "l"},
        {"Content-Type", "c"},
        {"Supported", "k"},
        {"Session-Expires", "x"},
        {"Accept-Contact", "a"},
    };

    for (int i = 0; i < t->n; i++)
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
            if (named(t, i, names[k][0]))
                t->field[i].name = names[k][1];
}

static void form_case(struct siptext *t, bool upper)
{
    for (int i = 0; i < t->n; i++) {
        char *name = t->field[i].name ? must(arena_printf(t->arena, "%s", t->field[i].name)) : NULL;

        for (char *p = name; p && *p; p++)
            *p = (char)(upper ? toupper((unsigned char)*p) : tolower((unsigned char)*p));
        t->field[i].name = name;
    }
}

/* Folded at every blank outside quotes and angle brackets, and after the colon (RFC 3261 7.3.1). */
static void form_folded(struct siptext *t)
{
    for (int i = 0; i < t->n; i++) {
        struct buf b;
        bool quoted = false;

        buf_init(&b, LINE_BYTES_MAX);
        buf_add(&b, SLICE("\r\n\t"));
        for (const char *p = t->field[i].value; *p; p++) {
            quoted ^= *p == '"';
            buf_add(&b, *p == ' ' && !quoted ? SLICE("\r\n  ") : (struct slice){p, 1});
        }
        if (t->field[i].name && !strchr(t->field[i].value, '\n') &&
            strcasecmp(t->field[i].name, "Content-Length") != 0)
            t->field[i].value = keep(t->arena, buf_slice(&b));
        buf_done(&b);
    }
}

/* Blanks wherever RFC 3261 25.1 has SWS or LWS around a separator, and before the colon. */
static void form_spaced(struct siptext *t)
{
    for (int i = 0; i < t->n; i++) {
        struct buf b;
        bool quoted = false;
        int angle = 0;

        if (!t->field[i].name || strchr(t->field[i].value, '\n'))
            continue;
        buf_init(&b, LINE_BYTES_MAX);
        buf_add(&b, SLICE("  "));
        for (const char *p = t->field[i].value; *p; p++) {
            quoted ^= *p == '"';
            angle += (*p == '<') - (*p == '>');
            if (!quoted && !angle && (*p == ';' || *p == '='))
                buf_printf(&b, " %c ", *p);
            else
                buf_add(&b, (struct slice){p, 1});
        }
        buf_add(&b, SLICE(" \t"));
        t->field[i].value = keep(t->arena, buf_slice(&b));
        t->field[i].name = must(arena_printf(t->arena, "%s \t", t->field[i].name));
        buf_done(&b);
    }
}

/* The fields of different names in turned order; those of one name stay in theirs. */
static void form_turned(struct siptext *t)
{
    struct siptext from = *t;
    int n = 0;

    for (int i = from.n; i-- > 0;) {
        const char *name = from.field[i].name;
        if (name && siptext_find(&from, name, -1) != i)
            continue;
        for (int k = 0; k < from.n; k++)
            if (k == i || (name && named(&from, k, name)))
                t->field[n++] = from.field[k];
    }
}

bool siptext_form(struct siptext *t, const char *form)
{
    static const char *const lists[] = {"Via", "Route", "Record-Route"};

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (strcmp(form, "split") == 0)
            siptext_split(t, lists[i]);
        if (strcmp(form, "joined") == 0)
            siptext_join(t, lists[i]);
    }
    if (strcmp(form, "compact") == 0)
        form_compact(t);
    else if (strcmp(form, "upper") == 0 || strcmp(form, "lower") == 0)
        form_case(t, form[0] == 'u');
    else if (strcmp(form, "folded") == 0)
        form_folded(t);
    else if (strcmp(form, "spaced") == 0)
        form_spaced(t);
    else if (strcmp(form, "turned") == 0)
        form_turned(t);
    else
        return strcmp(form, "split") == 0 || strcmp(form, "joined") == 0;
    return true;
}

static void reform_line(struct line *l, struct siptext *t, const char *forms)
{
    struct arena arena;

    arena_init(&arena, 1 << 24);
    siptext_read(t, &arena, buf_slice(&l->text));
    for (struct slice rest = slice_of(forms); rest.n;) {
        size_t n = slice_find(rest, ' ');
        if (!siptext_form(t, keep(&arena, slice_head(rest, n))))
            give_up("no form is called \"%.*s\"", SLICE_ARG(slice_head(rest, n)));
        rest = slice_tail(rest, n + 1);
    }
    siptext_write(t, l);
    arena_done(&arena);
}

void siptext_reform(struct script *s, const char *forms)
{
    struct siptext *t = must(malloc(sizeof *t));

    for (int i = 0; i < s->n; i++)
        if (!s->line[i].gone)
            reform_line(&s->line[i], t, forms);
    free(t);
}
