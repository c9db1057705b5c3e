/* The default profile with its flow and the mirror of that, for tests that judge. From the top of the tree.
 */
#ifndef CPMSPEC_TESTS_DEFAULTS_H
#define CPMSPEC_TESTS_DEFAULTS_H

#include "suite/flow.h"
#include "suite/profile.h"

#include <stdio.h>

static struct profile *profile;
static struct flow *flow, *mirror;

/* False, and told, where they cannot be read. */
static inline bool defaults_load(void)
{
    struct error err = {.text = ""};
    bool ok = profile_load("reference-network/sut.xml", "testcases/schema", &profile, &err) == 0 &&
              flow_load("testcases/flows/close-1-1.xml", "testcases/schema", &flow, &err) == 0 &&
              flow_mirror(flow, &mirror) == 0;

    if (!ok)
        puts(err.text);
    return ok;
}

static inline void defaults_free(void)
{
    flow_free(mirror);
    flow_free(flow);
    profile_free(profile);
}

#endif
