/* The source behind capture files and streams: tells the format by its first bytes and reads it with the
 * reader for that format. Used through source.h. */
#ifndef CPMSPEC_WIRE_CAPFILE_H
#define CPMSPEC_WIRE_CAPFILE_H

#include "wire/source.h"

/* Owns `fd` from here on, on failure too. -ENOMEM. */
int capfile_open(int fd, const char *name, uint32_t index, struct source **ret);

#endif
