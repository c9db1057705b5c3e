/* What became of the header fields of a message from one hop to the next (RFC 3261 16.6, 16.7, 7.3.1).
 * Header fields are compared by name, in any form of it: the order of the values of one name counts, the
 * order of different names does not, and values in one line, separated by commas, are the same as values in
 * lines of their own. Values are compared with sip_value_eq. */
#ifndef CPMSPEC_SIP_DIFF_H
#define CPMSPEC_SIP_DIFF_H

#include "sip/msg.h"

enum sip_diff_kind {
    SIP_SAME,
    SIP_DROPPED, /* a value is gone */
    SIP_ADDED,   /* a value has come */
    SIP_CHANGED, /* a value is another */
};

struct sip_diff {
    enum sip_diff_kind kind;
    struct slice name;          /* the header's long name, or as it is written */
    struct slice before, after; /* the first value that differs; p == NULL where it is not there */
};

/* A set of header kinds; SIP_OTHER stands for all unknown ones. */
typedef uint32_t sip_header_set;

#define SIP_SET(id) ((sip_header_set)1 << (id))

/* The headers that a proxy itself writes, or that depend on the hop. */
#define SIP_SET_HOP                                                                                          \
    (SIP_SET(SIP_VIA) | SIP_SET(SIP_ROUTE) | SIP_SET(SIP_RECORD_ROUTE) | SIP_SET(SIP_MAX_FORWARDS) |         \
     SIP_SET(SIP_CONTENT_LENGTH))

/* A walk over the headers that differ. */
struct sip_diff_walk {
    const struct sip_msg *before, *after;
    sip_header_set ignore;
    uint32_t next_before, next_after;
    bool incomplete; /* a table had no room for all fields: what it does not hold whole is not compared */
};

/* Begins a walk that passes over the headers in `ignore`. The messages must outlive it. */
void sip_diff_start(struct sip_diff_walk *w, const struct sip_msg *before, const struct sip_msg *after,
                    sip_header_set ignore);

/* The next header that differs, each name once: those of `before` in its order, then those that only `after`
 * has. False, and *ret untouched, where there is none left. */
bool sip_diff_next(struct sip_diff_walk *w, struct sip_diff *ret);

/* The first of them; SIP_SAME, and *ret untouched, where there is none. */
enum sip_diff_kind sip_diff_first(const struct sip_msg *before, const struct sip_msg *after,
                                  sip_header_set ignore, struct sip_diff *ret);

/* Whether all values of one known header are the same, in the same order, in both messages. */
bool sip_header_eq(const struct sip_msg *a, const struct sip_msg *b, enum sip_header id);

#endif
