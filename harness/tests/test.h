/* A test program: one suite of CUnit tests, run in the order of its table. Exit status 0 where all passed. */
#ifndef CPMSPEC_TESTS_TEST_H
#define CPMSPEC_TESTS_TEST_H

#include <CUnit/CUnit.h>
#include <string.h>

struct test {
    const char *name;
    void (*run)(void);
};

/* Runs them with CUnit's summary at the end; an argument picks the tests whose name contains it. */
int test_main(int argc, char **argv, const char *suite, const struct test *tests, size_t n);

#define TEST_MAIN(suite, tests)                                                                              \
    int main(int argc, char **argv)                                                                          \
    {                                                                                                        \
        return test_main(argc, argv, suite, tests, sizeof(tests) / sizeof((tests)[0]));                      \
    }

#define CHECK_SLICE(s, literal)                                                                              \
    do {                                                                                                     \
        struct slice check_slice_ = (s);                                                                     \
        CU_ASSERT_TRUE(check_slice_.n == sizeof(literal) - 1 && check_slice_.p &&                            \
                       memcmp(check_slice_.p, literal, sizeof(literal) - 1) == 0);                           \
    } while (0)

#endif
