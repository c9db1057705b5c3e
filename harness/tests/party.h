/* Small programs for tests of what starts programs: this very test program, called with the name of a part.
 */
#ifndef CPMSPEC_TESTS_PARTY_H
#define CPMSPEC_TESTS_PARTY_H

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drive/plan.h"

static inline struct sockaddr_in party_at(const char *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)strtol(port, NULL, 10))};

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return at;
}

/* Binds a UDP port of the loopback and ends with 0 when a datagram comes. */
static inline int party_listen(const char *port)
{
    struct sockaddr_in at = party_at(port);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    char c;

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0)
        return 90;
    return recv(fd, &c, 1, 0) == 1 ? 0 : 91;
}

static inline int party_poke(const char *port)
{
    struct sockaddr_in at = party_at(port);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    return sendto(fd, "x", 1, 0, (struct sockaddr *)&at, sizeof at) == 1 ? 0 : 92;
}

/* Plays the part that the arguments name and ends, without what a sanitizer looks for at an exit: it would
 * need a /proc of the PID namespace. Returns where they name none. */
static inline void party_play(int argc, char **argv)
{
    if (argc < 3 || strncmp(argv[1], "play-", 5) != 0)
        return;
    if (strcmp(argv[1], "play-exit") == 0)
        _exit((int)strtol(argv[2], NULL, 10));
    if (strcmp(argv[1], "play-listen") == 0)
        _exit(party_listen(argv[2]));
    if (strcmp(argv[1], "play-poke") == 0)
        _exit(party_poke(argv[2]));
    if (strcmp(argv[1], "play-kill") == 0)
        kill(getpid(), (int)strtol(argv[2], NULL, 10));
    signal(SIGTERM, SIG_IGN); /* play-stubborn */
    _exit(party_listen(argv[2]));
}

/* A party that plays this part; `at` is where it is to be looked for. */
static inline struct plan_party party(const char *name, const char *part, const char *value, const char *dir)
{
    struct plan_party p = {.role = name, .name = name, .argv = {"/proc/self/exe", part, value}};
    static char paths[64][8192];
    static int used;
    const uint8_t loopback[4] = {127, 0, 0, 1};

    p.at.addr = addr_v4(loopback);
    p.at.port = (uint16_t)strtol(value, NULL, 10);
    snprintf(paths[used % 64], sizeof paths[0], "%s/%s", dir, name);
    p.dir = paths[used++ % 64];
    snprintf(paths[used % 64], sizeof paths[0], "%s/%s.log", dir, name);
    p.log = p.errors = paths[used++ % 64];
    return p;
}

#endif
