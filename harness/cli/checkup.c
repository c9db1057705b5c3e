#include "cli/checkup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/words.h"
#include "drive/listen.h"
#include "drive/plan.h"
#include "drive/process.h"
#include "drive/sandbox.h"
#include "wire/hepsource.h"
#include "wire/live.h"

enum { VERSION_DEADLINE_MS = 10000, SIP_PORT = 5060 };
static const uint64_t ROOM_WANTED = 64 << 20;

__attribute__((format(printf, 4, 5))) static struct check *add(struct checkup *c, enum check_state state,
                                                               const char *what, const char *found, ...)
{
    struct check *k = &c->check[c->n < CHECKS_MAX - 1 ? c->n++ : c->n];
    va_list args;

    k->state = state;
    snprintf(k->what, sizeof k->what, "%s", what);
    va_start(args, found);
    vsnprintf(k->found, sizeof k->found, found, args);
    va_end(args);
    k->mend[0] = '\0';
    return k;
}

__attribute__((format(printf, 2, 3))) static void mend(struct check *k, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(k->mend, sizeof k->mend, fmt, args);
    va_end(args);
}

bool checkup_good(const struct checkup *c)
{
    for (int i = 0; i < c->n; i++)
        if (c->check[i].state == CHECK_LACKING)
            return false;
    return true;
}

/* --- programs */

/* What a program writes until it ends, its first bytes. */
static void read_output(int fd, char *out, size_t size)
{
    nsec_t until = clock_monotonic() + VERSION_DEADLINE_MS * NSEC_PER_MSEC;
    size_t n = 0;

    while (n + 1 < size) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        nsec_t left = until - clock_monotonic();
        ssize_t got;
        if (left <= 0 || poll(&p, 1, (int)(left / NSEC_PER_MSEC) + 1) <= 0)
            break;
        got = read(fd, out + n, size - 1 - n);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    out[n] = '\0';
}

static bool ask(const char *const *argv, char *out, size_t size)
{
    struct process_spec spec = {.argv = argv};
    struct process *p;
    struct error err;
    int ends[2], r;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return false;
    spec.out = ends[1];
    r = process_start(&spec, &p, &err);
    close(ends[1]);
    if (r == 0) {
        read_output(ends[0], out, size);
        process_free(p);
    }
    close(ends[0]);
    return r == 0;
}

/* The first thing in a text that looks like a version: "3.6.1" of "SIPp v3.6.1-TLS". */
static void find_version(const char *text, char *out, size_t size)
{
    const char *p = text;
    size_t n;

    for (; *p; p += n ? n : 1) {
        n = strspn(p, "0123456789.");
        if (n >= 3 && *p != '.' && memchr(p, '.', n)) {
            snprintf(out, size, "%.*s", (int)n, p);
            return;
        }
    }
    snprintf(out, size, "of unknown version");
}

static void check_program(struct checkup *c, const char *const *argv, const char *package,
                          enum check_state lacking, const char *use)
{
    char text[4096], version[64], path[512];

    if (!process_find(argv[0], path, sizeof path)) {
        mend(add(c, lacking, argv[0], "not installed; %s", use),
             lacking == CHECK_LACKING ? "scripts/install-deps   (Debian: apt-get install %s)"
                                      : "apt-get install %s",
             package);
        return;
    }
    if (!ask(argv, text, sizeof text)) {
        mend(add(c, lacking, argv[0], "%s cannot be started", path), "apt-get install --reinstall %s",
             package);
        return;
    }
    find_version(text, version, sizeof version);
    add(c, CHECK_GOOD, argv[0], "%s, %s", version, path);
}

/* Whether Kamailio takes our configuration: it loads every module for that. */
static void check_configuration(struct checkup *c, const char *data_dir, const char *role)
{
    char file[PATH_MAX], text[16384], what[64];
    const char *const argv[] = {"kamailio", "-c", "-f", file, "-A", role, "-A", "SELF=sip:127.0.0.1:5060",
                                NULL};
    const char *error;

    snprintf(file, sizeof file, "%s/reference-network/kamailio.cfg", data_dir);
    snprintf(what, sizeof what, "reference network, %s", strcmp(role, "ROLE_CORE") == 0 ? "core" : "pf");
    if (!ask(argv, text, sizeof text))
        return; /* told already */
    error = strstr(text, "ERROR: ");
    if (!error)
        error = strstr(text, "CRITICAL: ");
    if (error)
        mend(add(c, CHECK_LACKING, what, "kamailio refuses %s: %.*s", file, (int)strcspn(error, "\r\n"),
                 error),
             "apt-get install --reinstall kamailio");
    else
        add(c, CHECK_GOOD, what, "kamailio takes %s", file);
}

