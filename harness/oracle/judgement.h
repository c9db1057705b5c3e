/* One way under judgement: the way held against the flow, and the findings so far. This is what a rule works
 * on. */
#ifndef CPMSPEC_ORACLE_JUDGEMENT_H
#define CPMSPEC_ORACLE_JUDGEMENT_H

#include "oracle/rule.h"
#include "oracle/way.h"
#include "suite/flow.h"

enum { FINDINGS_MAX = 64, PAIRS_MAX = 2 * WAY_PASSAGES_MAX };

/* A flow and who plays its roles in this profile. */
struct bound_flow {
    const struct flow *flow;
    int function[FLOW_ROLES_MAX]; /* index into the profile's functions, by role */
    role_set clients;             /* functions where a way starts and ends */
};

/* What is known of the capture as a whole, for what it did not show. */
struct evidence {
    bool sees_all;      /* nothing that the functions say can escape it (the private network of a run) */
    uint64_t dropped;   /* frames lost */
    const char *doubt;  /* why the capture cannot be trusted at all; NULL where it can */
    const char *cut;    /* why it ends too early: touches what was not over by then; NULL where it does not */
    nsec_t until;       /* time of the newest frame */
    const nsec_t *ends; /* the same of each source by its index; 0: none of it yet */
    uint32_t nends;     /* for those that are not in it `until` stands */
    nsec_t last_hole;   /* when bytes that could have been SIP were last found lost; 0: never */
    const uint32_t *links; /* which links it showed at all, see trace_links() */
};

/* What a function was handed and what it made of it: two messages of a way, the one the cause of the other.
 */
struct pair {
    const struct hop *in, *out;
    const struct passage *before,
        *after; /* of the request (in, out); of the reply the same, in the reply's order */
    bool reply;
    bool b2bua;    /* between two dialogs */
    unsigned hops; /* by how many Vias they differ, as far as is known: 1 for a single proxy */
    int step;      /* number of the step that `out` is; 0 for none */
};

/* Groups of findings with one cause. A gap in the request's way is a group of its own: the number of its
 * first step. */
enum { GROUP_NONE = 0, GROUP_DUPLICATE = FLOW_STEPS_MAX + 1, GROUP_REPLY };

struct judgement {
    const struct session *session;
    struct way *way;
    const struct bound_flow *bound;
    const struct profile *profile;
    const struct evidence *evidence;
    struct arena *arena;
    int first_step; /* index of the step that the way starts with: 0, or later where the network closed */
    bool inside[FLOW_STEPS_MAX]; /* the step runs within one server */
    int passage[FLOW_STEPS_MAX]; /* index of the passage that fulfils a request step; -1 */
    unsigned npairs;
    struct pair pair[PAIRS_MAX];
    int nfindings;
    struct finding finding[FINDINGS_MAX];
    int rank[FINDINGS_MAX];  /* place of the finding along the way: requests up, then replies down */
    int group[FINDINGS_MAX]; /* findings of one group have one cause, the first of them; 0: stands alone */
    int undelivered;         /* the group of the gap that the request did not come over; 0 where it arrived */
    int disorder;            /* number of the first step that was taken out of order; 0: none was */
};

/* Holds the way against the flow; `j` has session, way, bound, profile, evidence and arena set. */
void judgement_prepare(struct judgement *j);

/* Index of the reply's step for the request's step at index i. */
int judgement_reply_step(const struct judgement *j, int i);

/* The number of the step that a passage's request (or reply) is; 0 where it is none. */
int judgement_step(const struct judgement *j, const struct passage *p, bool reply);

/* Whether the link that a step runs over would have shown it: it was seen to carry other messages. */
bool judgement_visible(const struct judgement *j, int from_function, int to_function);

/* Whether the capture cut a message of the session off inside its header fields: what is found then is found
 * in parts of messages, and neither fails nor passes. */
bool judgement_cut_short(const struct judgement *j);

/* Why the session cannot have been seen whole, whatever was seen of it: NULL where it can. */
const char *judgement_hole(const struct judgement *j);

/* Whether a capture that showed something of the closing ends within `time` of that. */
bool judgement_ends_within(const struct judgement *j, nsec_t time);

/* Whether what is missing could yet have come, or have come unseen: NULL where not, else the reason. */
const char *judgement_doubt(const struct judgement *j);

/* printf into the judgement's memory; "" where that is out. */
const char *judgement_text(struct judgement *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Whether a passage's request is its sender's own: the closing client's, or that of a B2BUA in its next
 * dialog. Its step, also where the network closed and the passage is none of the flow's first. */
bool judgement_own(const struct passage *p);
int judgement_own_step(const struct judgement *j, const struct passage *p);

/* Name of who is at an end of a passage: the step's role where it fulfils one, else the function, else the
 * address. */
const char *judgement_from(struct judgement *j, const struct passage *p);
const char *judgement_to(struct judgement *j, const struct passage *p);
const char *judgement_sender(struct judgement *j, const struct hop *h);
const char *judgement_receiver(struct judgement *j, const struct hop *h);
const char *judgement_function(const struct judgement *j, int role);

/* The function between `in` and `out` of a pair. */
const char *judgement_maker(struct judgement *j, const struct pair *p);

/* Adds a finding of `rule`; its clause is the rule's. NULL where there are too many already. */
struct finding *judgement_find(struct judgement *j, const struct rule *rule, int step, const char *expected,
                               const char *observed);
/* The same for what a function made of what it was handed; names the frames of both. */
void judgement_find_pair(struct judgement *j, const struct rule *rule, const struct pair *p,
                         const char *expected, const char *observed);
/* The same for a break of the flow itself: the clause is the flow's step. Of a group the finding that comes
 * first on the way is the cause, the others hang under it. */
struct finding *judgement_find_flow(struct judgement *j, const struct rule *rule, int group, int step,
                                    const char *expected, const char *observed);
/* The group of a gap that begins at a step: once a step was out of order, whatever is amiss behind it follows
 * from that. */
int judgement_gap_group(const struct judgement *j, int step);
/* Puts a finding that was just added into a group. */
void judgement_hang(struct judgement *j, int group);
/* A break that something unseen could explain: where not all was seen it is none, only unclear. `f` may be
 * NULL. */
void judgement_weigh(struct judgement *j, struct finding *f);
/* Names a frame in a finding; f and h may be NULL. */
void finding_show(struct finding *f, const struct hop *h);
void finding_show_at(struct finding *f, const struct sighting *at);

#endif
