/* A source that captures from an interface, or from all of them, by libpcap. */
#ifndef CPMSPEC_WIRE_LIVE_H
#define CPMSPEC_WIRE_LIVE_H

#include "wire/source.h"

struct live_options {
    size_t buffer_bytes; /* of the kernel's buffer; 0: 16 MiB */
    bool promiscuous;    /* see frames for others, too: at a mirror port */
};

/* Begins to capture on `interface` ("eth0"; "any" for all). Non-blocking: source_next answers -EAGAIN where
 * there is nothing, and source_fd can be polled. `options` may be NULL. -EPERM without the right to capture,
 * -ENODEV without the interface. source_dropped asks the kernel. */
int live_open(const char *interface, uint32_t index, const struct live_options *options, struct source **ret,
              struct error *err);

#endif
