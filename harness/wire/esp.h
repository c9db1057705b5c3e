/* IPsec ESP without encryption (RFC 4303 with the NULL cipher of RFC 2410), as IMS networks use it between a
 * terminal and the core. Nothing in such a packet says that it is not encrypted, nor how long its check value
 * is: it is found out by whether what lies in it makes sense (RFC 5879). */
#ifndef CPMSPEC_WIRE_ESP_H
#define CPMSPEC_WIRE_ESP_H

#include "wire/ip.h"

/* Where `p` is an ESP packet that is not encrypted, makes it the packet that lies in it: protocol and payload
 * are moved on. False, and *p untouched, where it is encrypted, or was not captured as a whole. */
bool esp_open(struct ip_packet *p);

#endif
