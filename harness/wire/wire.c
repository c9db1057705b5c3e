#include "wire/wire.h"

#include <errno.h>
#include <stdlib.h>

#include "wire/link.h"
#include "wire/wire_state.h"

static const struct {
    const char *name, *text;
} words[WIRE_COUNTS] = {
    [WIRE_USED] = {"used", "handed on"},
    [WIRE_DUPLICATE] = {"duplicate", "the same packet captured before"},
    [WIRE_NOT_SIP] = {"not_sip", "a datagram or stream of something else than SIP"},
    [WIRE_KEEPALIVE] = {"keepalive", "a keep-alive without a message"},
    [WIRE_NOT_IP] = {"not_ip", "no IP packet"},
    [WIRE_OTHER_PROTOCOL] = {"other_protocol", "IP, but neither UDP, TCP nor SCTP"},
    [WIRE_CONTROL] = {"transport_control", "TCP or SCTP without data"},
    [WIRE_RETRANSMITTED] = {"transport_retransmission", "TCP or SCTP data that had come before"},
    [WIRE_AFTER_CLOSE] = {"tcp_after_close", "TCP data behind the end of its stream"},
    [WIRE_TLS_UNREADABLE] = {"tls_unreadable", "TLS, for which there are no keys"},
    [WIRE_TLS_DECRYPTED] = {"tls_decrypted", "TLS, read with its keys"},
    [WIRE_ENCRYPTED] = {"encrypted", "encrypted on the link or by IPsec"},
    [WIRE_LINK_UNKNOWN] = {"link_unknown", "a link type that is not read"},
    [WIRE_SHORT] = {"frame_short", "ends before the data of its transport"},
    [WIRE_BAD_IP] = {"ip_bad", "no IP header where one should be"},
    [WIRE_BAD_TRANSPORT] = {"transport_bad", "a UDP, TCP or SCTP header that contradicts itself"},
    [WIRE_NESTED] = {"tunnels_nested", "too many tunnels in one another"},
    [WIRE_FRAGMENT_INCOMPLETE] = {"fragment_incomplete", "a fragment of an IP packet that stayed incomplete"},
    [WIRE_FRAGMENT_CROWDED] = {"fragment_limit", "a fragment given up for others: too many were incomplete"},
    [WIRE_FRAGMENT_BAD] = {"fragment_bad", "a fragment that is no part of any packet"},
    [WIRE_HEP_BAD] = {"hep_bad", "no HEP packet, or one that claims more than it has"},
    [WIRE_HEP_OTHER] = {"hep_other", "HEP about something else than SIP"},
    [WIRE_FRAGMENT_CONFLICT] = {"fragment_conflict", "fragments that contradict an earlier one"},
    [WIRE_TCP_MIDSTREAM] = {"tcp_midstream", "TCP streams whose beginning was not captured"},
    [WIRE_TCP_GAP] = {"tcp_gap", "holes in TCP streams: segments that were not captured"},
    [WIRE_TCP_CONFLICT] = {"tcp_conflict", "TCP segments that contradict an earlier one"},
    [WIRE_TCP_LIMIT_STREAM] = {"tcp_stream_limit", "times that a TCP stream had to be passed over: too long"},
    [WIRE_TCP_LIMIT_BYTES] = {"tcp_buffer_limit", "times that TCP streams had to be passed over: too many"},
    [WIRE_TCP_LIMIT_CONNECTIONS] = {"tcp_connection_limit", "TCP connections forgotten for others"},
    [WIRE_SCTP_GAP] = {"sctp_gap", "parts of SCTP messages of which the rest is missing"},
    [WIRE_SCTP_LIMIT] = {"sctp_limit", "times that a bound on SCTP was met"},
    [WIRE_TLS_KEYLESS] = {"tls_keyless", "directions of TLS to which none of the keys belongs"},
    [WIRE_WS_UNREADABLE] = {"ws_unreadable", "WebSocket messages that were compressed, or too long"},
    [WIRE_WS_LOST] = {"ws_lost", "times that a WebSocket stream could not be followed"},
    [WIRE_PAYLOAD_CUT] = {"payload_cut", "messages cut by the snap length of the capture"},
};

/* How many times more packets are remembered where there are several sources. */
enum { REMEMBERED_MORE = 16 };

static void set_size(size_t *value, size_t standard)
{
    if (*value == 0)
        *value = standard;
}

static void set_u32(uint32_t *value, uint32_t standard)
{
    if (*value == 0)
        *value = standard;
}

static void fill_in(struct wire_options *o)
{
    set_u32(&o->connections, 16384);
    set_size(&o->stream_bytes, 1 << 20);
    set_size(&o->streams_bytes, 24 << 20);
    set_u32(&o->fragmented, 1024);
    set_size(&o->fragmented_bytes, 4 << 20);
    set_size(&o->remembered, 8192);
    set_u32(&o->associations, 1024);
    if (o->nsip_ports == 0)
        o->sip_port[o->nsip_ports++] = 5060;
    if (o->nsip_ports > WIRE_SIP_PORTS_MAX)
        o->nsip_ports = WIRE_SIP_PORTS_MAX;
}

