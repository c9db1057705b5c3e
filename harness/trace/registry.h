/* The sessions that are open: found by Call-ID, joined across B2BUAs, retired when they are over. */
#ifndef CPMSPEC_TRACE_REGISTRY_H
#define CPMSPEC_TRACE_REGISTRY_H

#include "trace/trace.h"

struct registry;

int registry_new(const struct trace_config *config, struct session_sink sink, struct trace_counts *counts,
                 struct registry **ret);
void registry_free(struct registry *r);

/* Puts a message where it belongs. 0, -ENOMEM, or what the sink answered. */
int registry_say(struct registry *r, struct said *said);

/* Hands over every session that saw a BYE, drops and counts the others. */
int registry_end(struct registry *r);

#endif
