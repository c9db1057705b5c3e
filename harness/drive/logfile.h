/* What a program that we started said in its log when something went wrong: one line of it, for an error
 * message. A log that is missing or says nothing gives "". */
#ifndef CPMSPEC_DRIVE_LOGFILE_H
#define CPMSPEC_DRIVE_LOGFILE_H

#include <stddef.h>
#include <stdint.h>

/* The first line of Kamailio's log that is an ERROR or CRITICAL one, without its prefix. Returns `out`. */
const char *logfile_kamailio(const char *path, char *out, size_t size);
/* The first complaint in SIPp's error file, without date and time; lines of a message it quotes are left out.
 */
const char *logfile_sipp(const char *path, char *out, size_t size);
/* How many packets a capture program says, when it ends, that it lost: "3 packets dropped by kernel"
 * (tcpdump), "Packets received/dropped on interface 'eth0': 80/3 (…)" (dumpcap); all such lines together. */
uint64_t logfile_dropped(const char *path);

/* Of any other program's: the last line that it has put its name before ("tcpdump: …"), or else the last one
 * with something in it. */
const char *logfile_any(const char *path, const char *program, char *out, size_t size);

#endif
