/* A SIP message as start line, header fields and body, to be changed and written again. It shares nothing
 * with the scanner under test: it knows the plain form that golden captures and generated messages have, one
 * field a line. */
#ifndef CPMSPEC_TESTS_MUTANTS_SIPTEXT_H
#define CPMSPEC_TESTS_MUTANTS_SIPTEXT_H

#include "tests/mutants/script.h"

enum { SIPTEXT_FIELDS_MAX = 400 };

struct siptext_field {
    const char *name, *value; /* in the arena; name NULL: the value is a whole line that is no field */
};

struct siptext {
    struct arena *arena; /* borrowed; holds every string */
    const char *start;
    int n;
    struct siptext_field field[SIPTEXT_FIELDS_MAX];
    struct slice body;
};

void siptext_read(struct siptext *t, struct arena *arena, struct slice message);
/* Writes it as it stands: Content-Length is a field like any other. */
void siptext_write(const struct siptext *t, struct line *l);

/* The nth field (from 1 at the top, from -1 at the bottom) of a name, in any case; -1 where there is none. */
int siptext_find(const struct siptext *t, const char *name, int nth);
int siptext_count(const struct siptext *t, const char *name);

/* Puts a field before the one at index `at` (t->n: last). */
void siptext_add(struct siptext *t, int at, const char *name, const char *value);
void siptext_cut(struct siptext *t, int at);

/* One field for each value of a list, and one list of all values. */
void siptext_split(struct siptext *t, const char *name);
void siptext_join(struct siptext *t, const char *name);

/* Gives it another form that means the same. False where there is no form of that name. */
bool siptext_form(struct siptext *t, const char *form);

/* Gives every message of a script the forms that are named, one after another, separated by blanks. */
void siptext_reform(struct script *s, const char *forms);

#endif
