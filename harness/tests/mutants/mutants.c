/* mutants: shows cpmspec every fault and every variant that it should know, and tells what it said.
 *   mutants --cpmspec PROGRAM --work FOLDER [--table FILE] [--jobs N] [--only PATTERN] [--live yes|no|alone]
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/mutants/captured.h"
#include "tests/mutants/live.h"

struct options {
    const char *cpmspec, *work, *table, *only, *live;
    int jobs;
};

static bool read_options(int argc, char **argv, struct options *o)
{
    static const struct option known[] = {
        {"cpmspec", 1, NULL, 'c'}, {"work", 1, NULL, 'w'}, {"table", 1, NULL, 't'}, {"jobs", 1, NULL, 'j'},
        {"only", 1, NULL, 'o'},    {"live", 1, NULL, 'l'}, {NULL, 0, NULL, 0}};
    int c;

    *o = (struct options){.jobs = 4, .live = "yes"};
    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (c == 'c')
            o->cpmspec = optarg;
        else if (c == 'w')
            o->work = optarg;
        else if (c == 't')
            o->table = optarg;
        else if (c == 'o')
            o->only = optarg;
        else if (c == 'l')
            o->live = optarg;
        else if (c == 'j')
            o->jobs = (int)strtol(optarg, NULL, 10);
        else
            return false;
    }
    return o->cpmspec && o->work && o->jobs > 0 && optind == argc;
}

static int prove(const struct options *o, struct proof *proof, struct error *err)
{
    struct captured_config captured = {o->cpmspec, o->work, o->only, o->jobs};
    struct live_config live = {o->cpmspec, o->work, o->only, o->jobs};
    int e = 0;

    if (mkdir(o->work, 0777) < 0 && errno != EEXIST)
        return error_at(err, errno, o->work, 0, "cannot be made: %s", strerror(errno));
    if (strcmp(o->live, "alone") != 0)
        e = captured_prove(&captured, proof, err);
    if (e == 0 && strcmp(o->live, "no") != 0)
        e = live_prove(&live, proof, err);
    if (e == 0 && o->table)
        e = proof_table(proof, o->table, err);
    return e;
}

int main(int argc, char **argv)
{
    struct proof proof = {0};
    struct error err = {.text = ""};
    struct options o;
    char text[900];
    int right = 0;
    bool holds;

    if (!read_options(argc, argv, &o)) {
        fprintf(stderr,
                "usage: mutants --cpmspec PROGRAM --work FOLDER [--table FILE] [--jobs N] [--only PATTERN] "
                "[--live yes|no|alone]\n");
        return 4;
    }
    if (prove(&o, &proof, &err) < 0) {
        fprintf(stderr, "mutants: %s\n", error_format(&err, text, sizeof text));
        return 3;
    }
    holds = proof_holds(&proof, !o.only && strcmp(o.live, "yes") == 0);
    for (int i = 0; i < proof.n; i++)
        right += proof.entry[i].right;
    printf("%d sessions in mixtures, %d as alone\n", proof.mixed, proof.mixed_right);
    printf("%d mutants in other forms, %d the same\n", proof.reformed, proof.reformed_right);
    printf("%d passed, %d failed\n", right, proof.n - right);
    proof_done(&proof);
    return holds ? 0 : 1;
}
