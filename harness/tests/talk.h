/* SIP as a conformant network says it, made for tests: every message of a session on every hop, to be spoiled
 * at will. Times, addresses and texts are plain fields; nothing is sent. */
#ifndef CPMSPEC_TESTS_TALK_H
#define CPMSPEC_TESTS_TALK_H

#include "base/buf.h"
#include "wire/payload.h"

enum { TALK_NODES_MAX = 16, TALK_MESSAGES_MAX = 4096 };

struct talk_message {
    nsec_t time;
    struct endpoint src, dst;
    enum transport transport;
    uint32_t source;
    uint32_t reporter; /* of a HEP report; else 0 */
    nsec_t stamp;
    bool again; /* as another capture point saw it */
    int hop;    /* 0 for the first */
    bool reply;
    char method[12];
    bool gone;  /* dropped: not fed */
    size_t cut; /* so many bytes of it were kept; 0: all */
    struct buf text;
};

struct talk {
    int n;
    struct talk_message message[TALK_MESSAGES_MAX];
    nsec_t now;  /* time of the next message */
    nsec_t step; /* between two messages */
};

/* Who speaks with whom: the nodes from caller to callee, as addresses ("127.0.10.1"); port 5060. */
struct talk_session {
    const char *node[TALK_NODES_MAX];
    int nnodes;
    unsigned number; /* makes Call-ID, tags and branches unique */
    enum transport transport;
    const char *more; /* further header lines of the INVITE, "" for none */
};

void talk_init(struct talk *t);
void talk_done(struct talk *t);

/* The session of the default profile: client-a ... client-b over all functions. */
struct talk_session talk_default(unsigned number);

/* INVITE, 100, 200, ACK over all hops. */
void talk_setup(struct talk *t, const struct talk_session *s);
/* BYE and 200 over all hops; by the callee where `callee` says so. Returns the index of the first BYE: the
 * BYE over hop k is message[i + k]; its answer message[i + 2 * hops - 1 - k]. */
int talk_close(struct talk *t, const struct talk_session *s, bool callee, unsigned cseq);

/* Replaces the first `from` in a message; false where it is not there. */
bool talk_edit(struct talk_message *m, const char *from, const char *to);
/* Takes the whole line out that begins with `name`. */
bool talk_cut_line(struct talk_message *m, const char *name);
/* Says a message again, `after` later than all others. Returns its index. */
int talk_repeat(struct talk *t, int at, nsec_t after);

/* Feeds all messages in the order of their times to a payload sink; frame numbers count from 1 in that order.
 * 0, or what the sink answered. */
int talk_feed(struct talk *t, struct payload_sink sink);

#endif
