/* The catalogue: what is to be made of which golden captures or generated sessions, and what cpmspec must say
 * of it. Data, in XML files beside this one; mutants.rng is their schema. */
#ifndef CPMSPEC_TESTS_MUTANTS_CATALOGUE_H
#define CPMSPEC_TESTS_MUTANTS_CATALOGUE_H

#include "suite/xml.h"
#include "tests/mutants/outcome.h"
#include "tests/mutants/place.h"
#include "tests/mutants/script.h"

enum { GOLDENS_MAX = 32, CASES_MAX = 1200, CATALOGUE_FILES_MAX = 8, SPECIMEN_NAME_MAX = 96 };

struct golden {
    char name[24];
    char closer; /* 'a' or 'b' */
    struct script script;
};

/* One mutant, benign variant or unclear shape, on one base. */
struct specimen {
    char name[SPECIMEN_NAME_MAX]; /* "pf-a-passed-over@udp-a" */
    char file[24];                /* of the catalogue, without folder and suffix */
    const xmlNode *node;
    const struct golden *base; /* NULL: generated */
    char closer;
    struct expectation expect;
    struct style style;
    char profile[64]; /* file name beside the catalogue; "": the default one */
    char format[16];  /* of the capture file */
    bool tail;        /* the capture goes on for long enough after it */
    bool mixed;       /* goes into the mixture */
    bool reformed;    /* is judged in other forms, too */
    int npoints;      /* capture points; 0: one that sees all */
    struct script script;
};

struct catalogue {
    struct places places;
    int ngoldens, ncases, nfiles;
    struct golden golden[GOLDENS_MAX];
    struct specimen *specimen; /* CASES_MAX */
    xmlDoc *doc[CATALOGUE_FILES_MAX];
};

/* Reads the files; `dir` holds them, the schema and the profiles, `captures` the golden captures. */
int catalogue_load(const char *dir, const char *const *files, int nfiles, const char *captures,
                   struct catalogue **ret, struct error *err);
void catalogue_free(struct catalogue *c);

/* Makes a specimen's script. */
int catalogue_build(struct catalogue *c, struct specimen *s, struct error *err);

/* The lines that a capture point of the specimen sees, its clock's error put in. */
int catalogue_point(struct catalogue *c, const struct specimen *s, int point, struct script *ret,
                    struct error *err);

#endif
