/* talk_capture FILE MESSAGES OPEN: writes a capture of so many SIP messages over UDP: sessions of the default
 * profile, set up and closed through all functions, OPEN of them open at once, the messages of 50 at a time
 * interleaved. */
#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/talk.h"

enum { TOGETHER = 50, HEADERS = 14 + 20 + 8, SETUP = 21, CLOSING = 14, FRAME_MAX = 2048 };

/* 10,000 messages a second. */
#define SPACING (100 * NSEC_PER_USEC)

struct writer {
    pcap_dumper_t *out;
    uint64_t left;
    uint16_t ip_id;
    nsec_t now;
};

static void put16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void write_message(struct writer *w, const struct talk_message *m)
{
    uint8_t f[FRAME_MAX] = {0};
    size_t n = m->text.n;
    struct pcap_pkthdr h;

    if (!w->left || HEADERS + n > sizeof f)
        return;
    w->left--;
    put16(f + 12, 0x0800);
    f[14] = 0x45;
    put16(f + 16, (unsigned)(28 + n));
    put16(f + 18, w->ip_id++);
    f[22] = 64;
    f[23] = IPPROTO_UDP;
    memcpy(f + 26, m->src.addr.b + 12, 4);
    memcpy(f + 30, m->dst.addr.b + 12, 4);
    put16(f + 34, m->src.port);
    put16(f + 36, m->dst.port);
    put16(f + 38, (unsigned)(8 + n));
    memcpy(f + HEADERS, m->text.p, n);
    h = (struct pcap_pkthdr){.caplen = (bpf_u_int32)(HEADERS + n), .len = (bpf_u_int32)(HEADERS + n)};
    h.ts.tv_sec = w->now / NSEC_PER_SEC;
    h.ts.tv_usec = w->now % NSEC_PER_SEC / NSEC_PER_USEC;
    w->now += SPACING;
    pcap_dump((u_char *)w->out, &h, f);
}

/* The setup or the closing of sessions [first, first + n), message by message in turn. */
static void write_part(struct writer *w, struct talk *t, unsigned first, unsigned n, bool closing)
{
    int per = closing ? CLOSING : SETUP;

    talk_init(t);
    for (unsigned i = 0; i < n; i++) {
        struct talk_session s = talk_default(first + i);
        if (closing)
            talk_close(t, &s, (first + i) % 2, 2);
        else
            talk_setup(t, &s);
    }
    for (int m = 0; m < per; m++)
        for (unsigned i = 0; i < n; i++)
            write_message(w, &t->message[(int)i * per + m]);
    talk_done(t);
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

int main(int argc, char **argv)
{
    struct writer w = {.now = 1700000000 * NSEC_PER_SEC};
    struct talk *t = malloc(sizeof *t);
    pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
    uint64_t messages, open;

    if (argc != 4 || !slice_number(slice_of(argv[2]), UINT32_MAX, &messages) ||
        !slice_number(slice_of(argv[3]), UINT32_MAX, &open) || !open || !t || !p) {
        fprintf(stderr, "usage: talk_capture FILE MESSAGES OPEN\n");
        return 2;
    }
    w.left = messages;
    w.out = pcap_dump_open(p, argv[1]);
    if (!w.out) {
        fprintf(stderr, "talk_capture: %s\n", pcap_geterr(p));
        free(t);
        return 1;
    }
    for (unsigned first = 1; w.left; first += (unsigned)open) {
        for (int closing = 0; closing < 2; closing++)
            for (unsigned i = 0; i < open && w.left; i += TOGETHER)
                write_part(&w, t, first + i, smaller((unsigned)open - i, TOGETHER), closing);
    }
    pcap_dump_close(w.out);
    pcap_close(p);
    free(t);
    return 0;
}
