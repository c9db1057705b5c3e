#include "cli/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t came;

static void remember(int sig)
{
    (void)sig;
    came = 1;
}

void interrupt_watch(void)
{
    struct sigaction sa = {.sa_handler = remember, .sa_flags = SA_RESETHAND};

    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    signal(SIGPIPE, SIG_IGN);
}

bool interrupted(void)
{
    return came != 0;
}
