/* Every frame that the wire was given has become something, and a sink that reads every byte it is shown. */
#ifndef CPMSPEC_TESTS_FUZZ_OUTCOMES_H
#define CPMSPEC_TESTS_FUZZ_OUTCOMES_H

#include "tests/fuzz/must.h"
#include "wire/wire.h"

struct reading {
    unsigned sum;
    unsigned calls;
};

static inline int64_t read_all(void *ctx, const struct payload *p)
{
    struct reading *r = ctx;

    MUST(p->bytes.n == 0 || p->bytes.p);
    MUST(p->transport < TRANSPORT_COUNT);
    MUST(p->time >= 0);
    for (size_t i = 0; i < p->bytes.n; i++)
        r->sum += (uint8_t)p->bytes.p[i];
    r->calls++;
    return r->calls % 3 ? (int64_t)p->bytes.n : (int64_t)p->bytes.n / 2;
}

static inline void check_outcomes(struct wire *w)
{
    uint64_t sum = 0;

    MUST(wire_flush(w) == 0);
    for (int i = 0; i < WIRE_OUTCOMES; i++)
        sum += wire_count(w, i);
    MUST(sum == wire_frames(w));
}

/* Bounds so narrow that they are met. */
static inline struct wire *narrow_wire(struct reading *r)
{
    struct wire_options o = {.connections = 8,
                             .stream_bytes = 2000,
                             .streams_bytes = 6000,
                             .fragmented = 4,
                             .fragmented_bytes = 100000,
                             .remembered = 16,
                             .associations = 4,
                             .tls_read = true,
                             .hep_inside = true};
    struct wire *w;

    MUST(wire_new(&o, (struct payload_sink){read_all, r}, &w) == 0);
    return w;
}

#endif
