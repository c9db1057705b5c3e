#include "tests/mutants/script.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void give_up(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    fputs("mutants: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
    exit(3);
}

void *must(void *p)
{
    if (!p)
        give_up("out of memory");
    return p;
}

void script_init(struct script *s)
{
    *s = (struct script){0};
}

void script_done(struct script *s)
{
    for (int i = 0; i < s->n; i++)
        buf_done(&s->line[i].text);
    free(s->line);
    *s = (struct script){0};
}

void line_set(struct line *l, struct slice text)
{
    struct buf b;

    buf_init(&b, LINE_BYTES_MAX);
    if (buf_add(&b, text) < 0)
        give_up("a message of %zu bytes is too long", text.n);
    buf_done(&l->text);
    l->text = b;
}

struct line *script_add(struct script *s, struct slice text)
{
    struct line *l;

    if (s->n == s->size) {
        s->size = s->size ? 2 * s->size : 64;
        s->line = must(realloc(s->line, (size_t)s->size * sizeof *s->line));
    }
    l = &s->line[s->n++];
    *l = (struct line){0};
    line_set(l, text);
    return l;
}

void script_append(struct script *s, const struct script *from)
{
    for (int i = 0; i < from->n; i++) {
        struct line *l = script_add(s, buf_slice(&from->line[i].text));
        struct buf text = l->text;

        *l = from->line[i];
        l->text = text;
    }
}

/* The method of CSeq, which an answer has as well; of a request without one its own. */
static struct slice method_of(struct slice text)
{
    size_t at = slice_find_slice(text, SLICE("\r\nCSeq:"));
    struct slice s = slice_tail(text, at + 7);

    if (!slice_starts(text, SLICE("SIP/2.0 ")))
        return slice_head(text, slice_find(text, ' '));
    s = slice_trim(slice_head(s, slice_find_slice(s, SLICE("\r\n"))));
    return slice_trim(slice_tail(s, slice_find(s, ' ')));
}

static void look_at(struct line *l)
{
    struct slice text = buf_slice(&l->text), method = method_of(text);
    uint64_t status = 0;

    if (slice_starts(text, SLICE("SIP/2.0 ")))
        slice_number(slice_head(slice_tail(text, 8), 3), 999, &status);
    l->status = (int)status;
    snprintf(l->method, sizeof l->method, "%.*s", SLICE_ARG(slice_head(method, METHOD_MAX - 1)));
}

static int count(const struct script *s, int before, const struct line *like, bool by_name, bool replies)
{
    int n = 0;

    for (int i = 0; i < before; i++) {
        const struct line *l = &s->line[i];
        bool same = replies ? l->status != 0 : l->status == like->status;

        n += strcmp(l->method, like->method) == 0 && same && (!by_name || strcmp(l->name, like->name) == 0);
    }
    return n;
}

void script_number(struct script *s)
{
    const struct line request = {.status = 0};

    script_sort(s);
    for (int i = 0; i < s->n; i++)
        look_at(&s->line[i]);
    for (int i = 0; i < s->n; i++) {
        struct line *l = &s->line[i];
        struct line asked = request;

        l->number = count(s, i, l, true, false) + 1;
        if (strcmp(l->method, "BYE") != 0)
            continue;
        memcpy(asked.method, l->method, sizeof asked.method);
        memcpy(asked.name, l->name, sizeof asked.name);
        l->step =
            l->status ? count(s, s->n, &asked, true, false) + count(s, i, l, true, true) + 1 : l->number;
    }
}

static int by_time(const void *a, const void *b)
{
    const struct line *x = a, *y = b;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->order - y->order;
}

void script_sort(struct script *s)
{
    for (int i = 0; i < s->n; i++)
        s->line[i].order = i;
    if (s->n)
        qsort(s->line, (size_t)s->n, sizeof *s->line, by_time);
}

nsec_t script_end(const struct script *s)
{
    nsec_t end = 0;

    for (int i = 0; i < s->n; i++)
        if (!s->line[i].gone && s->line[i].time > end)
            end = s->line[i].time;
    return end;
}
