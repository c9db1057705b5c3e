#include "tests/mutants/select.h"

#include <errno.h>

struct choice {
    const struct script *script;
    const struct places *places;
    struct slice of;
};

static struct slice next_word(struct slice *rest)
{
    struct slice s = slice_trim(*rest), word = slice_head(s, slice_find(s, ' '));

    *rest = slice_trim(slice_tail(s, word.n));
    return word;
}

/* "3", "2-7", "8,11-14". */
static bool in_list(struct slice list, int number, bool *ret_in)
{
    *ret_in = false;
    while (list.n) {
        size_t comma = slice_find(list, ',');
        struct slice part = slice_trim(slice_head(list, comma));
        size_t dash = slice_find(part, '-');
        uint64_t first, last;

        if (!slice_number(slice_head(part, dash), 9999, &first))
            return false;
        last = first;
        if (dash < part.n && !slice_number(slice_tail(part, dash + 1), 9999, &last))
            return false;
        *ret_in |= number >= (int)first && number <= (int)last;
        list = slice_tail(list, comma + 1);
    }
    return true;
}

static bool at_place(const struct choice *c, const struct endpoint *e, struct slice name, bool *ret)
{
    struct endpoint place;

    if (!place_find(c->places, name, &place))
        return false;
    *ret = addr_eq(&place.addr, &e->addr);
    return true;
}

static bool by_place(const struct choice *c, const struct line *l, struct slice word, struct slice rest,
                     bool *ret)
{
    struct slice one = next_word(&rest), other = next_word(&rest);
    bool from = false, to = false, back = false, back_to = false;

    if (slice_eq(word, SLICE("between"))) {
        if (!at_place(c, &l->src, one, &from) || !at_place(c, &l->dst, other, &to) ||
            !at_place(c, &l->src, other, &back) || !at_place(c, &l->dst, one, &back_to))
            return false;
        *ret = (from && to) || (back && back_to);
        return true;
    }
    if (!at_place(c, &l->src, one, &from) || !at_place(c, &l->dst, one, &to))
        return false;
    *ret = (from && !slice_eq(word, SLICE("to"))) || (to && !slice_eq(word, SLICE("from")));
    return true;
}

/* "INVITE", "INVITE/", "INVITE/200", and a list of numbers behind it. */
static bool by_method(const struct line *l, struct slice word, struct slice list, bool *ret)
{
    size_t slash = slice_find(word, '/');
    uint64_t status = 0;
    bool in = true;

    if (slash + 1 < word.n && !slice_number(slice_tail(word, slash + 1), 999, &status))
        return false;
    if (list.n && !in_list(list, l->number, &in))
        return false;
    *ret = in && slice_eq(slice_head(word, slash), slice_of(l->method)) &&
           (slash == word.n ? l->status == 0
            : status        ? l->status == (int)status
                            : l->status != 0);
    return true;
}

static bool part_takes(const struct choice *c, const struct line *l, struct slice part, bool *ret)
{
    struct slice rest = part, word = next_word(&rest);

    *ret = false;
    if (slice_starts(word, SLICE("="))) {
        *ret = slice_eq(slice_tail(word, 1), slice_of(l->name));
        return true;
    }
    if (slice_eq(word, SLICE("*"))) {
        *ret = true;
        return true;
    }
    if (slice_eq(word, SLICE("to")) || slice_eq(word, SLICE("from")) || slice_eq(word, SLICE("at")) ||
        slice_eq(word, SLICE("between")))
        return by_place(c, l, word, rest, ret);
    if (!slice_eq(c->of, slice_of(l->name)))
        return true;
    if (word.n && word.p[0] >= '0' && word.p[0] <= '9')
        return in_list(part, l->step, ret);
    return by_method(l, word, rest, ret);
}

int select_lines(const struct script *s, const struct places *places, const char *selection, const char *of,
                 bool *chosen)
{
    struct choice c = {s, places, slice_of(of)};
    int n = 0;

    for (int i = 0; i < s->n; i++) {
        struct slice rest = slice_of(selection);

        chosen[i] = false;
        while (rest.n) {
            size_t end = slice_find(rest, ';');
            bool takes;
            if (!part_takes(&c, &s->line[i], slice_trim(slice_head(rest, end)), &takes))
                return -EINVAL;
            chosen[i] |= takes;
            rest = slice_tail(rest, end + 1);
        }
        n += chosen[i];
    }
    return n;
}
