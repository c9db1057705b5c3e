/* Where the functions live: names to addresses. Beside the roles of the flow ("core-a") there are those that
 * depend on who closes ("near-core", "far-client"). */
#ifndef CPMSPEC_TESTS_MUTANTS_PLACE_H
#define CPMSPEC_TESTS_MUTANTS_PLACE_H

#include "base/addr.h"

enum { PLACES_MAX = 64, PLACE_NAME_MAX = 24 };

struct places {
    int n;
    char closer; /* 'a' or 'b': which side is the near one */
    struct {
        char name[PLACE_NAME_MAX];
        struct endpoint at;
    } place[PLACES_MAX];
};

/* "127.0.10.2", "[fd00::2]:5061"; the port is 5060 where none is given. */
bool place_parse(struct slice text, struct endpoint *ret);

/* A name of the table, or an address. False where it is neither. */
bool place_find(const struct places *p, struct slice name, struct endpoint *ret);

#endif