static void check_programs(struct checkup *c, const struct profile *p, const char *data_dir)
{
    static const char *const sipp[] = {"sipp", "-v", NULL};
    static const char *const kamailio[] = {"kamailio", "-v", NULL};
    static const char *const tshark[] = {"tshark", "--version", NULL};
    bool simulated = false;

    for (int i = 0; i < p->nfunctions; i++)
        simulated |= !p->function[i].under_test && strncmp(p->function[i].role, "client-", 7) != 0;
    check_program(c, sipp, "sip-tester", CHECK_LACKING, "it plays the clients");
    if (simulated) {
        check_program(c, kamailio, "kamailio", CHECK_LACKING, "it plays the functions of the network");
        check_configuration(c, data_dir, "ROLE_CORE");
        check_configuration(c, data_dir, "ROLE_PF");
    }
    check_program(c, tshark, "tshark", CHECK_OPTIONAL, "captures with TLS in them cannot be read");
}

/* --- the network */

static bool check_namespaces(struct checkup *c)
{
    struct error err;

    if (sandbox_probe(&err) == 0) {
        add(c, CHECK_GOOD, "namespaces", "user, network and PID namespaces: no root is needed");
        return true;
    }
    mend(add(c, CHECK_OPTIONAL, "namespaces", "%s, so the host's loopback is used", err.text),
         "sudo sysctl -w user.max_user_namespaces=10000 kernel.unprivileged_userns_clone=1 "
         "kernel.apparmor_restrict_unprivileged_userns=0   (those that there are)");
    return false;
}

/* Where this program lies. */
static const char *ourselves(char path[PATH_MAX])
{
    ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);

    path[n > 0 ? n : 0] = '\0';
    return n > 0 ? path : "cpmspec";
}

static void check_interface(struct checkup *c, const char *interface)
{
    char what[96], path[PATH_MAX];
    struct source *s;
    struct error err;

    snprintf(what, sizeof what, "capture on %.64s", interface);
    if (live_open(interface, 0, NULL, &s, &err) == 0) {
        source_free(s);
        add(c, CHECK_GOOD, what, "there, and we have the right to");
        return;
    }
    mend(add(c, CHECK_LACKING, what, "%s", err.text), "sudo setcap cap_net_raw+ep %s   (or run as root)",
         ourselves(path));
}

static void check_listener(struct checkup *c, const char *place)
{
    char what[96];
    struct source *s;
    struct error err;

    snprintf(what, sizeof what, "listener for HEP at %.48s", place);
    if (hep_source_open(place, 0, &s, &err) == 0) {
        source_free(s);
        add(c, CHECK_GOOD, what, "free");
        return;
    }
    mend(add(c, CHECK_LACKING, what, "%s", err.text),
         "ss -lntup   shows who listens there: end that program, or listen elsewhere");
}

/* tcpdump lays down the rights of root for those of another user, and in the network of an ordinary user
 * there is no other. */
static bool lays_rights_down(const char *program, bool host)
{
    const char *slash = strrchr(program, '/');

    return !host && geteuid() != 0 && strcmp(slash ? slash + 1 : program, "tcpdump") == 0;
}

static void check_command(struct checkup *c, const struct profile *p, const struct profile_capture *at,
                          bool host)
{
    struct words words;
    char what[96];

    if (words_split(slice_of(at->text), &words) < 0)
        return;
    snprintf(what, sizeof what, "capture by %.64s", words.word[0]);
    if (lays_rights_down(words.word[0], host))
        mend(add(c, CHECK_LACKING, what, "it cannot change its user in a network of its own"),
             "dumpcap -q -P -i lo -w -   in its place in %s:%d (apt-get install tshark)", p->path, at->line);
    else if (process_find(words.word[0], NULL, 0))
        add(c, CHECK_GOOD, what, "there");
    else
        mend(add(c, CHECK_LACKING, what, "not installed"), "install it, or name its path in %s:%d", p->path,
             at->line);
}

