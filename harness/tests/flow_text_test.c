#include "cli/flow_text.h"

#include "tests/test.h"

#include <errno.h>

static struct flow *load(void)
{
    struct flow *f = NULL;
    struct error err;

    CU_ASSERT_EQUAL_FATAL(flow_load("testcases/flows/close-1-1.xml", "testcases/schema", &f, &err), 0);
    return f;
}

static void draws_the_closing_flow(void)
{
    static const char head[] =
        "         client-a       core-a         pf-a         core-b         pf-b        client-b\n"
        "   1         |----- BYE -->|             |             |             |             |\n"
        "   2         |             |----- BYE -->|             |             |             |\n"
        "   3         |             |<---- BYE ---|             |             |             |\n"
        "   4         |             |----- BYE ---------------->|             |             |\n";
    static const char tail[] =
        "  13         |             |<.... OK ....|             |             |             |\n"
        "  14         |<.... OK ....|             |             |             |             |\n";
    struct flow *f = load();
    struct buf b;

    buf_init(&b, 65536);
    CU_ASSERT_EQUAL(flow_text_ladder(f, &b), 0);
    CU_ASSERT_TRUE(slice_starts(buf_slice(&b), SLICE(head)));
    CU_ASSERT_TRUE(slice_find_slice(buf_slice(&b), SLICE(tail)) == b.n - (sizeof tail - 1));
    buf_done(&b);
    flow_free(f);
}

/* The longest names and the most roles stay inside the line. */
static void draws_the_widest(void)
{
    struct flow *f = load();
    struct buf b;

    f->nroles = FLOW_ROLES_MAX;
    for (int i = 0; i < f->nroles; i++)
        memset(f->role[i].name, 'n', ROLE_NAME_MAX - 1), f->role[i].name[ROLE_NAME_MAX - 1] = '\0';
    memset(f->request, 'R', sizeof f->request - 1);
    f->request[sizeof f->request - 1] = '\0';
    f->step[0].from = 0;
    f->step[0].to = FLOW_ROLES_MAX - 1;
    f->step[1].from = FLOW_ROLES_MAX - 1;
    f->step[1].to = FLOW_ROLES_MAX - 2;
    buf_init(&b, 65536);
    CU_ASSERT_EQUAL(flow_text_ladder(f, &b), 0);
    CU_ASSERT_TRUE(b.n > 1000);
    buf_done(&b);
    flow_free(f);
}

static void tells_of_a_full_buffer(void)
{
    struct flow *f = load();
    struct buf b;

    buf_init(&b, 300);
    CU_ASSERT_EQUAL(flow_text_ladder(f, &b), -ENOBUFS);
    buf_done(&b);
    flow_free(f);
}

static const struct test tests[] = {
    {"draws the closing flow", draws_the_closing_flow},
    {"draws the widest", draws_the_widest},
    {"tells of a full buffer", tells_of_a_full_buffer},
};
TEST_MAIN("flow_text", tests)
