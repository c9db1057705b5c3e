/* Time is a signed count of nanoseconds: since 1970 in captures (CLOCK_REALTIME), since boot for deadlines.
 */
#ifndef CPMSPEC_BASE_CLOCK_H
#define CPMSPEC_BASE_CLOCK_H

#include <stdint.h>

typedef int64_t nsec_t;

#define NSEC_PER_USEC ((nsec_t)1000)
#define NSEC_PER_MSEC ((nsec_t)1000000)
#define NSEC_PER_SEC  ((nsec_t)1000000000)

nsec_t clock_monotonic(void);
nsec_t clock_realtime(void);

#endif
