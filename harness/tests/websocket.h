/* WebSocket frames made by hand (RFC 6455 5.2), for tests. */
#ifndef CPMSPEC_TESTS_WEBSOCKET_H
#define CPMSPEC_TESTS_WEBSOCKET_H

#include "tests/craft.h"

/* `first` is the first byte: FIN, RSV1 to 3, opcode. */
static inline struct slice ws_frame(uint8_t first, bool masked, struct slice data)
{
    static const char key[4] = {0x37, (char)0xfa, 0x21, 0x3d};
    char h[14] = {(char)first};
    size_t n = 2;
    struct slice s;

    if (data.n < 126) {
        h[1] = (char)data.n;
    } else if (data.n < 65536) {
        h[1] = 126;
        craft_put(h + 2, data.n, 2);
        n = 4;
    } else {
        h[1] = 127;
        craft_put(h + 2, data.n, 8);
        n = 10;
    }
    if (masked) {
        h[1] = (char)(h[1] | 0x80);
        memcpy(h + n, key, 4);
        n += 4;
    }
    s = craft_join(h, n, data);
    for (size_t i = 0; masked && i < data.n; i++)
        ((char *)(uintptr_t)s.p)[n + i] = (char)(data.p[i] ^ key[i & 3]);
    return s;
}

#endif
