/* What a fuzz target insists on. */
#ifndef CPMSPEC_TESTS_FUZZ_MUST_H
#define CPMSPEC_TESTS_FUZZ_MUST_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            abort();                                                                                         \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A script's next byte; 0 past its end. */
struct script {
    const uint8_t *p;
    size_t n;
};

static inline uint8_t script_byte(struct script *s)
{
    if (s->n == 0)
        return 0;
    s->n--;
    return *s->p++;
}

static inline uint16_t script_u16(struct script *s)
{
    uint16_t high = script_byte(s);

    return (uint16_t)(high << 8 | script_byte(s));
}

#endif
