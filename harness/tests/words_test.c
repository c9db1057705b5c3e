#include "base/words.h"

#include "tests/test.h"

#include <errno.h>

static struct words w;

/* The words with a bar after each. */
static const char *split(const char *line)
{
    static char all[2 * WORDS_BYTES];
    size_t n = 0;
    int r = words_split(slice_of(line), &w);

    if (r < 0)
        return r == -EINVAL ? "-EINVAL" : r == -ENODATA ? "-ENODATA" : r == -E2BIG ? "-E2BIG" : "?";
    for (int i = 0; i < w.n; i++)
        n += (size_t)snprintf(all + n, sizeof all - n, "%s|", w.word[i]);
    CU_ASSERT_PTR_NULL(w.word[w.n]);
    return all;
}

static void blanks_part_words(void)
{
    CU_ASSERT_STRING_EQUAL(split("tcpdump -i lo"), "tcpdump|-i|lo|");
    CU_ASSERT_STRING_EQUAL(split("  a \t b\r\nc  "), "a|b|c|");
    CU_ASSERT_STRING_EQUAL(split("one"), "one|");
}

static void quotes_join_them(void)
{
    CU_ASSERT_STRING_EQUAL(split("ssh host 'tcpdump -i any'"), "ssh|host|tcpdump -i any|");
    CU_ASSERT_STRING_EQUAL(split("a \"b 'c' d\" '\"'"), "a|b 'c' d|\"|");
    CU_ASSERT_STRING_EQUAL(split("--f='x y'z ''"), "--f=x yz||");
}

/* What a shell would act upon is taken as it stands. */
static void there_is_no_shell(void)
{
    CU_ASSERT_STRING_EQUAL(split("a $HOME ~ *.c b\\ c `d` e|f > g; h && i # j"),
                           "a|$HOME|~|*.c|b\\|c|`d`|e|f|>|g;|h|&&|i|#|j|");
}

static void mistakes(void)
{
    char line[WORDS_BYTES * 2 + 1];

    CU_ASSERT_STRING_EQUAL(split(""), "-ENODATA");
    CU_ASSERT_STRING_EQUAL(split(" \t\n"), "-ENODATA");
    CU_ASSERT_STRING_EQUAL(split("a 'b c"), "-EINVAL");
    CU_ASSERT_STRING_EQUAL(split("a\"b'c'"), "-EINVAL");
    for (int i = 0; i < WORDS_MAX; i++)
        snprintf(line + 2 * i, 3, "x ");
    CU_ASSERT_EQUAL(words_split(slice_of(line), &w), 0);
    CU_ASSERT_EQUAL(w.n, WORDS_MAX);
    snprintf(line + 2 * WORDS_MAX, 2, "x");
    CU_ASSERT_STRING_EQUAL(split(line), "-E2BIG");
    for (size_t n = WORDS_BYTES - 3; n < WORDS_BYTES + 3; n++) {
        memset(line, 'y', n);
        line[n] = '\0';
        CU_ASSERT_EQUAL(words_split(slice_of(line), &w), n < WORDS_BYTES ? 0 : -E2BIG);
    }
    memset(line, 'y', 10);
    CU_ASSERT_EQUAL(words_split((struct slice){line, 3}, &w), 0);
    CU_ASSERT_STRING_EQUAL(w.word[0], "yyy");
}

static const struct test tests[] = {
    {"blanks part words", blanks_part_words},
    {"quotes join them", quotes_join_them},
    {"there is no shell", there_is_no_shell},
    {"mistakes", mistakes},
};
TEST_MAIN("words", tests)
