/* WebSocket messages out of one direction of a stream (RFC 6455 5), after the handshake. Keeps no state: a
 * message is shown when all its frames are there. */
#ifndef CPMSPEC_WIRE_WS_H
#define CPMSPEC_WIRE_WS_H

#include "base/buf.h"

enum ws_result {
    WS_MESSAGE, /* *ret_used bytes are done with; the message's are in `out` */
    WS_NOTHING, /* *ret_used bytes are done with: control frames, or a message that cannot be read */
    WS_MORE,    /* the message goes on beyond these bytes */
    WS_BAD,     /* no frame begins here */
    WS_NO_MEMORY,
};

/* Takes the next message off the beginning of `in` and unmasks it into `out`, which is emptied first. A
 * message that was compressed (RFC 7692) or is longer than the limit of `out` is WS_NOTHING, with *ret_lost.
 */
enum ws_result ws_next(struct slice in, struct buf *out, size_t *ret_used, bool *ret_lost);

/* Whether bytes from the middle of a stream begin with a frame that carries SIP. */
bool ws_begins_sip(struct slice in);

/* Whether the header part of an HTTP message (up to and with its blank line) is a handshake's request or its
 * answer (RFC 6455 4). */
bool ws_is_handshake(struct slice head);

#endif
