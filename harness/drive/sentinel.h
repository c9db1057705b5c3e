/* Sentinels: bytes that nobody else knows, sent where a capture must see them. What was captured between two
 * that came through is all that there was to capture. Every call sends once and waits for nothing that lies
 * outside this machine. 0, or a negative errno. */
#ifndef CPMSPEC_DRIVE_SENTINEL_H
#define CPMSPEC_DRIVE_SENTINEL_H

#include "suite/profile.h"

/* The discard port (RFC 863): where sentinels are sent to on the wire. */
enum { SENTINEL_PORT = 9, SENTINEL_BYTES = 40, SENTINEL_SECRET = 16 };

/* The number `n` of a series; `secret` is in all of them and is the series' own. */
void sentinel_make(const uint8_t secret[SENTINEL_SECRET], uint64_t n, char ret[SENTINEL_BYTES]);

/* Over that very interface ("any": over the loopback, which it sees, too). */
int sentinel_over_interface(const char *name, struct slice sentinel);

/* To the address of every node, for a capture that is somewhere near one of them. */
int sentinel_to_nodes(const struct profile *p, struct slice sentinel);

/* In a HEP packet to a HEP listener of ours, as functions report to it: "udp:127.0.0.1:9060". */
int sentinel_by_hep(const char *place, struct slice sentinel);

#endif
