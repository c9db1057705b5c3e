/* What scanning costs: ns per message for the index of all headers, for that and all Vias, for what a
 * correlator asks of each message, for comparing two hops, and for libosip2, which parses everything always,
 * in the same run. Medians of rounds that take turns, so that a machine's moods fall on all alike.
 *     sip_bench [FILE]...      without files: a BYE and an OK with four Vias each */
#include "sip/diff.h"
#include "sip/value.h"

#include "base/clock.h"

#include <osipparser2/osip_parser.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 15, FILES_MAX = 64 };

static struct slice input[FILES_MAX];
static size_t inputs;
static volatile uint64_t sink; /* what is computed is used */

static void scan(struct sip_msg *m, struct sip_field *table, struct slice in)
{
    size_t used;
    sink += (uint64_t)sip_scan(m, table, in, SIP_DATAGRAM, &used) + used;
}

static void job_scan(struct slice in)
{
    struct sip_field table[SIP_FIELDS_MAX];
    struct sip_msg m;

    scan(&m, table, in);
    sink += m.nfields;
}

static void vias(const struct sip_msg *m)
{
    struct sip_values w;
    struct sip_via via;
    struct slice value;

    for (sip_values_start(&w, m, SIP_VIA); sip_values_next(&w, &value);)
        sink += (uint64_t)sip_via_decode(value, &via) + via.branch.n;
}

static void job_vias(struct slice in)
{
    struct sip_field table[SIP_FIELDS_MAX];
    struct sip_msg m;

    scan(&m, table, in);
    vias(&m);
}

static void job_correlate(struct slice in)
{
    struct sip_field table[SIP_FIELDS_MAX];
    struct slice method = {NULL, 0}, value;
    struct sip_values w;
    struct sip_via via;
    struct sip_msg m;
    uint32_t number = 0;

    scan(&m, table, in);
    sip_values_start(&w, &m, SIP_VIA);
    if (sip_values_next(&w, &value))
        sink += sip_via_decode(value, &via);
    sink += sip_value(&m, SIP_CALL_ID).n + sip_tag(&m, SIP_FROM).n + sip_tag(&m, SIP_TO).n;
    sink += sip_cseq(&m, &number, &method) + number;
}

static void job_diff(struct slice in)
{
    static struct sip_field tables[2][SIP_FIELDS_MAX];
    static struct sip_msg before, after;
    struct sip_diff d;

    scan(&before, tables[0], in);
    scan(&after, tables[1], in);
    sink += sip_diff_first(&before, &after, SIP_SET_HOP, &d);
}

static void job_osip(struct slice in)
{
    osip_message_t *m = NULL;

    if (osip_message_init(&m) == 0) {
        sink += (uint64_t)osip_message_parse(m, in.p, in.n);
        osip_message_free(m);
    }
}

static const struct job {
    const char *name;
    void (*run)(struct slice in);
    unsigned times; /* per round and input */
} jobs[] = {
    {"scan", job_scan, 40000},
    {"scan, all Vias", job_vias, 20000},
    {"scan, top Via, Call-ID, tags, CSeq", job_correlate, 20000},
    {"scan two, compare headers", job_diff, 10000},
    {"libosip2", job_osip, 2000},
};

enum { JOBS = sizeof jobs / sizeof jobs[0] };

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double round_of(const struct job *j, struct slice in)
{
    nsec_t begin = clock_monotonic();

    for (unsigned i = 0; i < j->times; i++)
        j->run(in);
    return (double)(clock_monotonic() - begin) / j->times;
}

static void bench(struct slice in, const char *name)
{
    static double took[JOBS][ROUNDS];

    printf("%s, %zu bytes\n", name, in.n);
    for (int r = 0; r < ROUNDS; r++)
        for (size_t j = 0; j < JOBS; j++)
            took[j][r] = round_of(&jobs[j], in);
    for (size_t j = 0; j < JOBS; j++)
        qsort(took[j], ROUNDS, sizeof took[j][0], by_value);
    for (size_t j = 0; j < JOBS; j++) {
        double mine = took[j][ROUNDS / 2], osip = took[JOBS - 1][ROUNDS / 2];
        printf("  %-36s %8.0f ns  %7.3f M/s  libosip2 takes %5.1f times as long\n", jobs[j].name, mine,
               1000 / mine, osip / mine);
    }
}

/* The file's bytes, kept until the program ends. */
static struct slice read_file(const char *path)
{
    static char room[FILES_MAX << 16];
    static size_t have;
    char *p = room + have;
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(p, 1, 1 << 16, f) : 0;

    if (f)
        fclose(f);
    have += n;
    return (struct slice){p, n};
}

int main(int argc, char **argv)
{
    static const char *own[] = {"harness/tests/corpus/sip/00-baseline",
                                "harness/tests/corpus/sip/33-status-empty-reason"};
    const char *const *names = argc > 1 ? (const char *const *)argv + 1 : own;
    size_t n = argc > 1 ? (size_t)argc - 1 : 2;

    if (parser_init() != 0)
        return 1;
    for (size_t i = 0; i < n && i < FILES_MAX; i++) {
        input[inputs] = read_file(names[i]);
        if (!input[inputs].n) {
            fprintf(stderr, "sip_bench: cannot read %s\n", names[i]);
            return 1;
        }
        bench(input[inputs++], names[i]);
    }
    return 0;
}
