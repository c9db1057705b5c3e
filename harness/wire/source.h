/* Where frames come from: a capture file, a stream that is still being written, an interface, a HEP port.
 * One way to read them all, frame by frame, and one way to say how it ended.
 *
 * 1. open: source_open, source_open_fd (here), live_open, hep_open, tshark_open (their own headers);
 * 2. source_next until it answers 0 or an error that is not -EAGAIN or -EINTR;
 * 3. source_state tells the ends apart; source_dropped what the capturing side lost;
 * 4. source_free. */
#ifndef CPMSPEC_WIRE_SOURCE_H
#define CPMSPEC_WIRE_SOURCE_H

#include "base/error.h"
#include "wire/frame.h"

struct source;

enum source_state {
    SOURCE_OPEN,    /* there may be more */
    SOURCE_END,     /* read to its end; source_frames may be 0 */
    SOURCE_EMPTY,   /* not one byte in it */
    SOURCE_FOREIGN, /* not a capture */
    SOURCE_CUT,     /* ends in the middle of a frame, a block, or the compression */
    SOURCE_DAMAGED, /* contradicts itself: what follows cannot be found */
    SOURCE_FAILED,  /* reading failed */
};

/* No frame is longer; a capture that claims so lies (libpcap and Wireshark draw the line at 256 KiB). */
enum { FRAME_BYTES_MAX = 1 << 20 };

/* A capture file, or "-" for standard input: pcap (either byte order, micro- or nanoseconds, the modified
 * forms) or pcapng, also gzip-compressed; what it is shows when the first frame is asked for. `index` is
 * handed on in each frame. -ENOENT, -EACCES, -EISDIR, …; `err` has the sentence. */
int source_open(const char *path, uint32_t index, struct source **ret, struct error *err);

/* The same from a descriptor (a pipe from a capture program, blocking or not), which the source owns from
 * here on, on failure too. `name` is what errors call it. */
int source_open_fd(int fd, const char *name, uint32_t index, struct source **ret, struct error *err);

void source_free(struct source *s);

/* 1: *ret has a frame, whose bytes stay until the next call. 0: the end. -EAGAIN: nothing yet (poll
 * source_fd). -EINTR: a signal came; ask again. -ENODATA: empty. -EMEDIUMTYPE: not a capture. -EBADMSG: cut
 * off or damaged; the frames before it are all right. Other negative errnos: reading failed. Every error but
 * the first two is final and comes back each time. */
int source_next(struct source *s, struct frame *ret, struct error *err);

enum source_state source_state(const struct source *s);
const char *source_name(const struct source *s);
uint32_t source_index(const struct source *s);

/* Frames handed out so far. */
uint64_t source_frames(const struct source *s);

/* Frames that the capturing side says it lost: pcapng interface statistics, libpcap's counters. */
uint64_t source_dropped(const struct source *s);

/* Whether the capture brings TLS secrets with it (pcapng decryption secrets block); known as it is read. */
bool source_has_secrets(const struct source *s);

/* Readable when frames may be there; a regular file always is. */
int source_fd(const struct source *s);

#endif
