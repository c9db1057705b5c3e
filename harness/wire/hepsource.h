/* A source that SIP servers send their HEP reports to, over UDP or TCP. Each frame is one HEP packet in a
 * datagram from its sender to us (link type LINK_HEP3), stamped when it arrived. */
#ifndef CPMSPEC_WIRE_HEPSOURCE_H
#define CPMSPEC_WIRE_HEPSOURCE_H

#include "base/addr.h"
#include "wire/source.h"

enum { HEP_CONNECTIONS_MAX = 64, HEP_PORT = 9060 };

/* Listens at "udp:127.0.0.1:9060" or "tcp:[::1]:9060"; without a port at 9060, with port 0 at one that the
 * system chooses (see hep_source_port). Never ends by itself: source_next answers -EAGAIN where nothing is
 * there, source_fd can be polled. More than HEP_CONNECTIONS_MAX connections at a time are refused, and
 * counted in source_dropped. A connection that sends what is not HEP is closed; the bytes come as a frame, so
 * that they are counted. -EINVAL for a text that is no such place, -EADDRINUSE, -EADDRNOTAVAIL, … */
int hep_source_open(const char *where, uint32_t index, struct source **ret, struct error *err);

/* Takes such a place apart. False where it is none. */
bool hep_place(struct slice text, bool *ret_tcp, struct endpoint *ret);

/* Makes of where we listen where somebody on this machine reaches us: of every address the loopback's. */
void hep_reach(struct endpoint *e);

/* The port it listens at. `s` is one that hep_source_open made. */
uint16_t hep_source_port(const struct source *s);

#endif
