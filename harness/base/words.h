/* A command line taken apart into words, without a shell: blanks (space, tab, line end) part words; what
 * stands between '…' or "…" belongs to one word as it is, blanks included, and may touch other parts of it
 * (--filter='port 5060'). Nothing else has a meaning: no variables, no wildcards, no backslashes, no
 * redirection and no pipes. */
#ifndef CPMSPEC_BASE_WORDS_H
#define CPMSPEC_BASE_WORDS_H

#include "base/slice.h"

enum { WORDS_MAX = 64, WORDS_BYTES = 1024 };

struct words {
    int n;
    const char *word[WORDS_MAX + 1]; /* into `text`, each ends with NUL; a NULL behind the last */
    char text[WORDS_BYTES];
};

/* Fills *ret, which stays where it is, whatever the answer. 0; -EINVAL: a quote without its end; -ENODATA: no
 * word at all; -E2BIG: too many words or bytes. */
int words_split(struct slice line, struct words *ret);

#endif
