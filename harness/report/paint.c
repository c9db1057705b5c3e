#include "report/paint.h"

#include "report/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { LABEL_WIDTH = 10, PIECE_MAX = TEXT_MAX * 8 };

void paint_keep(struct paint *p, int r)
{
    if (r < 0 && p->error == 0)
        p->error = r;
}

void paint_raw(struct paint *p, const char *words)
{
    if (p->error == 0)
        paint_keep(p, buf_add(p->out, slice_of(words)));
}

void paint_begin(struct paint *p, enum colour c)
{
    static const char *const code[] = {
        [PAINT_BOLD] = "\033[1m",   [PAINT_DIM] = "\033[2m",     [PAINT_RED] = "\033[31m",
        [PAINT_GREEN] = "\033[32m", [PAINT_YELLOW] = "\033[33m", [PAINT_MAGENTA] = "\033[35m",
        [PAINT_CYAN] = "\033[36m",
    };

    if (p->style->colour)
        paint_raw(p, code[c]);
}

void paint_end(struct paint *p)
{
    if (p->style->colour)
        paint_raw(p, "\033[0m");
}

static enum text_rule rule(const struct paint *p)
{
    return p->style->utf8 ? TEXT_LINE : TEXT_ASCII;
}

void paint_text(struct paint *p, const char *words)
{
    if (p->error == 0)
        paint_keep(p, text_add(p->out, words, rule(p)));
}

void paint_printf(struct paint *p, const char *fmt, ...)
{
    char text[256];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    paint_raw(p, text);
}

/* Where the column after the first `n` starts. */
static size_t skip_columns(struct slice s, size_t n)
{
    size_t i = 0;

    for (; i < s.n; i++)
        if (((unsigned char)s.p[i] & 0xc0) != 0x80 && n-- == 0)
            break;
    return i;
}

void paint_short(struct paint *p, const char *words, size_t most)
{
    size_t start = p->out->n;
    struct slice put;

    paint_text(p, words);
    put = slice_tail(buf_slice(p->out), start);
    if (p->error || !put.p || text_columns(put) <= most)
        return;
    p->out->n = start + skip_columns(put, most - 1);
    paint_raw(p, p->style->utf8 ? "\u2026" : "~");
}

void paint_column(struct paint *p, const char *words, size_t width, size_t most)
{
    size_t start = p->out->n, used;

    paint_short(p, words, most);
    used = text_columns(slice_tail(buf_slice(p->out), start));
    for (; used < width; used++)
        paint_raw(p, " ");
}

size_t paint_width(const struct paint *p, const char *words)
{
    struct buf piece;
    size_t n;

    buf_init(&piece, PIECE_MAX);
    text_add(&piece, words, rule(p)); /* where it fails, a column is too narrow: no more */
    n = text_columns(buf_slice(&piece));
    buf_done(&piece);
    return n;
}

static struct slice next_word(struct slice *rest)
{
    struct slice word;

    *rest = slice_trim(*rest);
    word = slice_head(*rest, slice_find(*rest, ' '));
    *rest = slice_tail(*rest, word.n);
    return word;
}

size_t paint_line(const struct paint *p)
{
    return p->style->width ? (size_t)p->style->width : PAINT_WIDTH;
}

static void break_lines(struct paint *p, struct slice piece, size_t at, size_t left)
{
    struct slice word = next_word(&piece);

    for (bool first = true; word.n && p->error == 0; first = false, word = next_word(&piece)) {
        size_t width = text_columns(word);

        if (!first && at + 1 + width > paint_line(p)) {
            paint_raw(p, "\n");
            paint_printf(p, "%*s", (int)left, "");
            at = left;
        } else if (!first) {
            paint_raw(p, " ");
            at++;
        }
        paint_keep(p, buf_add(p->out, word));
        at += width;
    }
}

void paint_words(struct paint *p, size_t at, size_t left, const char *words)
{
    struct buf piece;

    buf_init(&piece, PIECE_MAX);
    paint_keep(p, text_add(&piece, words, rule(p)));
    break_lines(p, buf_slice(&piece), at, left);
    paint_raw(p, "\n");
    buf_done(&piece);
}

void paint_paragraph(struct paint *p, size_t indent, const char *label, const char *words)
{
    size_t left = indent + (*label ? LABEL_WIDTH : 0);

    if (!words || !*words)
        return;
    paint_printf(p, "%*s", (int)indent, "");
    if (*label)
        paint_printf(p, "%-*s", LABEL_WIDTH, label);
    paint_words(p, left, left, words);
}
