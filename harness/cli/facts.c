#include "cli/facts.h"

static void add_reason(struct capture_facts *sum, const char *name, uint64_t count)
{
    int i = 0;

    while (i < sum->nreasons && strcmp(sum->reason[i].name, name) != 0)
        i++;
    if (i == REASONS_MAX)
        i--;
    else if (i == sum->nreasons)
        sum->reason[sum->nreasons++].name = name;
    sum->reason[i].count += count;
}

void facts_add(struct capture_facts *sum, const struct capture_facts *more)
{
    sum->frames += more->frames;
    sum->sip_messages += more->sip_messages;
    sum->duplicate_frames += more->duplicate_frames;
    sum->malformed += more->malformed;
    sum->dropped += more->dropped;
    sum->open_sessions += more->open_sessions;
    for (int i = 0; i < more->nreasons; i++)
        add_reason(sum, more->reason[i].name, more->reason[i].count);
}
