/* A leg: everything under one Call-ID, and what its INVITE and the requests inside its dialogs tell: tags,
 * targets, route set, CSeq (RFC 3261 12.1, 12.2). Slices point into the arena of the session that owns the
 * leg. */
#ifndef CPMSPEC_TRACE_LEG_H
#define CPMSPEC_TRACE_LEG_H

#include "trace/hop.h"

enum { LEG_DIALOGS_MAX = 8 };

/* The two ends of a dialog; the caller sent the INVITE. */
enum dialog_end { DIALOG_CALLER, DIALOG_CALLEE, DIALOG_ENDS };

/* A message that passed many hops, as it was seen the farthest from the caller. */
struct farthest {
    unsigned vias; /* 0: it was not seen */
    role_set from, to;
    struct sighting at;
};

/* Which message a value was taken from. Functions on the way may write it anew, and captures of several hosts
 * do not come in the order of time: of one transaction's messages the one counts that is nearest to whom the
 * value is for, of several transactions the last one. */
struct taken {
    uint32_t cseq;
    unsigned vias; /* 0: none yet */
};

/* One dialog of a leg: a 2xx (or a BYE, where the capture began later) with its own To tag. Slices point into
 * the session's arena; p == NULL where it was not seen. */
struct dialog {
    struct slice tag[DIALOG_ENDS]; /* of each end */
    struct slice
        target[DIALOG_ENDS]; /* URI in the newest Contact of each end: where the other one sends to */
    struct taken asked[DIALOG_ENDS], answered_with[DIALOG_ENDS]; /* the target, in a request, in an answer */
    struct slice route_up;                /* Record-Route values of the 2xx as seen nearest to the caller */
    struct slice route_down;              /* and nearest to the callee */
    struct taken up, down;                /* these two */
    uint32_t cseq[DIALOG_ENDS];           /* highest CSeq number seen of each end's own requests, BYE apart */
    uint32_t begun[DIALOG_ENDS];          /* the same, whenever seen */
    bool early;                           /* a 1xx to the INVITE was seen */
    bool confirmed;                       /* a 2xx to the INVITE was seen */
    bool acked;                           /* an ACK was seen anywhere */
    bool closing;                         /* a BYE was seen */
    struct farthest rang;                 /* the newest 1xx to the INVITE */
    struct farthest answered;             /* the first 2xx to it */
    struct farthest ack;                  /* the first ACK of that one */
    struct slice new_target[DIALOG_ENDS]; /* asked for in a re-INVITE or UPDATE that has no answer yet */
    bool target_moving;                   /* such a one was under way when a BYE came */
};

/* One leg: everything under one Call-ID. Without a B2BUA a session has one. */
struct leg {
    struct session *session;
    struct arena *arena; /* the session's */
    struct slice call_id;
    struct slice caller_tag;    /* From tag of the initial INVITE */
    struct slice from, to;      /* the values of From and To in the initial INVITE */
    struct slice caller_target; /* URI in its Contact, as seen nearest to the callee */
    struct taken invited;       /* that one */
    uint32_t caller_cseq;
    struct slice invite_branch; /* of the Via that the caller put on it */
    bool invite_seen;
    bool closing; /* a BYE was seen */
    bool service; /* the INVITE carried a CPM service identifier */
    bool cut; /* the capture cut messages of the setup off inside their header fields: they count as unseen */
    role_set root; /* who sent the INVITE that was seen with the fewest Vias */
    unsigned root_vias;
    role_set reached;  /* every function that was handed an INVITE of this leg */
    unsigned bye_vias; /* fewest Vias a BYE of this leg was seen with */
    unsigned ndialogs;
    struct dialog *dialog[LEG_DIALOGS_MAX]; /* in the arena */
};

/* Which end of the dialog sent a request with these tags, and which dialog of the leg it is; a dialog that
 * was not seen before is added where `add` says so. NULL where there is none (or no room). */
struct dialog *leg_dialog(struct leg *leg, struct slice from_tag, struct slice to_tag, bool add,
                          enum dialog_end *ret_sender);

/* Takes note of a message of the leg's dialogs other than BYE (INVITE, UPDATE, ACK and their answers). False
 * where memory is out. */
bool leg_note(struct leg *leg, const struct said *said);

#endif
