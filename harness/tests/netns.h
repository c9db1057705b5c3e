/* A network of the test's own, with nothing in it but a loopback interface that is up. */
#ifndef CPMSPEC_TESTS_NETNS_H
#define CPMSPEC_TESTS_NETNS_H

#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Moves this process into it, as root or as anybody; false where the kernel forbids that. */
static inline bool netns_enter(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    int fd;
    bool up;

    if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
        return false;
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    request.ifr_flags = IFF_UP;
    up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    close(fd);
    return up;
}

#endif
