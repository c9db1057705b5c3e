/* Any bytes as a capture file: pcap, pcapng, either in gzip. Every frame is taken apart as well. */
#include "tests/fuzz/outcomes.h"
#include "wire/source.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reading reading = {0};
    struct wire *w = narrow_wire(&reading);
    int fd = memfd_create("fuzz", MFD_CLOEXEC), r;
    struct error err;
    struct source *s;
    struct frame f;
    uint64_t n = 0;

    MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    MUST(source_open_fd(fd, "fuzz", 0, &s, &err) == 0);
    while ((r = source_next(s, &f, &err)) == 1) {
        MUST(f.number == ++n && f.wire_len >= f.bytes.n && f.bytes.n <= FRAME_BYTES_MAX);
        MUST(f.time >= 0 && f.time <= FRAME_TIME_MAX);
        MUST(wire_frame(w, &f) == 0);
    }
    MUST(r != -EAGAIN && (r == 0) == (source_state(s) == SOURCE_END));
    MUST(r == 0 || (err.text[0] && source_state(s) != SOURCE_OPEN && source_state(s) != SOURCE_FAILED));
    MUST(source_next(s, &f, &err) == r);
    (void)source_dropped(s);
    MUST(wire_frames(w) == n);
    check_outcomes(w);
    source_free(s);
    wire_free(w);
    return 0;
}
