/* A frame as a capture point saw it, before anything is decoded. */
#ifndef CPMSPEC_WIRE_FRAME_H
#define CPMSPEC_WIRE_FRAME_H

#include "base/clock.h"
#include "base/slice.h"

/* Link types beyond all that a capture file can name (26 bits), so that none can pass for them. LINK_HEP3: an
 * IP packet (as with LINKTYPE_RAW) with a datagram in it that holds one HEP version 3 packet. LINK_DECRYPTED:
 * what TLS carried, in Wireshark's form for exported data (LINKTYPE_WIRESHARK_UPPER_PDU). LINK_RECORD: no
 * frame but something else that a capture file keeps among them and that Wireshark counts (a journal entry, a
 * custom block); without bytes. */
enum { LINK_HEP3 = 0x10000000, LINK_DECRYPTED, LINK_RECORD };

/* No frame's time is later (the year 2116) or before 0, so that two times always have a difference. */
#define FRAME_TIME_MAX (INT64_MAX / 2)

struct frame {
    struct slice bytes; /* as captured; borrowed until the next frame is asked for */
    uint32_t wire_len;  /* as it was on the wire; larger than bytes.n where the snap length cut it */
    uint32_t linktype;  /* LINKTYPE_ value of the pcap registry, or LINK_HEP3 */
    uint32_t source;    /* index of the capture file or capture point */
    uint64_t number;    /* from 1, per source, as Wireshark counts */
    nsec_t time;        /* since 1970 */
};

#endif
