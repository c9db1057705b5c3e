/* What a judgement comes to: a verdict, the findings that explain it, and the ladder that shows it. This is
 * all that report/ is told; it points into memory that the giver owns and that lives during the call. */
#ifndef CPMSPEC_ORACLE_RESULT_H
#define CPMSPEC_ORACLE_RESULT_H

#include "base/clock.h"
#include "base/slice.h"

/* ISO/IEC 9646. The worst of several is the verdict of all: see verdict_worst. */
enum verdict {
    VERDICT_NOT_APPLICABLE,
    VERDICT_PASS,
    VERDICT_INCONCLUSIVE,
    VERDICT_FAIL,
    VERDICT_ERROR,
    VERDICT_COUNT,
};

enum severity { SEVERITY_NOTE, SEVERITY_SHOULD, SEVERITY_MUST };

enum { FINDING_FRAMES_MAX = 16 };

struct finding {
    const char *rule; /* "path.missing": a contract */
    enum severity severity;
    int step;           /* of the flow; 0 where it belongs to none */
    int cause;          /* index of the finding that this one follows from; -1 for a cause */
    bool inconclusive;  /* not a break but missing evidence: it keeps the result from passing */
    const char *clause; /* "OMA CPM SD C.2.3.1 step 2" */
    const char *expected;
    const char *observed;
    int nframes;
    uint64_t frame[FINDING_FRAMES_MAX];        /* as Wireshark numbers them in their source */
    uint32_t frame_source[FINDING_FRAMES_MAX]; /* index into summary.sources */
};

enum ladder_mark {
    LADDER_SEEN,     /* captured, in its place */
    LADDER_INFERRED, /* not captured, but proved by what later messages carry */
    LADDER_INSIDE,   /* both ends live on one server: nothing to see on the wire */
    LADDER_MISSING,  /* it did not happen */
    LADDER_UNSEEN,   /* not captured, and nothing proves it either way */
    LADDER_EXTRA,    /* captured, and no step of the flow */
};

struct ladder_row {
    enum ladder_mark mark;
    int step;              /* 0 for an extra row */
    bool wrong;            /* a finding points here */
    const char *from, *to; /* roles; an address for a stranger */
    const char *message;   /* "BYE", "OK", "481" */
    const char *transport; /* "UDP" */
    uint64_t frame;        /* 0 where none shows it */
    uint32_t source;       /* index into summary.sources */
    uint32_t repeats;      /* retransmissions seen beside it */
    nsec_t time;           /* since 1970; 0 where unknown */
};

struct result {
    const char *id;    /* "CPM_CLS_NET_V_001" from run, "session-1" from judge: unique in a report */
    const char *title; /* one line: the purpose of the test case, or who closed which session */
    enum verdict verdict;
    const char *closer; /* role that sent the first leaving request; NULL where unknown */
    const char *reason; /* one sentence: why the verdict is what it is */
    int ncall_ids, nfindings, nrows;
    const char *const *call_id;
    const struct finding
        *finding; /* causes first, in the order of the flow; each one's consequences behind it */
    const struct ladder_row *row;
    nsec_t begin, end; /* of the closing, or of the run */
    const char *flow;  /* id of the flow, "close-1-1" */
    int nattachments;
    const char *const *attachment; /* paths, relative to the report's folder */
};

enum { REASONS_MAX = 48 };

/* What became of every frame. */
struct capture_facts {
    uint64_t frames;           /* read, from all sources */
    uint64_t sip_messages;     /* understood as SIP */
    uint64_t duplicate_frames; /* the same packet captured more than once */
    uint64_t malformed;        /* SIP messages with a defect that breaks the grammar */
    uint64_t dropped;          /* lost by the kernel or the capture program */
    uint64_t open_sessions;    /* set up but not closed */
    int nreasons;
    struct {
        const char *name; /* "not_sip", "fragment_incomplete": why frames were not used */
        uint64_t count;
    } reason[REASONS_MAX];
};

struct summary {
    const char *sut;
    enum verdict verdict; /* the worst; NOT_APPLICABLE where nothing was judged */
    bool interrupted;
    uint64_t total[VERDICT_COUNT];
    struct capture_facts capture;
    int nsources;
    const char *const *source; /* names of the captures or capture points */
    const uint32_t *clock;     /* whose clock each source's times are, by its index; NULL: its own */
    nsec_t begin, end;         /* wall clock of the whole */
    const char *command;       /* the command line that made this */
};

/* "pass", "fail", "inconclusive", "not-applicable", "error". */
const char *verdict_name(enum verdict v);
enum verdict verdict_worst(enum verdict a, enum verdict b);
/* "must", "should", "note". */
const char *severity_name(enum severity s);

/* Exit status of a whole (the same for every verb): 0 all passed, 1 a fail, 2 interrupted, 3 an error, 5
 * nothing was judged, 6 no fail but something inconclusive. */
int summary_exit_status(const struct summary *s);

#endif
