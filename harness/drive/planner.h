/* What plan.c works with: the plan in the making, what the profile says of addresses and users, and the words
 * of a command line. Texts live in the plan's arena; where that is full, `failed` says so in the end. */
#ifndef CPMSPEC_DRIVE_PLANNER_H
#define CPMSPEC_DRIVE_PLANNER_H

#include "drive/plan.h"

enum { PLANNER_SIP_PORT = 5060 };

struct planner {
    const struct plan_spec *spec;
    struct plan *plan;
    bool tcp;
    bool failed; /* memory is out */
    struct error *err;
};

/* A text in the arena; "" where that is full. */
const char *planner_text(struct planner *k, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* 32 hexadecimal digits, never the same. SIPp names its calls by its process id, which comes again in every
 * PID namespace. */
const char *planner_unique(struct planner *k);

/* "sip:192.0.2.1:5060", with ";transport=tcp" where that is used. */
const char *planner_uri(struct planner *k, const struct endpoint *e);

/* Words of its command line; "-A text". */
void planner_arg(struct planner *k, struct plan_party *p, const char *text);
void planner_args(struct planner *k, struct plan_party *p, const char *const *texts);
void planner_define(struct planner *k, struct plan_party *p, const char *text);

/* Its name, and the folder and the log that go by it. */
void planner_name(struct planner *k, struct plan_party *p, const char *name);

/* 'a' of "core-a"; whether that is a "core-". */
char planner_side(const char *role);
bool planner_is_kind(const char *role, const char *kind);

/* The one address that a function is reached at; port 5060 where the profile gives none. */
bool planner_function_at(const struct profile *p, int function, struct endpoint *ret);
/* The same for "core-" and 'a'. */
bool planner_role_at(const struct profile *p, const char *kind, char side, struct endpoint *ret);

/* NULL where the profile names none. */
const struct profile_user *planner_user(const struct profile *p, char side);
/* "sip:alice@a.example" to "alice@a.example". */
const char *planner_identity(const struct profile_user *user);

bool planner_same_place(const struct endpoint *a, const struct endpoint *b);

#endif
