/* Text of outside origin, made fit to be shown: names in messages may hold any byte. */
#ifndef CPMSPEC_REPORT_TEXT_H
#define CPMSPEC_REPORT_TEXT_H

#include "base/buf.h"
#include "base/clock.h"

/* A longer piece of text is cut there, and ends with "…". */
enum { TEXT_MAX = 16384 };

enum text_rule {
    TEXT_UTF8,  /* valid UTF-8; bytes that are not become \xNN */
    TEXT_LINES, /* besides: control characters other than LF and TAB become \xNN, and so do those that
                   change the direction of writing or that XML 1.0 forbids (as \u{NNNN}) */
    TEXT_LINE,  /* besides: LF and TAB become a space: one line */
    TEXT_ASCII, /* besides: what is not ASCII becomes '?' */
};

/* Appends `text` (NULL counts as empty) by the rule. 0, -ENOMEM or -ENOBUFS as buf_add. */
int text_add(struct buf *out, const char *text, enum text_rule rule);

/* How many columns valid UTF-8 takes, one per character. */
size_t text_columns(struct slice s);

enum { TEXT_TIME = 40 };

/* "2026-01-31T12:34:56.123456Z", always UTC; "" for 0. Returns `out`. */
const char *text_time(nsec_t t, char out[TEXT_TIME]);

/* Seconds with three decimals, never negative: "0.042". Returns `out`. */
const char *text_seconds(nsec_t t, char out[TEXT_TIME]);

#endif
