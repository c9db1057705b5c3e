/* One message said by hand: scanned, with where and when it was seen. */
#ifndef CPMSPEC_TESTS_SAYING_H
#define CPMSPEC_TESTS_SAYING_H

#include "tests/test.h"
#include "trace/hop.h"

struct saying {
    struct sip_msg msg;
    struct sip_field table[SIP_FIELDS_MAX];
    struct payload payload;
    struct said said;
};

/* `text` is borrowed; time in milliseconds. Functions: bit 0 says it to bit 1. */
static inline struct said *saying(struct saying *s, const char *text, const char *src, const char *dst,
                                  int ms)
{
    size_t used;

    memset(s, 0, sizeof *s);
    CU_ASSERT_EQUAL_FATAL(sip_scan(&s->msg, s->table, slice_of(text), SIP_DATAGRAM, &used), SIP_SCAN_OK);
    s->payload = (struct payload){.bytes = slice_of(text),
                                  .time = ms * NSEC_PER_MSEC,
                                  .frame = (uint64_t)ms + 1,
                                  .transport = TRANSPORT_UDP};
    CU_ASSERT_TRUE_FATAL(addr_parse(slice_of(src), &s->payload.src.addr) &&
                         addr_parse(slice_of(dst), &s->payload.dst.addr));
    s->payload.src.port = s->payload.dst.port = 5060;
    s->said = (struct said){.msg = &s->msg, .payload = &s->payload, .from = 1, .to = 2};
    said_about(&s->said);
    return &s->said;
}

/* By another capture point, with a clock of its own. */
static inline struct said *seen_from(struct saying *s, uint32_t source)
{
    s->payload.source = s->said.clock = source;
    return &s->said;
}

#endif
