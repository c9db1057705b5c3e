/* The result as a person reads it: the ladder with each step ticked, the findings with their proof, the
 * verdict. Terminal and JUnit share it. Nothing is wider than the style says where words can be broken. */
#ifndef CPMSPEC_REPORT_STORY_H
#define CPMSPEC_REPORT_STORY_H

#include "base/buf.h"
#include "oracle/result.h"

struct style {
    bool utf8;   /* else plain ASCII */
    bool colour; /* ANSI sequences */
    int width;   /* columns; 0: 100 */
};

/* Bytes that one story may take; ladders and findings past it are cut with a line that says so. */
enum { STORY_MAX = 1 << 20 };

/* All of it. `out` needs a limit of STORY_MAX or more to hold any story. 0, -ENOMEM; -ENOBUFS where the
 * limit of `out` was met (what is there is whole lines). */
int story_add(struct buf *out, const struct style *style, const struct summary *s, const struct result *r);

/* Its head alone, one line: "✗ session-3  fail  client-a closes  path.missing at step 2  Call-ID 7@a"; the
 * Call-ID where it is wanted. */
int story_add_line(struct buf *out, const struct style *style, const struct result *r, bool call_id);

/* One sentence without line breaks: the causes, each with expected, observed, clause and frames. */
int story_add_sentence(struct buf *out, const struct result *r);

/* The command that shows a finding's frames of one capture: "tshark -r 'a.pcap' -Y 'frame.number in {29,
 * 30}'". `s` names the capture (may be NULL: then the command names none). */
int story_add_command(struct buf *out, const struct summary *s, const struct finding *f, uint32_t source);

/* Whether the finding's frame i is the first of its capture: each capture has one command. */
bool story_first_of_source(const struct finding *f, int i);

/* A word in the colour of the verdict; upper case is the caller's choice. */
int story_add_verdict(struct buf *out, const struct style *style, enum verdict v, const char *word);

#endif
