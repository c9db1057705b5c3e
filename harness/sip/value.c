#include "sip/value.h"

#include "sip/lex.h"

/* A text without a comma, the usual case, is not looked at byte by byte. */
bool sip_list_next(struct sip_list *l, struct slice *ret)
{
    const char *p = l->rest.p, *end, *comma;

    if (!p)
        return false;
    end = p + l->rest.n;
    comma = memchr(p, ',', l->rest.n);
    if (comma) {
        struct lex_state state = {l->no_quote, l->no_angle};
        comma = lex_find(p, end, ',', ',', ',', &state);
        l->no_quote = state.no_quote;
        l->no_angle = state.no_angle;
    }
    if (!comma || comma == end) {
        l->rest = (struct slice){NULL, 0};
        *ret = lex_trimmed(p, end);
    } else {
        l->rest = lex_slice(comma + 1, end);
        *ret = lex_trimmed(p, comma);
    }
    return true;
}

void sip_values_start(struct sip_values *w, const struct sip_msg *m, enum sip_header id)
{
    *w = (struct sip_values){.msg = m, .id = id, .left = m->first[id] < 0 ? 0 : m->count[id]};
    w->next_field = (uint32_t)m->first[id];
}

/* The next field of the kind; false behind the last. */
static bool next_field(struct sip_values *w)
{
    const struct sip_msg *m = w->msg;

    for (uint32_t i = w->next_field; w->left && i < m->nfields; i++) {
        if (m->field[i].id != w->id)
            continue;
        w->list = (struct sip_list){.rest = sip_field_value(m, &m->field[i])};
        w->next_field = i + 1;
        w->left--;
        return true;
    }
    w->left = 0;
    return false;
}

bool sip_values_next(struct sip_values *w, struct slice *ret)
{
    if (!w->list.rest.p && !next_field(w))
        return false;
    if (sip_header_is_list(w->id))
        return sip_list_next(&w->list, ret);
    *ret = w->list.rest;
    w->list.rest = (struct slice){NULL, 0};
    return true;
}

unsigned sip_values_count(const struct sip_msg *m, enum sip_header id)
{
    struct sip_values w;
    struct slice value;
    unsigned n = 0;

    sip_values_start(&w, m, id);
    while (sip_values_next(&w, &value))
        n++;
    return n;
}

/* The end of the value at p: the next ';' outside a quoted string that begins it. */
static const char *value_end(const char *p, const char *end, bool *no_quote)
{
    const char *semi, *quoted;

    p = lex_skip_space(p, end);
    if (p < end && *p == '"' && !*no_quote) {
        quoted = lex_quoted_end(p, end);
        *no_quote = !quoted;
        p = quoted ? quoted : p;
    }
    semi = p < end ? memchr(p, ';', (size_t)(end - p)) : NULL;
    return semi ? semi : end;
}

bool sip_params_next(struct sip_params *w, struct slice *ret_name, struct slice *ret_value)
{
    const struct slice rest = lex_text(w->rest);
    const char *p = rest.p, *end = p + rest.n;
    const char *stop, *equal;

    while (p < end && (*p == ';' || lex_is_space(*p)))
        p++;
    if (p == end)
        return false;
    for (equal = p; equal < end && *equal != '=' && *equal != ';';)
        equal++;
    stop = equal;
    *ret_name = lex_slice(p, lex_trim_end(p, equal));
    *ret_value = (struct slice){NULL, 0};
    if (equal < end && *equal == '=') {
        stop = value_end(equal + 1, end, &w->no_quote);
        *ret_value = lex_trimmed(equal + 1, stop);
    }
    w->rest = lex_slice(stop, end);
    return true;
}

struct slice sip_unquoted(struct slice text)
{
    if (text.n >= 2 && text.p[0] == '"' && lex_quoted_end(text.p, text.p + text.n) == text.p + text.n)
        return (struct slice){text.p + 1, text.n - 2};
    return text;
}

