/* The verbs. Each reads its own options (options.h), does its work, says on standard error what went wrong,
 * and returns the exit status. argv[0] is the verb. */
#ifndef CPMSPEC_CLI_COMMANDS_H
#define CPMSPEC_CLI_COMMANDS_H

/* Exit statuses, the same for every verb; summary_exit_status gives those of a judgement. */
enum status {
    STATUS_PASS = 0,         /* all that was judged passed; all that was asked was done */
    STATUS_FAIL = 1,         /* at least one fail */
    STATUS_INTERRUPTED = 2,  /* by a signal */
    STATUS_ERROR = 3,        /* the harness failed */
    STATUS_USAGE = 4,        /* usage or configuration */
    STATUS_NOTHING = 5,      /* nothing was judged */
    STATUS_INCONCLUSIVE = 6, /* no fail, but something inconclusive */
};

#define CPMSPEC_VERSION "0.1.0"

int cmd_run(int argc, char **argv);
int cmd_judge(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_doctor(int argc, char **argv);

#endif
