/* A script: the messages of a capture as plain, editable fields. Mutants are made of it: read from a golden
 * capture or generated, altered by operations, packed into frames again. The tool that works on it ends
 * itself (with a line on standard error) where memory is out. */
#ifndef CPMSPEC_TESTS_MUTANTS_SCRIPT_H
#define CPMSPEC_TESTS_MUTANTS_SCRIPT_H

#include "base/arena.h"
#include "base/buf.h"
#include "wire/payload.h"

enum { LINE_BYTES_MAX = 1 << 16, METHOD_MAX = 16, LINE_NAME_MAX = 24 };

/* How messages are put into frames; zeros and "" stand for plain Ethernet, one message a packet. */
struct style {
    char link[12]; /* "vlan", "sll", "raw", … */
    char tcp[16];  /* "segments", "coalesced", "repeated", "turned", "late": the capture begins behind SYN */
    int fragment;  /* bytes of an IP fragment */
    int snap;      /* bytes captured of a frame */
};

/* One message as it went over one link. */
struct line {
    nsec_t time;
    struct endpoint src, dst;
    enum transport transport;
    struct buf text;
    bool gone;                 /* dropped: it is not packed */
    bool duplicate;            /* the very packet before it, captured a second time */
    char method[METHOD_MAX];   /* of the request, or of that which it answers */
    int status;                /* 0: a request */
    int number;                /* among those of its method and kind, from 1 in the order of time */
    int step;                  /* of a closing: as the flow counts; 0 for what is none */
    char name[LINE_NAME_MAX];  /* the transaction or copy that it belongs to; "" where it has none */
    const struct style *style; /* borrowed; NULL: plain */
    int order;                 /* of what has the same time; script_sort sets it */
};

struct script {
    int n, size;
    struct line *line;
};

void script_init(struct script *s);
void script_done(struct script *s);

/* A further line, all zeros but for its text. Moves the others: pointers to them are void. */
struct line *script_add(struct script *s, struct slice text);
/* Adds a copy of every line of `from`. */
void script_append(struct script *s, const struct script *from);
void line_set(struct line *l, struct slice text);

/* Looks at every text and sets method, status, number and step. The steps of a closing count within the lines
 * of the same name. */
void script_number(struct script *s);

/* In the order of time; what is equal stays as it is. */
void script_sort(struct script *s);

/* Time of the last line that is not gone; 0 where there is none. */
nsec_t script_end(const struct script *s);

/* Ends the tool: there is nothing that it could still show. */
void give_up(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void *must(void *p);

#endif
