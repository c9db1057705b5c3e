/* Sessions that no golden capture has, generated as a conformant network says them: an element <session> with
 * the transactions in it (mutants.rng says what stands where). Its path is a list of places; a function that
 * is a B2BUA on it cuts it into legs with dialogs of their own. "client-a@nat-a": what is written in the
 * messages, and where the packets come from. */
#ifndef CPMSPEC_TESTS_MUTANTS_PLAY_H
#define CPMSPEC_TESTS_MUTANTS_PLAY_H

#include "suite/xml.h"
#include "tests/mutants/place.h"
#include "tests/mutants/script.h"

/* Adds what is said in the session to the script. -EINVAL with file and line. */
int play_session(struct script *s, const struct places *places, const xmlNode *session, struct error *err);

#endif
