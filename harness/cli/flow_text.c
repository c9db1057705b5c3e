#include "cli/flow_text.h"

#include <stdio.h>

enum { MARGIN = 6, LANE = 14, LINE = MARGIN + FLOW_ROLES_MAX * LANE + ROLE_NAME_MAX + 1 };

static int lane(int role)
{
    return MARGIN + LANE / 2 + role * LANE;
}

/* Writes `text` so that its middle is at the column. */
static void centre(char line[LINE], int column, const char *text)
{
    int n = (int)strlen(text), at = column - n / 2;

    if (at < 0)
        at = 0;
    if (at + n > LINE - 1)
        n = LINE - 1 - at;
    memcpy(line + at, text, (size_t)n);
}

static int put(struct buf *out, char line[LINE])
{
    int n = LINE - 1;

    while (n > 0 && line[n - 1] == ' ')
        n--;
    line[n] = '\0';
    return buf_printf(out, "%s\n", line);
}

static void lanes(const struct flow *f, char line[LINE])
{
    memset(line, ' ', LINE - 1);
    for (int i = 0; i < f->nroles; i++)
        line[lane(i)] = '|';
}

static void arrow(const struct flow *f, const struct flow_step *s, char line[LINE])
{
    int from = lane(s->from), to = lane(s->to), left = from < to ? from : to, right = from < to ? to : from;
    const char *word = s->response ? f->reply : f->request;
    char number[16], label[sizeof f->request + 2];

    memset(line + left + 1, s->response ? '.' : '-', (size_t)(right - left - 1));
    line[from < to ? right - 1 : left + 1] = from < to ? '>' : '<';
    snprintf(label, sizeof label, " %s ", word);
    centre(line, left + LANE / 2 + 1, label);
    snprintf(number, sizeof number, "%4d", s->number);
    memcpy(line, number, 4);
}

int flow_text_ladder(const struct flow *f, struct buf *out)
{
    char line[LINE];
    int r;

    memset(line, ' ', LINE - 1);
    for (int i = 0; i < f->nroles; i++)
        centre(line, lane(i), f->role[i].name);
    if ((r = put(out, line)) < 0)
        return r;
    for (int i = 0; i < f->nsteps; i++) {
        lanes(f, line);
        arrow(f, &f->step[i], line);
        if ((r = put(out, line)) < 0)
            return r;
    }
    return 0;
}
