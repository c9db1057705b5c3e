#include "wire/payload.h"

const char *transport_name(enum transport t)
{
    static const char *const names[TRANSPORT_COUNT] = {
        [TRANSPORT_UDP] = "UDP", [TRANSPORT_TCP] = "TCP", [TRANSPORT_SCTP] = "SCTP",
        [TRANSPORT_WS] = "WS",   [TRANSPORT_TLS] = "TLS",
    };

    return t < TRANSPORT_COUNT ? names[t] : "?";
}

bool transport_reliable(enum transport t)
{
    return t != TRANSPORT_UDP;
}
