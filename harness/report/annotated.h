/* A copy of a capture in which frames carry comments, so that Wireshark shows at the frame what the report
 * says of it: `tshark -r COPY -Y frame.comment`. Frames keep their bytes, times and numbers. The copy is a
 * pcapng file (draft-ietf-opsawg-pcapng); TLS secrets that the capture brings with it are not copied. */
#ifndef CPMSPEC_REPORT_ANNOTATED_H
#define CPMSPEC_REPORT_ANNOTATED_H

#include "base/error.h"
#include "report/annotations.h"

/* Copies the capture file `from`, which was source number `source` when it was judged, to `to`. The part that
 * can be read is copied where the capture is cut off or damaged. -EINVAL for standard input, which cannot be
 * read twice. */
int annotated_copy(const char *from, uint32_t source, const struct annotations *a, const char *to,
                   struct error *err);

#endif