/* What moves a client under test. */
static void check_starts(struct checkup *c, const struct profile *p)
{
    for (int i = 0; i < p->nfunctions; i++) {
        const struct profile_function *f = &p->function[i];
        struct words words;
        char what[96];

        if (!f->under_test || strncmp(f->role, "client-", 7) != 0)
            continue;
        snprintf(what, sizeof what, "start of %s", f->role);
        if (!*f->start)
            mend(add(c, CHECK_OPTIONAL, what, "by hand: `run` tells you what to do, at a terminal"),
                 "<start command=\"…\"/> in %s:%d   where it is to run by itself", p->path, f->line);
        else if (words_split(slice_of(f->start), &words) < 0 || !process_find(words.word[0], NULL, 0))
            mend(add(c, CHECK_LACKING, what, "its command is not there, or may not be executed"),
                 "name its path in %s:%d, or install it", p->path, f->start_line);
        else
            add(c, CHECK_GOOD, what, "by %.64s", words.word[0]);
    }
}

/* In a network of our own we may capture and listen as we like. */
static void check_captures(struct checkup *c, const struct profile *p, bool host)
{
    if (host && p->ncaptures == 0)
        check_interface(c, "lo");
    for (int i = 0; i < p->ncaptures; i++) {
        const struct profile_capture *at = &p->capture[i];
        if (at->kind == CAPTURE_COMMAND)
            check_command(c, p, at, host);
        else if (host && at->kind == CAPTURE_INTERFACE)
            check_interface(c, at->text);
        else if (host)
            check_listener(c, at->text);
    }
}

/* On the host we need the addresses of what we simulate, and nobody else may use them. */
static void check_address(struct checkup *c, const struct profile *p, const struct profile_node *n)
{
    struct endpoint at = {n->addr, n->port ? n->port : SIP_PORT};
    enum listen_state udp = LISTEN_NONE, tcp = LISTEN_NONE;
    char text[ENDPOINT_TEXT], what[96];
    const char *role = p->function[n->function].role;
    struct error err;

    snprintf(what, sizeof what, "address of %s", role);
    endpoint_format(&at, text);
    if (listen_look(&at, false, &udp, &err) < 0 || listen_look(&at, true, &tcp, &err) < 0)
        add(c, CHECK_OPTIONAL, what, "%s", err.text);
    else if (udp != LISTEN_NONE || tcp != LISTEN_NONE)
        mend(add(c, CHECK_LACKING, what, "%s is in use", text),
             "ss -lntup   shows by whom: end that program, or give %s another address in %s", role, p->path);
    else
        add(c, CHECK_GOOD, what, "%s is free", text);
}

static void check_host(struct checkup *c, const struct profile *p)
{
    for (int i = 0; i < p->nnodes; i++)
        if (p->node[i].bits == 128 && !p->function[p->node[i].function].under_test)
            check_address(c, p, &p->node[i]);
}

/* --- the disk */

static void check_room(struct checkup *c)
{
    struct statvfs fs;
    uint64_t room;

    if (statvfs(".", &fs) < 0) {
        mend(add(c, CHECK_LACKING, "room for reports", "the working folder cannot be looked at: %s",
                 strerror(errno)),
             "change to a folder that is there");
        return;
    }
    room = (uint64_t)fs.f_bavail * fs.f_frsize;
    if (access(".", W_OK) < 0)
        mend(add(c, CHECK_LACKING, "room for reports", "the working folder cannot be written"),
             "cpmspec run --out DIR   with a folder that can");
    else if (room < ROOM_WANTED)
        mend(add(c, CHECK_LACKING, "room for reports", "%llu MB free", (unsigned long long)(room >> 20)),
             "rm -r reports/*   or cpmspec run --out DIR   on another disk");
    else
        add(c, CHECK_GOOD, "room for reports", "%llu MB free", (unsigned long long)(room >> 20));
}

void checkup_run(const struct profile *profile, const char *data_dir, struct checkup *ret)
{
    bool private = plan_is_private(profile), host;

    ret->n = 0;
    check_programs(ret, profile, data_dir);
    host = !private || !check_namespaces(ret);
    check_captures(ret, profile, host);
    check_starts(ret, profile);
    if (host)
        check_host(ret, profile);
    check_room(ret);
}
