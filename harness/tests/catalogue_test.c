#include "oracle/catalogue.h"
#include "oracle/rule.h"
#include "tests/test.h"

#include <glob.h>
#include <stdio.h>

enum { LIMIT = 1 << 20 };

static bool sentence(const char *text)
{
    size_t n = strlen(text);

    return n > 5 && text[n - 1] == '.';
}

static void every_rule_says_all_of_itself(void)
{
    unsigned n;
    const struct rule *const *rule = rule_all(&n);

    CU_ASSERT_TRUE(n >= 36);
    for (unsigned i = 0; i < n; i++) {
        CU_ASSERT_PTR_EQUAL(rule_find(rule[i]->id), rule[i]); /* no id stands twice */
        CU_ASSERT_TRUE(sentence(rule[i]->required) && sentence(rule[i]->harm) && sentence(rule[i]->evidence));
        CU_ASSERT_TRUE(strlen(rule[i]->clause) > 5);
        CU_ASSERT_PTR_NOT_NULL(rule[i]->check);
    }
    CU_ASSERT_PTR_NULL(rule_find("path"));
}

static void every_rule_is_in_the_catalogue(void)
{
    unsigned n;
    const struct rule *const *rule = rule_all(&n);
    struct buf b;

    buf_init(&b, LIMIT);
    CU_ASSERT_EQUAL_FATAL(catalogue_add(&b), 0);
    for (unsigned i = 0; i < n; i++) {
        char heading[64];
        snprintf(heading, sizeof heading, "### %s\n", rule[i]->id);
        CU_ASSERT_TRUE(slice_find_slice(buf_slice(&b), slice_of(heading)) < b.n);
    }
    buf_done(&b);
}

static void the_printed_catalogue_is_this_one(void)
{
    static char text[LIMIT];
    FILE *f = fopen("docs/rules.md", "r");
    struct buf b;
    size_t n;

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    n = fread(text, 1, sizeof text, f);
    fclose(f);
    buf_init(&b, LIMIT);
    CU_ASSERT_EQUAL_FATAL(catalogue_add(&b), 0);
    CU_ASSERT_TRUE(slice_eq(buf_slice(&b), (struct slice){text, n})); /* else: make docs */
    buf_done(&b);
}

/* A finding takes its id from a rule: one that is written out by hand is in no catalogue. */
static void no_finding_names_a_rule_by_hand(void)
{
    static char text[LIMIT];
    size_t looked_at = 0;
    glob_t found;

    CU_ASSERT_EQUAL_FATAL(glob("harness/[!t]*/*.c", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        FILE *f = fopen(found.gl_pathv[i], "r");
        struct slice all;

        CU_ASSERT_PTR_NOT_NULL_FATAL(f);
        all = (struct slice){text, fread(text, 1, sizeof text, f)};
        fclose(f);
        looked_at += slice_find_slice(all, SLICE("struct finding){")) < all.n;
        CU_ASSERT_EQUAL(slice_find_slice(all, SLICE(".rule = \"")), all.n);
        CU_ASSERT_EQUAL(slice_find_slice(all, SLICE("->rule = \"")), all.n);
    }
    globfree(&found);
    CU_ASSERT_TRUE(looked_at >= 2); /* the judge's, and that of what the clients say */
}

static const struct test tests[] = {
    {"no finding names a rule by hand", no_finding_names_a_rule_by_hand},
    {"every rule says all of itself", every_rule_says_all_of_itself},
    {"every rule is in the catalogue", every_rule_is_in_the_catalogue},
    {"docs/rules.md is this catalogue", the_printed_catalogue_is_this_one},
};
TEST_MAIN("catalogue", tests)