/* The sink of sctp.h: a packet is used where one of its messages is. */
static int take_message(void *ctx, const struct payload *p)
{
    struct wire *w = ctx;
    int outcome = payload_take(w, p, 0);

    if (outcome >= 0 && w->sctp_shown != WIRE_USED)
        w->sctp_shown = outcome;
    return outcome < 0 ? outcome : 0;
}

static int make_parts(struct wire *w)
{
    const struct wire_options *o = &w->options;
    struct ipfrag_limits fragments = {o->fragmented, o->fragmented_bytes};
    struct tcp_limits streams = {o->connections, o->stream_bytes, o->streams_bytes};
    struct sctp_limits messages = {o->associations, o->stream_bytes, o->streams_bytes};
    int r = ipfrag_new(&fragments, &w->ipfrag);

    stream_init(&w->stream, TRANSPORT_TCP, w->sink, o->stream_bytes);
    stream_init(&w->tls_stream, TRANSPORT_TLS, w->sink, o->stream_bytes);
    buf_init(&w->inflated, o->stream_bytes);
    if (r == 0)
        r = tcp_new(&streams, (struct tcp_sink){stream_take, &w->stream}, &w->tcp);
    if (r == 0 && o->tls_read)
        r = tcp_new(&streams, (struct tcp_sink){stream_take, &w->tls_stream}, &w->tls);
    if (r == 0)
        r = sctp_new(&messages, (struct sctp_sink){take_message, w}, &w->sctp);
    if (r == 0)
        r = dedup_new(o->remembered, &w->dedup);
    return r;
}

int wire_new(const struct wire_options *options, struct payload_sink sink, struct wire **ret)
{
    struct wire *w = calloc(1, sizeof *w);
    int r;

    if (!w)
        return -ENOMEM;
    if (options)
        w->options = *options;
    fill_in(&w->options);
    w->sink = sink;
    r = make_parts(w);
    if (r < 0) {
        wire_free(w);
        return r;
    }
    *ret = w;
    return 0;
}

void wire_free(struct wire *w)
{
    if (!w)
        return;
    ipfrag_free(w->ipfrag);
    tcp_free(w->tcp);
    tcp_free(w->tls);
    sctp_free(w->sctp);
    dedup_free(w->dedup);
    buf_done(&w->inflated);
    stream_done(&w->stream);
    stream_done(&w->tls_stream);
    free(w);
}

int wire_hand_on(struct wire *w, const struct payload *p)
{
    int64_t took = w->sink.take(w->sink.ctx, p);

    w->count[WIRE_PAYLOAD_CUT] += p->cut;
    return took < 0 ? (int)took : 0;
}

int wire_no_packet(enum link_result found)
{
    switch (found) {
    case LINK_SHORT:
        return WIRE_SHORT;
    case LINK_SECRET:
        return WIRE_ENCRYPTED;
    case LINK_UNKNOWN:
        return WIRE_LINK_UNKNOWN;
    default:
        return WIRE_NOT_IP;
    }
}

static int take_apart(struct wire *w, const struct frame *f, uint32_t *frames)
{
    enum link_result found;
    struct slice ip;

    if (f->linktype == LINK_HEP3)
        return packet_take(w, f, f->bytes, frames);
    if (f->linktype == LINKTYPE_UPPER_PDU)
        return upper_take(w, f);
    if (f->linktype == LINK_RECORD)
        return WIRE_NOT_IP;
    found = link_find_ip(f->linktype, f->bytes, &ip);
    return found == LINK_IP ? packet_take(w, f, ip, frames) : wire_no_packet(found);
}

/* Several capture points see the same packets, as far apart as their clocks are. */
static int note_source(struct wire *w, uint32_t source)
{
    int r = 0;

    if (w->frames == 0)
        w->first_source = source;
    if (source == w->first_source || w->several_sources)
        return 0;
    r = dedup_grow(w->dedup, w->options.remembered * REMEMBERED_MORE);
    w->several_sources = r == 0;
    return r;
}

/* What a TLS connection carries shows soon after its handshake, or not at all. */
static const nsec_t UNREAD_AFTER = 4 * NSEC_PER_SEC;

