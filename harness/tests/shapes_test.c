/* Captures of real networks of other shapes than the plain one (B2BUAs of two makes, cores of several nodes,
 * shared servers, IPv6), each recorded from the servers themselves: every one is conformant and must pass,
 * strictly. */
#include "cli/pipeline.h"
#include "tests/test.h"
#include "wire/source.h"

#include <stdio.h>

#define FOLDER "harness/tests/captures/shapes/"

struct shape {
    const char *capture, *profile;
    const char *closer;
    int messages; /* as tshark counts them, those quoted in ICMP apart */
};

static const struct shape shapes[] = {
    {"b2bua-hiding-pf-a", "b2bua", "client-a", 66}, {"b2bua-hiding-pf-a-b-closes", "b2bua", "client-b", 66},
    {"b2bua-hiding-both", "b2bua", "client-a", 66}, {"b2bua-sipp-a", "b2bua", "client-a", 62},
    {"b2bua-sipp-a-tcp", "b2bua", "client-a", 64},  {"b2bua-sipp-b", "b2bua", "client-b", 62},
    {"b2bua-sipp-b-tcp", "b2bua", "client-b", 63},  {"nodes", "nodes", "client-a", 99},
    {"nodes-b", "nodes", "client-b", 99},           {"nodes-tcp", "nodes", "client-a", 99},
    {"nodes-b-tcp", "nodes", "client-b", 98},       {"one-core", "one-core", "client-a", 56},
    {"one-pf", "one-pf", "client-a", 63},           {"ipv6", "ipv6", "client-a", 65},
    {"ipv6-tcp", "ipv6", "client-a", 65},
};

struct seen {
    int n;
    enum verdict verdict;
    char closer[32], reason[400];
};

static int take(void *ctx, const struct result *r)
{
    struct seen *s = ctx;

    s->n++;
    s->verdict = r->verdict;
    snprintf(s->closer, sizeof s->closer, "%s", r->closer);
    snprintf(s->reason, sizeof s->reason, "%s", r->reason);
    return 0;
}

static void read_through(struct pipeline *p, const char *path)
{
    struct source *source;
    struct frame f;
    int e;

    CU_ASSERT_EQUAL_FATAL(source_open(path, 0, &source, NULL), 0);
    while ((e = source_next(source, &f, NULL)) == 1)
        CU_ASSERT_EQUAL(pipeline_frame(p, &f), 0);
    CU_ASSERT_EQUAL(e, 0);
    CU_ASSERT_EQUAL(pipeline_end(p), 0);
    source_free(source);
}

static struct seen judge_shape(const struct shape *shape, const struct flow *flow, const struct flow *mirror)
{
    struct seen seen = {0};
    struct pipeline_config config = {.flow = flow, .mirror = mirror, .strict = true};
    struct capture_facts facts;
    struct profile *profile;
    struct pipeline *p;
    char path[256];

    snprintf(path, sizeof path, FOLDER "%s.xml", shape->profile);
    CU_ASSERT_EQUAL_FATAL(profile_load(path, "testcases/schema", &profile, NULL), 0);
    config.profile = profile;
    CU_ASSERT_EQUAL_FATAL(pipeline_new(&config, (struct result_sink){take, &seen}, &p, NULL), 0);
    snprintf(path, sizeof path, FOLDER "%s.pcap", shape->capture);
    read_through(p, path);
    pipeline_facts(p, &facts);
    CU_ASSERT_EQUAL(facts.sip_messages, (uint64_t)shape->messages);
    if (facts.sip_messages != (uint64_t)shape->messages)
        printf("\n  %s: %d messages wanted, %llu read\n", shape->capture, shape->messages,
               (unsigned long long)facts.sip_messages);
    pipeline_free(p);
    profile_free(profile);
    return seen;
}

static void every_shape_passes(void)
{
    struct flow *flow, *mirror;

    CU_ASSERT_EQUAL_FATAL(flow_load("testcases/flows/close-1-1.xml", "testcases/schema", &flow, NULL), 0);
    CU_ASSERT_EQUAL_FATAL(flow_mirror(flow, &mirror), 0);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct seen seen = judge_shape(&shapes[i], flow, mirror);
        bool right =
            seen.n == 1 && seen.verdict == VERDICT_PASS && strcmp(seen.closer, shapes[i].closer) == 0;

        CU_ASSERT_TRUE(right);
        if (!right)
            printf("\n  %s: %d results, %s of %s: %s\n", shapes[i].capture, seen.n,
                   verdict_name(seen.verdict), seen.closer, seen.reason);
    }
    flow_free(mirror);
    flow_free(flow);
}

static const struct test tests[] = {{"every shape passes", every_shape_passes}};
TEST_MAIN("shapes", tests)
