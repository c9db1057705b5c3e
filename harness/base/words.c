#include "base/words.h"

#include <errno.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Adds one word to the text; the length of what it took of the line. */
static int64_t take_word(struct slice line, struct words *w, size_t *used)
{
    size_t i = 0;
    char quote = '\0';

    w->word[w->n++] = w->text + *used;
    for (; i < line.n && (quote || !is_blank(line.p[i])); i++) {
        char c = line.p[i];
        if (quote ? c == quote : c == '\'' || c == '"')
            quote = quote ? '\0' : c;
        else if (*used + 1 < sizeof w->text)
            w->text[(*used)++] = c;
        else
            return -E2BIG;
    }
    if (*used == sizeof w->text)
        return -E2BIG;
    w->text[(*used)++] = '\0';
    return quote ? -EINVAL : (int64_t)i;
}

int words_split(struct slice line, struct words *ret)
{
    size_t used = 0;

    ret->n = 0;
    for (;;) {
        int64_t took;
        while (line.n && is_blank(*line.p))
            line = slice_tail(line, 1);
        if (line.n == 0)
            break;
        if (ret->n == WORDS_MAX)
            return -E2BIG;
        took = take_word(line, ret, &used);
        if (took < 0)
            return (int)took;
        line = slice_tail(line, (size_t)took);
    }
    ret->word[ret->n] = NULL;
    return ret->n ? 0 : -ENODATA;
}