int wire_frame(struct wire *w, const struct frame *f)
{
    struct frame held; /* a time that would overflow is put right in a copy */
    uint32_t frames = 1;
    int outcome;

    if (f->time < 0 || f->time > FRAME_TIME_MAX) {
        held = *f;
        held.time = f->time < 0 ? 0 : FRAME_TIME_MAX;
        f = &held;
    }
    if (f->time > w->latest)
        w->latest = f->time;
    if (f->linktype == LINK_DECRYPTED) /* its frame was counted as it came */
        return w->tls ? decrypted_take(w, f) : 0;
    outcome = note_source(w, f->source);
    if (outcome < 0)
        return outcome;
    w->frames++;
    outcome = take_apart(w, f, &frames);
    if (outcome < 0)
        return outcome;
    if (outcome != WIRE_PENDING)
        w->count[outcome] += frames;
    return 0;
}

int wire_tick(struct wire *w, nsec_t now)
{
    if (now < 0 || now > FRAME_TIME_MAX)
        return 0;
    ipfrag_expire(w->ipfrag, now);
    return tcp_expire(w->tcp, now);
}

int wire_flush(struct wire *w)
{
    int r = tcp_flush(w->tcp);

    ipfrag_expire(w->ipfrag, INT64_MAX);
    sctp_flush(w->sctp);
    if (r == 0 && w->tls)
        r = tcp_flush(w->tls);
    w->latest = FRAME_TIME_MAX; /* whatever is unread stays so */
    return r;
}

uint64_t wire_frames(const struct wire *w)
{
    return w->frames;
}

uint64_t wire_count(const struct wire *w, enum wire_count which)
{
    const struct ipfrag_counts *fragments = ipfrag_counts(w->ipfrag);
    const struct tcp_counts *streams = tcp_counts(w->tcp), none = {0};
    const struct tcp_counts *tls = w->tls ? tcp_counts(w->tls) : &none;

    switch (which) {
    case WIRE_FRAGMENT_INCOMPLETE:
        return fragments->incomplete;
    case WIRE_FRAGMENT_CROWDED:
        return fragments->crowded;
    case WIRE_FRAGMENT_BAD:
        return fragments->bad;
    case WIRE_FRAGMENT_CONFLICT:
        return fragments->conflicts;
    case WIRE_TCP_MIDSTREAM:
        return streams->midstream;
    case WIRE_TCP_GAP:
        return streams->gaps;
    case WIRE_TCP_CONFLICT:
        return streams->conflicts + tls->conflicts;
    case WIRE_TCP_LIMIT_STREAM:
        return streams->stream_limit + tls->stream_limit;
    case WIRE_TCP_LIMIT_BYTES:
        return streams->buffer_limit + tls->buffer_limit;
    case WIRE_TCP_LIMIT_CONNECTIONS:
        return streams->connection_limit + tls->connection_limit;
    case WIRE_SCTP_GAP:
        return sctp_counts(w->sctp)->gaps;
    case WIRE_SCTP_LIMIT:
        return sctp_counts(w->sctp)->limit;
    case WIRE_TLS_KEYLESS:
        return w->tls ? stream_unread(&w->stream, w->latest - UNREAD_AFTER) : 0;
    case WIRE_WS_UNREADABLE:
        return w->stream.counts.ws_unreadable;
    case WIRE_WS_LOST:
        return w->stream.counts.ws_lost;
    default:
        return which < WIRE_COUNTS ? w->count[which] : 0;
    }
}

/* Asked for with every message, so that it looks at the counts where they are. */
uint64_t wire_holes(const struct wire *w)
{
    const struct ipfrag_counts *fragments = ipfrag_counts(w->ipfrag);
    const struct sctp_counts *sctp = sctp_counts(w->sctp);
    const struct tcp *parts[] = {w->tcp, w->tls};
    uint64_t n = w->count[WIRE_AFTER_CLOSE] + w->count[WIRE_TLS_UNREADABLE] + w->count[WIRE_ENCRYPTED] +
                 w->count[WIRE_LINK_UNKNOWN] + w->count[WIRE_SHORT] + w->count[WIRE_NESTED] +
                 w->count[WIRE_HEP_BAD];

    n += fragments->crowded + fragments->incomplete + sctp->gaps + sctp->limit;
    n += w->stream.counts.ws_unreadable + w->stream.counts.ws_lost;
    for (int i = 0; i < 2 && parts[i]; i++) {
        const struct tcp_counts *c = tcp_counts(parts[i]);
        n += (i == 0 ? c->gaps : 0) + c->stream_limit + c->buffer_limit + c->connection_limit;
    }
    return n + (w->tls ? stream_unread(&w->stream, w->latest - UNREAD_AFTER) : 0);
}

const char *wire_count_name(enum wire_count which)
{
    return which < WIRE_COUNTS ? words[which].name : "?";
}

const char *wire_count_text(enum wire_count which)
{
    return which < WIRE_COUNTS ? words[which].text : "?";
}

const struct unreadable *wire_unreadable(const struct wire *w, int i)
{
    return i >= 0 && i < w->stream.nunreadable ? &w->stream.unreadable[i] : NULL;
}
