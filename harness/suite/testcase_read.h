/* One test case out of its file. Only testcase.c calls this. */
#ifndef CPMSPEC_SUITE_TESTCASE_READ_H
#define CPMSPEC_SUITE_TESTCASE_READ_H

#include "suite/testcase.h"

/* Fills `tc` (zeroed by the caller) from `path`, which lies in `folder`; `schema` is testcase.rng. Its flow
 * is looked up in `s`, as are the ids already taken. -EINVAL with file and line for a mistake, else as
 * xml_load. */
int testcase_read(const char *path, const char *folder, const struct xml_schema *schema,
                  const struct testcases *s, struct testcase *tc, struct error *err);

#endif
