#include "base/clock.h"

#include <time.h>

static nsec_t now(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts); /* cannot fail for the two clocks that are asked for */
    return (nsec_t)ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

nsec_t clock_monotonic(void)
{
    return now(CLOCK_MONOTONIC);
}

nsec_t clock_realtime(void)
{
    return now(CLOCK_REALTIME);
}
