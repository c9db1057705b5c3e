/* The SIP messages that tests share: files of the corpus, read whole. Tests run in the project's folder. */
#ifndef CPMSPEC_TESTS_SIP_FILES_H
#define CPMSPEC_TESTS_SIP_FILES_H

#include "base/slice.h"

#include <stdio.h>

#define SIP_CORPUS  "harness/tests/corpus/sip/"
#define SIP_CAPTURE "harness/tests/captures/close-udp.pcap"

enum { SIP_CORPUS_FILES = 46 };

/* The file whose name is `name`, into `room`; n == 0 where it cannot be read whole. */
static inline struct slice sip_file(const char *name, char *room, size_t size)
{
    char path[512];
    FILE *f;
    size_t n;

    snprintf(path, sizeof path, SIP_CORPUS "%s", name);
    f = fopen(path, "rb");
    if (!f)
        return (struct slice){room, 0};
    n = fread(room, 1, size, f);
    fclose(f);
    return (struct slice){room, n < size ? n : 0};
}

#endif
