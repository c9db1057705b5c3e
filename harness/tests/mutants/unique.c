#include "tests/mutants/unique.h"

#include <stdio.h>
#include <strings.h>

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool ends_token(char c)
{
    return blank(c) || c == ';' || c == ',' || c == '>' || c == '\0';
}

/* Behind `name`, blanks, `sign` and blanks: the value; NULL where the text does not begin so. */
static const char *behind(const char *p, const char *name, char sign)
{
    size_t n = strlen(name);

    if (strncasecmp(p, name, n) != 0)
        return NULL;
    for (p += n; *p == ' ' || *p == '\t'; p++)
        ;
    if (*p++ != sign)
        return NULL;
    while (blank(*p) && strncmp(p, "\r\n\r\n", 4) != 0 &&
           (strncmp(p, "\r\n", 2) != 0 || p[2] == ' ' || p[2] == '\t'))
        p++;
    return p;
}

/* The value of an identifier that begins at p; NULL where none does. */
static const char *identifier(const char *p, bool line_start)
{
    static const char *const headers[] = {
        "Call-ID", "i", "Contribution-ID", "Conversation-ID", "Session-ID", "X-Share-ID", NULL};
    static const char *const params[] = {"tag", "branch", "icid-value", NULL};
    const char *value = NULL;

    for (int i = 0; line_start && !value && headers[i]; i++)
        value = behind(p, headers[i], ':');
    for (int i = 0; !value && params[i]; i++)
        value = behind(p, params[i], '=');
    return value;
}

static void make_line(struct line *l, const char *suffix)
{
    struct buf out, text;
    const char *p, *start;

    buf_init(&text, LINE_BYTES_MAX + 1);
    buf_init(&out, 2 * LINE_BYTES_MAX);
    buf_add(&text, buf_slice(&l->text));
    buf_add(&text, (struct slice){"", 1});
    for (p = start = text.p; *p;) {
        bool begins = p == start || p[-1] == '\n';
        const char *value = begins || !ends_token(p[-1]) ? NULL : identifier(p, false);
        const char *end;

        if (begins)
            value = identifier(p, true);
        if (!value) {
            buf_add(&out, (struct slice){p++, 1});
            continue;
        }
        for (end = value + (*value == '"'); *value == '"' ? *end != '"' && *end : !ends_token(*end); end++)
            ;
        buf_add(&out, (struct slice){p, (size_t)(end - p)});
        if (end > value)
            buf_add(&out, slice_of(suffix));
        p = end;
    }
    line_set(l, buf_slice(&out));
    buf_done(&out);
    buf_done(&text);
}

void unique_make(struct script *s, int number)
{
    char suffix[16];

    snprintf(suffix, sizeof suffix, ".%d", number);
    for (int i = 0; i < s->n; i++)
        make_line(&s->line[i], suffix);
}
