/* Any blocks after a section header and an interface description: frames lie inside the input, and a capture
 * cut anywhere gives the same frames as far as it reaches. The last byte says where to cut. */
#include "tests/fuzz/must.h"
#include "wire/input.h"
#include "wire/pcapng.h"
#include "wire/source.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char begin[] =
    "\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0"
    "\1\0\0\0\x14\0\0\0\1\0\0\0\0\0\4\0\x14\0\0\0";

static uint64_t frames(const uint8_t *data, size_t size, uint64_t most, uint64_t *ret_hash)
{
    struct pcapng_reader reader = {.section = false};
    int fd = memfd_create("fuzz", MFD_CLOEXEC), r = 1;
    struct error err = {.text = ""};
    struct input *in;
    struct frame f;
    uint64_t n = 0;

    MUST(write(fd, begin, sizeof begin - 1) == sizeof begin - 1);
    MUST(write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    MUST(input_new(fd, &in) == 0);
    *ret_hash = 0;
    while (n < most && (r = pcapng_reader_next(&reader, in, n + 1, &f, &err)) == 1) {
        MUST(f.bytes.n <= size && f.wire_len >= f.bytes.n && f.time >= 0);
        for (size_t i = 0; i < f.bytes.n; i++)
            *ret_hash = *ret_hash * 31 + (uint8_t)f.bytes.p[i];
        *ret_hash += (uint64_t)f.time + f.linktype;
        n++;
    }
    MUST(r == 1 || r == 0 || ((r == -ENODATA || r == -EBADMSG) && err.text[0]));
    MUST(reader.ninterfaces <= PCAPNG_INTERFACES_MAX);
    (void)pcapng_reader_dropped(&reader);
    pcapng_reader_done(&reader);
    input_free(in);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t whole, part, a, b;

    if (size == 0)
        return 0;
    whole = frames(data, size, UINT64_MAX, &a);
    part = frames(data, size * data[size - 1] / 256, UINT64_MAX, &b);
    MUST(part <= whole);
    MUST(frames(data, size, part, &a) == part && a == b);
    return 0;
}
