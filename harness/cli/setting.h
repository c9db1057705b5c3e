/* What every verb begins with: where our files are, the test cases, and the profile of the SUT. */
#ifndef CPMSPEC_CLI_SETTING_H
#define CPMSPEC_CLI_SETTING_H

#include "cli/home.h"
#include "suite/profile.h"
#include "suite/testcase.h"

struct setting {
    struct home home;
    struct testcases *suite;
    struct profile *profile;
};

/* `sut` NULL means the default profile. A role of the profile that no flow knows is a mistake, too. On
 * failure nothing is left to free. Errors as home_find, testcases_load and profile_load. */
int setting_load(const char *sut, struct setting *ret, struct error *err);
/* The same without the test cases: the suite has the flows alone. */
int setting_load_flows(const char *sut, struct setting *ret, struct error *err);
void setting_done(struct setting *s);

#endif
