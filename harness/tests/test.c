#include "tests/test.h"

#include <CUnit/Basic.h>
#include <stdio.h>

int test_main(int argc, char **argv, const char *suite, const struct test *tests, size_t n)
{
    const char *pick = argc > 1 ? argv[1] : "";
    CU_pSuite s;
    unsigned failed;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (CU_initialize_registry() != CUE_SUCCESS || !(s = CU_add_suite(suite, NULL, NULL)))
        return 99;
    for (size_t i = 0; i < n; i++)
        if (strstr(tests[i].name, pick) && !CU_add_test(s, tests[i].name, tests[i].run))
            return 99;
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    failed = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failed ? 1 : 0;
}
