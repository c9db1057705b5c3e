/* The data files when memory runs out. libxml2 2.9 does not survive that in its RELAX NG compiler, so where a
 * schema is involved its memory comes from elsewhere, and only our own allocations fail. */
#include "suite/testcase.h"
#include "suite/xml.h"
#include "tests/oom.h"
#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <libxml/xmlmemory.h>
#include <sys/mman.h>

/* Memory that the failing allocator does not see: pieces of one large map, never given back. */
static char *pool;
static size_t pool_used;

enum { POOL_SIZE = 1 << 30, ALIGN = 16 };

static void *pool_malloc(size_t n)
{
    char *p = pool + pool_used + ALIGN;

    if (n > POOL_SIZE - pool_used - 2 * ALIGN)
        return NULL;
    memcpy(p - sizeof n, &n, sizeof n);
    pool_used += ALIGN + (n + ALIGN - 1) / ALIGN * ALIGN;
    return p;
}

static void pool_free(void *p)
{
    (void)p;
}

static void *pool_realloc(void *p, size_t n)
{
    void *grown = pool_malloc(n);
    size_t old = 0;

    if (p)
        memcpy(&old, (char *)p - sizeof old, sizeof old);
    if (grown && p)
        memcpy(grown, p, old < n ? old : n);
    return grown;
}

static char *pool_strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    char *p = pool_malloc(n);

    return p ? memcpy(p, s, n) : NULL;
}

static int use_xml(void *ctx)
{
    struct error err;
    xmlDoc *doc = NULL;
    int r = xml_load(ctx, NULL, &doc, &err);

    xmlFreeDoc(doc);
    return r;
}

static struct profile *sound;

/* Whether all was read that the file says: nothing may be left out in silence. */
static bool complete(const struct profile *p)
{
    bool same = p->nfunctions == sound->nfunctions && p->nnodes == sound->nnodes &&
                p->nusers == sound->nusers && p->ncaptures == sound->ncaptures &&
                p->nfeatures == sound->nfeatures && p->t1 == sound->t1 && p->t2 == sound->t2 &&
                p->t4 == sound->t4 && strcmp(p->name, sound->name) == 0 &&
                strcmp(p->transport, sound->transport) == 0;

    for (int i = 0; same && i < p->nfunctions; i++)
        same = strcmp(p->function[i].role, sound->function[i].role) == 0;
    for (int i = 0; same && i < p->nnodes; i++)
        same = addr_eq(&p->node[i].addr, &sound->node[i].addr) && p->node[i].port == sound->node[i].port;
    for (int i = 0; same && i < p->nusers; i++)
        same = strcmp(p->user[i].uri, sound->user[i].uri) == 0 && p->user[i].side == sound->user[i].side &&
               strcmp(p->user[i].password, sound->user[i].password) == 0;
    return same;
}

static int use_profile(void *ctx)
{
    struct error err;
    struct profile *p = NULL;
    int r = profile_load("reference-network/sut.xml", "testcases/schema", &p, &err);

    (void)ctx;
    if (r == 0 && !complete(p))
        r = 1;
    profile_free(p);
    return r;
}

static int use_testcases(void *ctx)
{
    struct error err;
    struct testcases *s = NULL;
    int r = testcases_load(ctx, &s, &err);

    testcases_free(s);
    return r;
}

/* A few test cases, of every sort: each is read once for every allocation that may fail. */
static void make_suite(char dir[PATH_MAX])
{
    static const char *const part[] = {"schema",
                                       "flows/close-1-1.xml",
                                       "flows/stray-481.xml",
                                       "network/CPM_CLS_NET_V_001.xml",
                                       "network/CPM_CLS_NET_O_007.xml",
                                       "pf/CPM_CLS_PF_V_001.xml"};
    char here[PATH_MAX / 2], target[PATH_MAX], name[128];

    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(here, sizeof here));
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        snprintf(target, sizeof target, "%s/testcases/%s", here, part[i]);
        snprintf(name, sizeof name, "suite/%s", part[i]);
        CU_ASSERT_EQUAL_FATAL(symlink(target, scratch_path(name)), 0);
    }
    snprintf(dir, PATH_MAX, "%s", scratch_path("suite"));
}

static void xml_survives(void)
{
    static char path[] = "testcases/flows/close-1-1.xml";
    struct oom_rules rules = {.any_failure = true};

    CU_ASSERT_TRUE(oom_check_rules(use_xml, path, &rules) > 100);
}

static void the_data_files_survive(void)
{
    struct oom_rules rules = {.any_failure = true};
    struct error err;
    char dir[PATH_MAX];

    make_suite(dir);
    pool = mmap(NULL, POOL_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CU_ASSERT_TRUE_FATAL(pool != MAP_FAILED);
    xmlCleanupParser();
    CU_ASSERT_EQUAL_FATAL(xmlMemSetup(pool_free, pool_malloc, pool_realloc, pool_strdup), 0);
    CU_ASSERT_EQUAL_FATAL(profile_load("reference-network/sut.xml", "testcases/schema", &sound, &err), 0);
    CU_ASSERT_TRUE(oom_check_rules(use_profile, NULL, &rules) >= 4);
    CU_ASSERT_TRUE(oom_check_rules(use_testcases, dir, &rules) >= 8);
    profile_free(sound);
    CU_ASSERT_TRUE(pool_used < POOL_SIZE / 2);
}

static const struct test tests[] = {{"XML survives", xml_survives},
                                    {"the data files survive", the_data_files_survive}};
TEST_MAIN("suite_oom", tests)
