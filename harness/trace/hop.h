/* A hop: one SIP message as it went from one node to another, with the frames that show it. What is kept of a
 * message (bytes, field table, decoded Vias) lives in the arena of its session. */
#ifndef CPMSPEC_TRACE_HOP_H
#define CPMSPEC_TRACE_HOP_H

#include "base/arena.h"
#include "sip/msg.h"
#include "sip/value.h"
#include "suite/profile.h"
#include "wire/payload.h"

/* One sighting: where and when a frame showed it. */
struct sighting {
    nsec_t time;
    uint64_t frame;
    uint32_t source;
    uint32_t clock; /* whose times can be compared: a capture point's, or a reporter's (HEP) */
    nsec_t stamp;   /* of a report: what the reporter's clock said; 0 where there is none */
};

enum { HOP_REPEATS_MAX = 16, HOP_ELSEWHERE_MAX = 8, HOP_VIAS_MAX = 64 };

struct hop {
    struct sip_msg msg;
    struct endpoint src, dst;
    role_set from, to; /* who owns the two ends; 0 for a stranger */
    enum transport transport;
    struct sighting first;      /* of the message itself */
    uint32_t nrepeats;          /* retransmissions seen from the same place (may exceed the table) */
    struct sighting *repeat;    /* the first HOP_REPEATS_MAX of them */
    uint32_t nelsewhere;        /* the same message seen by further capture points: no retransmission */
    struct sighting *elsewhere; /* the first HOP_ELSEWHERE_MAX of these */
    bool repeat_differs;        /* a "retransmission" was not the same message again */

    unsigned nvias; /* 0 where there is none */
    const struct sip_via *const
        *via;      /* top first; HOP_VIAS_MAX at most. Hops share those with the same text */
    uint32_t cseq; /* valid where cseq_ok */
    bool cseq_ok;
    struct slice call_id, from_tag, to_tag;
};

/* A message and how it came, before anything of it is kept. */
struct said {
    const struct sip_msg *msg;
    const struct payload *payload;
    role_set from, to;
    uint32_t clock;                /* see struct sighting */
    bool again;                    /* another capture point has shown it: it is no message of its own */
    struct slice from_tag, to_tag; /* see said_about() */
};

/* Fills in what tells the message's dialog from others. */
void said_about(struct said *said);

/* Where and when it was. */
struct sighting said_where(const struct said *said);

/* The branch of the top Via; p == NULL where there is none. Decoded on demand: few messages are asked. */
struct slice said_branch(const struct said *said);

/* The values of Via as written, top first; HOP_VIAS_MAX at most. */
struct via_texts {
    unsigned n;
    struct slice text[HOP_VIAS_MAX];
};

void said_vias(const struct said *said, struct via_texts *ret);

/* Copies what is said into the arena. `before` is a hop in the same arena whose Vias may well be the same
 * from the bottom up, or NULL. NULL where memory is out. */
struct hop *hop_keep(struct arena *arena, const struct said *said, const struct via_texts *vias,
                     const struct hop *before);

/* The top Via's branch; p == NULL where there is none. */
struct slice hop_branch(const struct hop *h);

/* Whether `said`, with that branch, is this hop's message once more: same ends, same transaction, same method
 * or status (a response is the same whatever its reason phrase). RFC 3261 17.2.3, 17.1.3. */
bool hop_same(const struct hop *h, const struct said *said, struct slice branch);

/* Counts a message that is `hop_same`: as a retransmission, or as another capture point's view of one. False
 * where memory is out. */
bool hop_repeat(struct arena *arena, struct hop *h, const struct said *said);

/* The time between two sightings by one clock. A report comes with two times, the reporter's and ours: the
 * shorter and the longer of what they say. */
void sighting_gap(const struct sighting *from, const struct sighting *to, nsec_t *ret_shorter,
                  nsec_t *ret_longer);

/* Order in time, where one clock has seen both messages: different clocks are never compared. */
enum hop_order { HOP_BEFORE, HOP_AFTER, HOP_UNORDERED };
enum hop_order hop_order(const struct hop *a, const struct hop *b);

/* Whether the clock of `at` had seen the message before. */
bool hop_seen_before(const struct hop *h, const struct sighting *at);

static inline bool hop_before(const struct hop *a, const struct hop *b)
{
    return hop_order(a, b) == HOP_BEFORE;
}

static inline bool hop_is_reply(const struct hop *h)
{
    return h->msg.status != 0;
}

#endif
