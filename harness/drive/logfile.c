#include "drive/logfile.h"

#include "base/slice.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 1024 };

static void keep(char *out, size_t size, const char *line)
{
    snprintf(out, size, "%.*s", (int)strcspn(line, "\r\n"), line);
}

/* " 0(4242) ERROR: <core> [core/udp_server.c:598]: udp_init(): bind(6, …): Address already in use" */
const char *logfile_kamailio(const char *path, char *out, size_t size)
{
    FILE *f = fopen(path, "re");
    char line[LINE];

    *out = '\0';
    while (f && !*out && fgets(line, sizeof line, f)) {
        const char *at = strstr(line, "ERROR: "), *bracket;
        if (!at)
            at = strstr(line, "CRITICAL: ");
        if (!at)
            continue;
        at = strchr(at, ' ') + 1;
        bracket = strstr(at, "]: ");
        keep(out, size, bracket ? bracket + 3 : at);
    }
    if (f)
        fclose(f);
    return out;
}

/* "2026-01-31\t10:20:30.123456\t1706696430.123456: Aborting call on …" */
const char *logfile_sipp(const char *path, char *out, size_t size)
{
    FILE *f = fopen(path, "re");
    char line[LINE];

    *out = '\0';
    while (f && !*out && fgets(line, sizeof line, f)) {
        const char *tab = strrchr(line, '\t'), *colon = tab ? strstr(tab, ": ") : NULL;
        if (colon)
            keep(out, size, colon + 2);
    }
    if (f)
        fclose(f);
    return out;
}

const char *logfile_any(const char *path, const char *program, char *out, size_t size)
{
    FILE *f = fopen(path, "re");
    size_t n = strlen(program);
    bool named = false;
    char line[LINE];

    *out = '\0';
    while (f && fgets(line, sizeof line, f)) {
        bool its = strncmp(line, program, n) == 0 && line[n] == ':';
        if (its || (!named && line[strspn(line, " \t\r\n")]))
            keep(out, size, line);
        named |= its;
    }
    if (f)
        fclose(f);
    return out;
}

static uint64_t dropped(const char *line)
{
    static const char dumpcap[] = "Packets received/dropped on interface '";
    const char *colon = strncmp(line, dumpcap, sizeof dumpcap - 1) == 0 ? strstr(line, "': ") : NULL;
    const char *number = colon ? strchr(colon, '/') : NULL;
    uint64_t n = 0;

    if (number)
        number++;
    else if (strstr(line, " packets dropped by kernel") == line + strspn(line, "0123456789"))
        number = line;
    else
        return 0;
    if (!slice_number((struct slice){number, strspn(number, "0123456789")}, UINT32_MAX, &n))
        return 0;
    return n;
}

uint64_t logfile_dropped(const char *path)
{
    FILE *f = fopen(path, "re");
    char line[LINE];
    uint64_t all = 0;

    while (f && fgets(line, sizeof line, f))
        all += dropped(line);
    if (f)
        fclose(f);
    return all;
}
