/* A golden capture, read back into a script: every SIP message of it but those outside dialogs (REGISTER,
 * OPTIONS), once each. */
#ifndef CPMSPEC_TESTS_MUTANTS_GOLDEN_H
#define CPMSPEC_TESTS_MUTANTS_GOLDEN_H

#include "base/error.h"
#include "tests/mutants/script.h"

/* 0, or what reading the file said. The script is numbered. */
int golden_read(const char *path, struct script *ret, struct error *err);

#endif
