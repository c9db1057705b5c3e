#include "tests/mutants/mixture.h"

#include <stdio.h>

void mixture_add(struct script *mixture, const struct specimen *s, int nth)
{
    int first = mixture->n;
    nsec_t begin = INT64_MAX, target = 1700000000 * NSEC_PER_SEC + nth * (3 * NSEC_PER_MSEC + 1717);

    script_append(mixture, &s->script);
    for (int i = first; i < mixture->n; i++)
        if (mixture->line[i].time < begin)
            begin = mixture->line[i].time;
    for (int i = first; i < mixture->n; i++)
        mixture->line[i].time += target - begin;
}

static bool same(const struct said_result *a, const struct said_result *b)
{
    return strcmp(a->call_id, b->call_id) == 0 && strcmp(a->closer, b->closer) == 0 &&
           strcmp(a->verdict, b->verdict) == 0 && strcmp(a->rule, b->rule) == 0 && a->step == b->step;
}

static void print_other(const struct outcome *mixture, const struct said_result *alone, const char *name)
{
    char text[120];

    printf("NOT SO  %s in the mixture: alone it is %s (%s)", name, outcome_text(alone, text, sizeof text),
           alone->closer);
    for (int i = 0; i < mixture->n; i++)
        if (strcmp(mixture->result[i].call_id, alone->call_id) == 0)
            printf("; there %s (%s): %.200s", outcome_text(&mixture->result[i], text, sizeof text),
                   mixture->result[i].closer, mixture->result[i].reason);
    printf("\n");
}

int mixture_agrees(const struct outcome *mixture, const struct outcome *alone, const char *name)
{
    int n = 0;

    for (int i = 0; i < alone->n; i++) {
        bool found = false;
        for (int k = 0; k < mixture->n && !found; k++)
            found = same(&mixture->result[k], &alone->result[i]);
        n += found;
        if (!found)
            print_other(mixture, &alone->result[i], name);
    }
    return n;
}
