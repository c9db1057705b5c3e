/* Bytes as a descriptor, for tests: a file without a name, or a pipe. */
#ifndef CPMSPEC_TESTS_PIPE_H
#define CPMSPEC_TESTS_PIPE_H

#include "base/slice.h"

#include <sys/mman.h>
#include <unistd.h>

static inline bool write_all(int fd, struct slice s)
{
    while (s.n) {
        ssize_t n = write(fd, s.p, s.n);
        if (n <= 0)
            return false;
        s = slice_tail(s, (size_t)n);
    }
    return true;
}

/* A regular file with these bytes, read from its beginning. */
static inline int fd_of(struct slice s)
{
    int fd = memfd_create("test", MFD_CLOEXEC);

    if (fd < 0 || !write_all(fd, s) || lseek(fd, 0, SEEK_SET) != 0)
        return -1;
    return fd;
}

/* The bytes at the very end of a page that cannot be read beyond; NULL for want of memory. Never freed: a
 * test program ends soon. */
static inline struct slice guarded(struct slice s)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (s.n + page - 1) / page;
    char *p = mmap(NULL, (pages + 1) * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        return (struct slice){NULL, 0};
    mprotect(p + pages * page, page, PROT_NONE);
    p += pages * page - s.n;
    if (s.n)
        memcpy(p, s.p, s.n);
    return (struct slice){p, s.n};
}

static inline void unguard(struct slice s)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (s.n + page - 1) / page;

    if (s.p)
        munmap((char *)(uintptr_t)(s.p + s.n) - pages * page, (pages + 1) * page);
}

#endif
