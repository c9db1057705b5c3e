/* What TLS carried in a capture whose keys are known, by way of tshark (Wireshark's program, which has to be
 * installed): it reads the capture once more and hands over the data of each TLS record, in the order of the
 * stream. The frames have link type LINK_DECRYPTED and the numbers of the frames that they lie in, so that
 * both sources of the same capture merge into one. */
#ifndef CPMSPEC_WIRE_TSHARK_H
#define CPMSPEC_WIRE_TSHARK_H

#include "wire/source.h"

/* Starts tshark on a capture file. `keys` is a file of secrets (SSLKEYLOGFILE, RFC 9850), or NULL where the
 * capture brings its own (source_has_secrets). `index` is that of the source that reads the same file. The
 * child ends with the source, and with us. -ENOENT: tshark is not installed. How it failed, if it does, is
 * the last answer of source_next (-EIO). */
int tshark_open(const char *capture, const char *keys, uint32_t index, struct source **ret,
                struct error *err);

/* Whether a capture file brings TLS secrets with it. They come before the first frame. */
bool tshark_finds_secrets(const char *capture);

#endif
