/* A court for tests: what is said in a talk is traced and judged, and the judgement can be asked after. It
 * works on the default profile, from the top of the tree. */
#ifndef CPMSPEC_TESTS_COURT_H
#define CPMSPEC_TESTS_COURT_H

#include "oracle/judge.h"
#include "tests/talk.h"
#include "trace/trace.h"

enum { COURT_RESULTS = 8, COURT_STEPS = 64, COURT_HOPS = 7 };

struct court {
    struct profile *profile;
    struct flow *flow, *mirror, *further, *further_mirror;
    struct judge *judge;
    struct trace *trace;
    struct evidence evidence;
    struct talk talk;
    int nresults;
    enum verdict verdict[COURT_RESULTS];
    char rule[COURT_RESULTS][40], closer[COURT_RESULTS][16], reason[COURT_RESULTS][400];
    char frames[COURT_RESULTS][80]; /* of the first finding, "24 25" */
    int step[COURT_RESULTS], nfindings[COURT_RESULTS], causes[COURT_RESULTS];
    enum severity severity[COURT_RESULTS]; /* the heaviest of its findings */
    enum ladder_mark mark[COURT_RESULTS][COURT_STEPS];
    bool say; /* prints the findings */
};

/* `profile` NULL: the default one. */
void court_open(struct court *c, const char *profile);
/* Has what belongs to no open session judged by the flow in this file; or what comes after a refusal. Before
 * anything is said. */
void court_expect_stray(struct court *c, const char *path);
void court_expect_again(struct court *c, const char *path);
/* The answer that the flow wants instead of 200. */
void court_expect_status(struct court *c, unsigned status);
/* The same where any of a hundred will do: 400 for "4xx". */
void court_expect_kind(struct court *c, unsigned least);
/* Judges what was said; the capture goes on for long enough after it. */
void court_hold(struct court *c);
void court_close(struct court *c);

/* Assert the judgement, and say what it was where it is another. */
void court_check_fail(const struct court *c, const char *rule, int step);
void court_check_pass(const struct court *c, int n, const char *closer);
void court_check_inconclusive(const struct court *c, const char *rule);

/* One closing of the default session, and what must come of it. */
struct court_case {
    const char *name;
    void (*spoil)(struct court *c, int bye); /* `bye` as talk_close() returned it */
    enum verdict verdict;
    const char *rule; /* the first finding's; NULL where nothing above a note may be found */
    int step;
    const char
        *frames; /* that the first finding names, in its order: "24 25". The setup's are 1 to 21, of the
                    closing 7 BYEs and 7 answers come next. NULL: any, but one at least where it fails */
};

/* Tries each case in a court of its own, strictly, with side A closing. */
void court_try(const struct court_case *cases, size_t n);
/* The same with side B closing, which was called. */
void court_try_callee(const struct court_case *cases, size_t n);
/* The same with another profile than the default one. */
void court_try_in(const char *profile, const struct court_case *cases, size_t n);

/* The BYE over hop k of the closing that began at message `bye` (talk_close), and its answer. */
struct talk_message *court_bye(struct court *c, int bye, int hop);
struct talk_message *court_ok(struct court *c, int bye, int hop);

/* One more message over hop k, back, that is as the answer there but for its status; it is the last of the
 * talk. */
struct talk_message *court_say_too(struct court *c, int bye, int hop, const char *status, nsec_t time);

/* Edits the BYEs over hop `from` and all behind it; the answers over hop `to` and all nearer to the closer;
 * both over `from` and behind it, what the last function of these hands back included. */
void court_edit_byes(struct court *c, int bye, int from, const char *what, const char *with);
void court_edit_oks(struct court *c, int bye, int to, const char *what, const char *with);
void court_edit_behind(struct court *c, int bye, int from, const char *what, const char *with);

#endif
