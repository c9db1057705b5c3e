/* A TCP reassembly with a sink that writes down what it is shown, for tests. */
#ifndef CPMSPEC_TESTS_TCP_GIVEN_H
#define CPMSPEC_TESTS_TCP_GIVEN_H

#include "tests/craft.h"
#include "tests/test.h"
#include "wire/tcp.h"

#include <stdio.h>

/* The sink takes messages that end in a full stop, and writes down what it was shown: each message, flags
 * before it ('g'ap, 'c'ut, 'l'ast), and what it left of a chunk that will not come again. */
struct shown {
    char text[8192];
    uint64_t frame;
    unsigned calls;
    size_t largest;
    size_t collected; /* where everything is taken: how much */
    char *collect;    /* and where to */
    int fail;
    const char *last_p;
};

static struct shown shown;

static inline void note(const struct tcp_chunk *c, struct slice s)
{
    size_t at = strlen(shown.text);

    snprintf(shown.text + at, sizeof shown.text - at, "%s%s%s%u>%.*s ", c->gap ? "g" : "", c->cut ? "c" : "",
             c->last ? "l" : "", (unsigned)c->src->port, (int)(s.n < 60 ? s.n : 60), s.p ? s.p : "");
}

static inline int64_t take(void *ctx, const struct tcp_chunk *c)
{
    size_t n = c->bytes.n;

    CU_ASSERT_PTR_EQUAL(ctx, &shown);
    shown.calls++;
    shown.frame = c->frame;
    shown.last_p = c->bytes.p;
    if (c->bytes.n > shown.largest)
        shown.largest = c->bytes.n;
    if (shown.fail)
        return shown.fail;
    if (shown.collect) {
        memcpy(shown.collect + shown.collected, c->bytes.p, n);
        shown.collected += n;
        return (int64_t)n;
    }
    while (n && c->bytes.p[n - 1] != '.')
        n--;
    if (n || c->cut || c->last)
        note(c, n ? slice_head(c->bytes, n) : c->bytes);
    return (int64_t)n;
}

static const struct tcp_limits roomy = {64, 1 << 20, 4 << 20};
static struct endpoint a, b;
static uint64_t frame;

static inline struct tcp *fresh(const struct tcp_limits *limits)
{
    struct tcp *t = NULL;

    shown = (struct shown){.calls = 0};
    frame = 0;
    a = (struct endpoint){craft_addr("192.0.2.1"), 1};
    b = (struct endpoint){craft_addr("192.0.2.2"), 2};
    CU_ASSERT_EQUAL_FATAL(tcp_new(limits, (struct tcp_sink){take, &shown}, &t), 0);
    return t;
}

static inline int send_at(struct tcp *t, const struct endpoint *src, uint32_t seq, uint32_t ack,
                          uint8_t flags, struct slice data, nsec_t time)
{
    struct tcp_segment s = {.src = *src, .dst = src == &a ? b : a};

    s.seq = seq;
    s.ack = ack;
    s.flags = flags;
    s.data = data;
    s.time = time;
    s.frame = ++frame;
    return tcp_segment(t, &s);
}

static inline int send(struct tcp *t, const struct endpoint *src, uint32_t seq, uint8_t flags,
                       const char *text)
{
    return send_at(t, src, seq, 0, flags, slice_of(text), 0);
}

/* A handshake: a's first byte is `seq`, b's is 1001. */
static inline struct tcp *connected(uint32_t seq)
{
    struct tcp *t = fresh(&roomy);

    CU_ASSERT_EQUAL(send(t, &a, seq - 1, TCP_SYN, ""), TCP_CONTROL);
    CU_ASSERT_EQUAL(send_at(t, &b, 1000, seq, TCP_SYN | TCP_ACK, SLICE(""), 0), TCP_CONTROL);
    CU_ASSERT_EQUAL(send_at(t, &a, seq, 1001, TCP_ACK, SLICE(""), 0), TCP_CONTROL);
    return t;
}

static inline void check(const char *want)
{
    if (strcmp(shown.text, want) != 0)
        printf("\n    shown  %s\n    wanted %s\n", shown.text, want);
    CU_ASSERT_STRING_EQUAL(shown.text, want);
}

#endif
