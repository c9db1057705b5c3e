/* cpmspec doctor: what this machine lacks, and what mends it. */
#include "cli/checkup.h"
#include "cli/commands.h"
#include "cli/options.h"

#include <locale.h>
#include <stdio.h>

static const struct verb verb = {
    .name = "doctor",
    .arguments = "",
    .purpose = "what this machine lacks to run, and the command that mends it",
    .details = "With --sut that profile, and what it takes, is looked at, too.\n",
    .takes = TAKES_SUT,
};

static void print(const struct checkup *c)
{
    static const char *const mark[] = {
        [CHECK_GOOD] = "ok", [CHECK_LACKING] = "LACKING", [CHECK_OPTIONAL] = "optional"};

    for (int i = 0; i < c->n; i++) {
        const struct check *k = &c->check[i];
        printf("%-9s %-24s %s\n", mark[k->state], k->what, k->found);
        if (k->mend[0])
            printf("%-9s %-24s mend: %s\n", "", "", k->mend);
    }
}

int cmd_doctor(int argc, char **argv)
{
    struct options options;
    struct setting setting;
    struct checkup checkup;
    struct error err = {0};
    int status = options_open(&verb, argc, argv, &options), r;

    if (status >= 0)
        return status;
    r = setting_load(options.sut, &setting, &err);
    if (r < 0) {
        complain(&verb, &err);
        return status_of(r);
    }
    printf("%-9s %-24s %s, %d test cases\n", "ok", "data files", setting.home.data, setting.suite->n);
    printf("%-9s %-24s %s (%s)\n", "ok", "profile", setting.profile->path, setting.profile->name);
    checkup_run(setting.profile, setting.home.data, &checkup);
    print(&checkup);
    setting_done(&setting);
    if (checkup_good(&checkup))
        printf("\nAll is there: 'cpmspec run' can work.\n");
    else
        printf("\nSomething is lacking; the lines above say what mends it.\n");
    return checkup_good(&checkup) ? STATUS_PASS : STATUS_USAGE;
}
