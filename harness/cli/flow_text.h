/* A flow as a ladder of text: a lane for each role, an arrow for each step. */
#ifndef CPMSPEC_CLI_FLOW_TEXT_H
#define CPMSPEC_CLI_FLOW_TEXT_H

#include "base/buf.h"
#include "suite/flow.h"

/* Lines end in LF; only ASCII. 0, or as buf_add. */
int flow_text_ladder(const struct flow *f, struct buf *out);

#endif
