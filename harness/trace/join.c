#include "trace/join.h"

#include <errno.h>
#include <stdlib.h>

enum { KEY_TEXT_MAX = 512, KINDS_FIXED = 4, KINDS_MAX = KINDS_FIXED + PROFILE_HEADERS_MAX };

/* One value that INVITEs share; the session that carried it last. */
struct join_key {
    struct slice text; /* "Contribution-ID:…", behind the struct */
    struct tracked *owner;
    const char *name;
    UT_hash_handle hh;
    char bytes[];
};

/* One kind of value, the surest first. */
struct join_kind {
    const char *name;
    enum sip_header id; /* SIP_OTHER: by name */
    const char *param;  /* the part of the value that counts; NULL: up to the first ';' */
    bool many;          /* sessions of one conversation share it: it joins only what is next to one another */
};

struct join {
    struct join_key *keys;
    int nkinds;
    struct join_kind kind[KINDS_MAX];
};

int join_new(const struct profile *profile, struct join **ret)
{
    static const struct join_kind fixed[KINDS_FIXED] = {
        {"Contribution-ID", SIP_CONTRIBUTION_ID, NULL, false},
        {"P-Charging-Vector", SIP_P_CHARGING_VECTOR, "icid-value", false},
        {"Session-ID", SIP_SESSION_ID, NULL, false},
        {"Conversation-ID", SIP_CONVERSATION_ID, NULL, true},
    };
    struct join *j = calloc(1, sizeof *j);

    if (!j)
        return -ENOMEM;
    for (int i = 0; i < profile->ncorrelate; i++)
        j->kind[j->nkinds++] = (struct join_kind){
            profile->correlate[i], sip_header_id(slice_of(profile->correlate[i])), NULL, false};
    for (int i = 0; i < KINDS_FIXED; i++)
        j->kind[j->nkinds++] = fixed[i];
    *ret = j;
    return 0;
}

void join_free(struct join *j)
{
    if (!j)
        return;
    HASH_CLEAR(hh, j->keys); /* the keys themselves went with their sessions */
    free(j);
}

/* A parameter of a value that is nothing but parameters (P-Charging-Vector, RFC 7315 5.6). */
static struct slice parameter(struct slice value, const char *name, char params[KEY_TEXT_MAX])
{
    if (!value.n || value.n + 1 > KEY_TEXT_MAX)
        return (struct slice){NULL, 0};
    params[0] = ';';
    memcpy(params + 1, value.p, value.n);
    return sip_param((struct slice){params, value.n + 1}, slice_of(name));
}

/* "Name:value" of what the message has of a kind; n == 0 where it has nothing. */
static struct slice key_text(const struct join_kind *kind, const struct sip_msg *m, char text[KEY_TEXT_MAX])
{
    struct slice value = kind->id ? sip_value(m, kind->id) : sip_value_named(m, slice_of(kind->name));
    size_t name = strlen(kind->name);
    char params[KEY_TEXT_MAX];

    if (kind->param)
        value = parameter(value, kind->param, params);
    else
        value = slice_trim(slice_head(value, slice_find(value, ';')));
    if (!value.n || name + 1 + value.n > KEY_TEXT_MAX)
        return (struct slice){NULL, 0};
    memcpy(text + name + 1, value.p, value.n);
    memcpy(text, kind->name, name);
    text[name] = ':';
    return (struct slice){text, name + 1 + value.n};
}

static struct join_key *find(const struct join *j, struct slice text)
{
    struct join_key *key = NULL;

    if (text.n)
        HASH_FIND(hh, j->keys, text.p, text.n, key);
    return key;
}

/* A B2BUA sends on what it was sent; whoever began the session once begins a new one. */
enum { CARRIES_ON = 1, BEGINS_ANEW = 2 };

static int relation(const struct tracked *t, const struct said *said)
{
    bool began = false;

    for (unsigned i = 0; i < t->session.nlegs; i++) {
        if (t->session.leg[i]->reached & said->from)
            return CARRIES_ON;
        began |= (t->session.leg[i]->root & said->from) != 0;
    }
    return began ? BEGINS_ANEW : 0;
}

static bool fits(const struct tracked *t, const struct join_kind *kind, const struct said *said)
{
    int how = relation(t, said);

    if (t->session.nlegs == SESSION_LEGS_MAX || how == BEGINS_ANEW || (kind->many && how != CARRIES_ON))
        return false;
    /* An INVITE after a BYE opens another session of the same conversation. */
    return said->msg->method != SIP_INVITE || !t->session.nhops;
}

struct tracked *join_find(struct join *j, const struct said *said)
{
    char text[KEY_TEXT_MAX];

    for (int i = 0; i < j->nkinds; i++) {
        struct join_key *key = find(j, key_text(&j->kind[i], said->msg, text));
        struct tracked *t = key ? key->owner : NULL;

        if (!t || !fits(t, &j->kind[i], said))
            continue;
        t->session.joined_by = key->name;
        return t;
    }
    return NULL;
}

static void give_up(struct join_key *key)
{
    struct tracked *t = key->owner;

    for (unsigned i = 0; i < t->nkeys; i++)
        if (t->key[i] == key)
            t->key[i] = t->key[--t->nkeys];
}

static struct join_key *add_key(struct join *j, struct slice text, const char *name)
{
    struct join_key *key = malloc(sizeof *key + text.n);

    if (!key)
        return NULL;
    memcpy(key->bytes, text.p, text.n);
    key->text = (struct slice){key->bytes, text.n};
    key->name = name;
    HASH_ADD_KEYPTR(hh, j->keys, key->text.p, key->text.n, key);
    if (key->hh.tbl)
        return key;
    free(key);
    return NULL;
}

static bool has_key(const struct tracked *t, struct slice text)
{
    for (unsigned i = 0; i < t->nkeys; i++)
        if (slice_eq(t->key[i]->text, text))
            return true;
    return false;
}

bool join_note(struct join *j, struct tracked *t, const struct said *said)
{
    char text[KEY_TEXT_MAX];

    for (int i = 0; i < j->nkinds; i++) {
        struct slice s = key_text(&j->kind[i], said->msg, text);
        struct join_key *key;

        if (!s.n || t->nkeys == TRACKED_KEYS_MAX || has_key(t, s))
            continue;
        key = find(j, s);
        if (key)
            give_up(key); /* the newest session of the conversation carries it from now on */
        else if (!(key = add_key(j, s, j->kind[i].name)))
            return false;
        key->owner = t;
        t->key[t->nkeys++] = key;
    }
    return true;
}

void join_forget(struct join *j, struct tracked *t)
{
    for (unsigned i = 0; i < t->nkeys; i++) {
        HASH_DEL(j->keys, t->key[i]);
        free(t->key[i]);
    }
    t->nkeys = 0;
}
