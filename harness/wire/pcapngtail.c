#include "wire/pcapngtail.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/bytes.h"

enum {
    SECTION = 0x0a0d0d0a,
    STATISTICS = 5,
    BYTE_ORDER = 0x1a2b3c4d,
    BLOCK_MIN = 12,   /* type, length, and the length again at the end */
    BLOCK_MAX = 4096, /* of one that is looked into or stepped over */
    BLOCKS_MAX = 64,
    INTERFACES_MAX = 64,
    IFDROP = 5,
    OSDROP = 7,
};

struct tail {
    int fd;
    bool swap;
    uint64_t seen; /* interfaces whose statistics were found, by bits */
    uint64_t dropped;
};

static bool read_at(const struct tail *t, off_t at, char *to, size_t n)
{
    return at >= 0 && pread(t->fd, to, n, at) == (ssize_t)n;
}

static bool begins(struct tail *t)
{
    char head[12];

    if (!read_at(t, 0, head, sizeof head) || get32(head) != SECTION)
        return false;
    t->swap = get32(head + 8) != BYTE_ORDER;
    return true;
}

/* The options are checked against the block's end: the file may hold anything. */
static void statistics(struct tail *t, const char *block, size_t n)
{
    uint32_t interface = get32_in(block + 8, t->swap);
    size_t at = 20;

    if (n < 24 || interface >= INTERFACES_MAX || (t->seen >> interface & 1))
        return;
    t->seen |= UINT64_C(1) << interface;
    while (at + 4 <= n - 4) {
        uint16_t code = get16_in(block + at, t->swap), size = get16_in(block + at + 2, t->swap);
        if (!code || at + 4 + size > n - 4)
            return;
        if ((code == IFDROP || code == OSDROP) && size == 8)
            t->dropped += get64_in(block + at + 4, t->swap);
        at += 4 + (size_t)(size + 3) / 4 * 4;
    }
}

/* Looks at the block that ends at `end`. Returns where it begins; 0 where nothing further is to be found. */
static off_t step_back(struct tail *t, off_t end)
{
    char block[BLOCK_MAX], length[4];
    uint32_t n, type;

    if (!read_at(t, end - 4, length, sizeof length))
        return 0;
    n = get32_in(length, t->swap);
    if (n < BLOCK_MIN || n > sizeof block || n % 4 || end < (off_t)n ||
        !read_at(t, end - (off_t)n, block, n) || get32_in(block + 4, t->swap) != n)
        return 0;
    type = get32_in(block, t->swap);
    if (type == STATISTICS)
        statistics(t, block, n);
    else if (type == SECTION || type == 2 || type == 3 || type == 6) /* packets */
        return 0;
    return end - (off_t)n;
}

uint64_t pcapng_tail_dropped(int fd)
{
    struct tail t = {.fd = fd};
    struct stat st;
    off_t end;

    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !begins(&t))
        return 0;
    end = st.st_size;
    for (int i = 0; i < BLOCKS_MAX && end > 0; i++)
        end = step_back(&t, end);
    return t.dropped;
}
