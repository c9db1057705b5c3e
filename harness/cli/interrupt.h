/* Ctrl-C and SIGTERM: remembered, so that the verb ends in good order. A second one ends the program at once.
 */
#ifndef CPMSPEC_CLI_INTERRUPT_H
#define CPMSPEC_CLI_INTERRUPT_H

#include <stdbool.h>

/* From here on the two signals are remembered; blocking calls answer EINTR. A pipe whose reader has gone is
 * an error of the write (EPIPE), and no reason to leave the other outputs unwritten. */
void interrupt_watch(void);

bool interrupted(void);

#endif