struct slice sip_param(struct slice params, struct slice name)
{
    struct sip_params walk = {.rest = params};
    struct slice have, value;

    while (sip_params_next(&walk, &have, &value))
        if (slice_ieq(have, name))
            return value.p ? sip_unquoted(value) : slice_tail(have, have.n);
    return (struct slice){NULL, 0};
}

/* The tag where it stands right behind the brackets, `Name <uri>;tag=value`, and nothing is quoted: nearly
 * always. False where it takes a closer look. */
static bool plain_tag(struct slice value, struct slice *ret)
{
    const char *p = value.p, *end, *close, *semi;

    if (!value.n)
        return false;
    end = p + value.n;
    close = *p != '"' ? memchr(p, '>', value.n) : NULL;
    if (!close || end - close < 7 || memcmp(close, ">;tag=", 6) != 0)
        return false;
    if (*p != '<' && (memchr(p, '"', (size_t)(close - p)) || !memchr(p, '<', (size_t)(close - p))))
        return false;
    p = close + 6;
    semi = memchr(p, ';', (size_t)(end - p));
    if (!lex_is(*p, LEX_TOKEN))
        return false;
    *ret = lex_trimmed(p, semi ? semi : end);
    return true;
}

struct slice sip_tag(const struct sip_msg *m, enum sip_header id)
{
    const struct slice value = sip_value(m, id);
    struct sip_nameaddr addr;
    struct slice tag;

    if (plain_tag(value, &tag))
        return tag;
    (void)sip_nameaddr_decode(value, &addr);
    return sip_param(addr.params, SLICE("tag"));
}

/* "2 BYE", the usual form. */
static bool plain_cseq(struct slice value, uint32_t *ret_number, struct slice *ret_method)
{
    enum { DIGITS_SAFE = 9 };
    const char *p = value.p, *end = p + value.n;
    uint32_t number = 0;

    for (; p < end && (unsigned char)*p - (unsigned)'0' <= 9u && p - value.p < DIGITS_SAFE; p++)
        number = number * 10 + (uint32_t)(*p - '0');
    if (p == value.p || end - p < 2 || *p != ' ' || lex_token_end(p + 1, end) != end)
        return false;
    *ret_number = number;
    *ret_method = lex_slice(p + 1, end);
    return true;
}

bool sip_cseq_decode(struct slice value, uint32_t *ret_number, struct slice *ret_method)
{
    struct slice text = slice_trim(lex_text(value));
    const char *p = text.p, *end = p + text.n, *at;
    uint64_t number;
    bool ok;

    if (value.n && plain_cseq(value, ret_number, ret_method))
        return true;
    for (at = p; at < end && !lex_is_space(*at);)
        at++;
    ok = slice_number(lex_slice(p, at), UINT32_MAX, &number);
    if (ok)
        *ret_number = (uint32_t)number;
    /* One word that does not begin with a digit can only be the method. */
    if (at == end && p < end && (unsigned char)*p - (unsigned)'0' > 9u)
        at = p;
    p = lex_skip_space(at, end);
    for (at = p; at < end && !lex_is_space(*at);)
        at++;
    *ret_method = lex_slice(p, at);
    return ok && at == end && lex_is_token(*ret_method);
}

bool sip_cseq(const struct sip_msg *m, uint32_t *ret_number, struct slice *ret_method)
{
    uint32_t number = 0;
    struct slice method;

    if (!sip_cseq_decode(sip_value(m, SIP_CSEQ), &number, &method))
        return false;
    *ret_number = number;
    *ret_method = method;
    return true;
}

bool sip_max_forwards(const struct sip_msg *m, uint32_t *ret)
{
    uint64_t number;

    if (!slice_number(slice_trim(sip_value(m, SIP_MAX_FORWARDS)), UINT32_MAX, &number))
        return false;
    *ret = (uint32_t)number;
    return true;
}
