/* What a pcapng file says at its end of frames that were lost. Capture programs write their statistics behind
 * the last packet: whoever judges as it reads would learn too late that what is missing may be missing in the
 * capture alone. */
#ifndef CPMSPEC_WIRE_PCAPNGTAIL_H
#define CPMSPEC_WIRE_PCAPNGTAIL_H

#include <stdint.h>

/* By the statistics blocks behind the last packet, of every interface the latest. 0 where there are none, and
 * where that cannot be known ahead: not a regular file, not pcapng, compressed. Leaves the file's offset as
 * it is. */
uint64_t pcapng_tail_dropped(int fd);

#endif
