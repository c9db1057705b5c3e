/* Any bytes as a HEP packet: what is decoded lies inside it, and inflating it is bounded. */
#include "tests/fuzz/outcomes.h"
#include "wire/hep.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in = {(const char *)data, size};
    struct reading reading = {0};
    struct wire *w = narrow_wire(&reading);
    struct frame f = {.bytes = in, .wire_len = (uint32_t)size, .linktype = LINK_HEP3, .number = 1};
    int length = hep_length(in);
    struct hep h;
    struct buf out;

    MUST(length >= -1 && length <= 65535 && (length <= 0 || size >= HEP_HEAD));
    if (hep_decode(in, &h)) {
        MUST(length > 0 && (size_t)length <= size);
        MUST(!h.payload.p || (h.payload.p >= in.p && h.payload.p + h.payload.n <= in.p + length));
        MUST(h.time >= 0);
        buf_init(&out, 100000);
        if (h.payload.p)
            (void)hep_inflate(h.payload, &out);
        MUST(out.n <= 100000);
        buf_done(&out);
    }
    MUST(wire_frame(w, &f) == 0);
    f.reporter = 1;
    MUST(wire_frame(w, &f) == 0);
    check_outcomes(w);
    wire_free(w);
    return 0;
}
