/* Any bytes as a HEP packet: what is decoded lies inside it, and inflating it is bounded. */
#include "tests/fuzz/outcomes.h"
#include "wire/hep.h"
#include "wire/hepreport.h"
#include "wire/upper.h"
#include "wire/wrap.h"

/* What is kept of it says the same again. */
static void keep(const struct frame *f, const struct endpoint *sender, struct slice packet)
{
    struct buf inflated, kept;
    struct report was;
    struct upper u;

    buf_init(&inflated, 100000);
    buf_init(&kept, 1 << 20);
    if (packet.n <= 60000 && report_read(sender, packet, &inflated, &was) == 0) {
        MUST(report_keep(f, &inflated, &kept) == 0);
        MUST(upper_decode(buf_slice(&kept), &u) && u.reported);
        MUST(u.report.kind == was.kind && u.report.reporter == was.reporter && u.report.stamp == was.stamp);
        MUST(u.report.transport == was.transport && u.report.bytes.n == was.bytes.n);
        MUST(memcmp(&u.report.src, &was.src, sizeof was.src) == 0);
    }
    buf_done(&inflated);
    buf_done(&kept);
}

/* The packet as it came from some sender. */
static void report(struct wire *w, struct slice packet, uint16_t port)
{
    static char datagram[WRAP_HEAD_MAX + (1 << 20)];
    struct endpoint sender = {.port = port}, us = {.port = 9060};
    struct frame f = {.linktype = LINK_HEP3, .number = 1};

    if (packet.n > sizeof datagram - WRAP_HEAD_MAX)
        return;
    if (packet.n)
        memcpy(datagram + WRAP_HEAD_MAX, packet.p, packet.n);
    f.bytes = wrap_udp(&sender, &us, datagram + WRAP_HEAD_MAX, packet.n);
    f.wire_len = (uint32_t)f.bytes.n;
    MUST(wire_frame(w, &f) == 0);
    keep(&f, &sender, packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice in = {(const char *)data, size};
    struct reading reading = {0};
    struct wire *w = narrow_wire(&reading);
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
    report(w, in, 1);
    report(w, in, 2);
    check_outcomes(w);
    wire_free(w);
    return 0;
}
