#include "cli/setting.h"

/* Several flows may be there: a role must be known to one of them, and the words are those of the one that
 * captures are judged by. */
static int check_roles(const struct setting *s, struct error *err)
{
    int function[FLOW_ROLES_MAX];

    for (int i = 0; i < s->profile->nfunctions; i++) {
        bool known = false;

        for (int f = 0; f < s->suite->nflows && !known; f++)
            known = flow_role(s->suite->flow[f], s->profile->function[i].role) >= 0;
        if (!known)
            return profile_bind(s->profile, s->suite->judged, function, err);
    }
    return 0;
}

static int load(const char *sut, int (*load_suite)(const char *, struct testcases **, struct error *),
                struct setting *ret, struct error *err)
{
    struct setting s = {.suite = NULL};
    int r;

    if ((r = home_find(&s.home, err)) == 0 && (r = load_suite(s.home.testcases, &s.suite, err)) == 0 &&
        (r = profile_load(sut ? sut : s.home.sut, s.home.schema, &s.profile, err)) == 0)
        r = check_roles(&s, err);
    if (r < 0)
        setting_done(&s);
    else
        *ret = s;
    return r;
}

int setting_load(const char *sut, struct setting *ret, struct error *err)
{
    return load(sut, testcases_load, ret, err);
}

int setting_load_flows(const char *sut, struct setting *ret, struct error *err)
{
    return load(sut, testcases_load_flows, ret, err);
}

void setting_done(struct setting *s)
{
    testcases_free(s->suite);
    profile_free(s->profile);
    s->suite = NULL;
    s->profile = NULL;
}
