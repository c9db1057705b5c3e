/* Any bytes as frames of every link type: the first byte names it, the next two how long the frame is. The
 * bytes of each end where its memory ends. */
#include "tests/fuzz/outcomes.h"
#include "wire/link.h"

static const uint32_t linktypes[] = {
    LINKTYPE_ETHERNET,  LINKTYPE_RAW,     LINKTYPE_LINUX_SLL,  LINKTYPE_LINUX_SLL2,
    LINKTYPE_NULL,      LINKTYPE_LOOP,    LINKTYPE_PPP,        LINKTYPE_PPP_HDLC,
    LINKTYPE_PPP_ETHER, LINKTYPE_C_HDLC,  LINKTYPE_IEEE802_11, LINKTYPE_IEEE802_11_RADIOTAP,
    LINKTYPE_PPP_PPPD,  LINKTYPE_NFLOG,   LINKTYPE_UPPER_PDU,  LINK_HEP3,
    LINK_DECRYPTED,     LINKTYPE_RAW_BSD, LINKTYPE_IPV4,       LINKTYPE_IPV6,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct script in = {data, size};
    struct reading reading = {0};
    struct wire *w = narrow_wire(&reading);
    struct frame f = {.number = 0};
    uint64_t decrypted = 0;

    while (in.n >= 3) {
        uint8_t kind = script_byte(&in);
        size_t n = script_u16(&in) % 2048;
        char *copy;
        if (n > in.n)
            n = in.n;
        copy = malloc(n ? n : 1);
        MUST(copy);
        memcpy(copy, in.p, n);
        in.p += n;
        in.n -= n;
        f.bytes = (struct slice){copy, n};
        f.wire_len = (uint32_t)n + (kind & 0x80 ? 100 : 0);
        f.linktype = linktypes[kind % (sizeof linktypes / sizeof *linktypes)];
        f.time += (kind & 0x40 ? NSEC_PER_SEC : NSEC_PER_MSEC);
        f.number++;
        f.source = kind >> 5 & 1;
        decrypted += f.linktype == LINK_DECRYPTED;
        MUST(wire_frame(w, &f) == 0);
        free(copy);
    }
    MUST(wire_frames(w) == f.number - decrypted);
    check_outcomes(w);
    wire_free(w);
    return 0;
}
