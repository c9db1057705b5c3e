#include "sip/lex.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define T LEX_TOKEN
#define S (LEX_SPACE | LEX_HOST_END)
#define L LEX_LOOSE

const uint8_t lex_class[256] = {
    ['\t'] = S, ['\n'] = S, ['\r'] = S,
    [' '] = S,  ['!'] = T,  ['\"'] = L,
    ['%'] = T,  ['\''] = T, ['('] = L,
    [')'] = L,  ['*'] = T,  ['+'] = T,
    [','] = L,  ['-'] = T,  ['.'] = T,
    ['/'] = L,  ['0'] = T,  ['1'] = T,
    ['2'] = T,  ['3'] = T,  ['4'] = T,
    ['5'] = T,  ['6'] = T,  ['7'] = T,
    ['8'] = T,  ['9'] = T,  [':'] = L | LEX_HOST_END,
    [';'] = L,  ['<'] = L,  ['='] = L,
    ['>'] = L,  ['A'] = T,  ['B'] = T,
    ['C'] = T,  ['D'] = T,  ['E'] = T,
    ['F'] = T,  ['G'] = T,  ['H'] = T,
    ['I'] = T,  ['J'] = T,  ['K'] = T,
    ['L'] = T,  ['M'] = T,  ['N'] = T,
    ['O'] = T,  ['P'] = T,  ['Q'] = T,
    ['R'] = T,  ['S'] = T,  ['T'] = T,
    ['U'] = T,  ['V'] = T,  ['W'] = T,
    ['X'] = T,  ['Y'] = T,  ['Z'] = T,
    ['_'] = T,  ['`'] = T,  ['a'] = T,
    ['b'] = T,  ['c'] = T,  ['d'] = T,
    ['e'] = T,  ['f'] = T,  ['g'] = T,
    ['h'] = T,  ['i'] = T,  ['j'] = T,
    ['k'] = T,  ['l'] = T,  ['m'] = T,
    ['n'] = T,  ['o'] = T,  ['p'] = T,
    ['q'] = T,  ['r'] = T,  ['s'] = T,
    ['t'] = T,  ['u'] = T,  ['v'] = T,
    ['w'] = T,  ['x'] = T,  ['y'] = T,
    ['z'] = T,  ['~'] = T,
};

#ifdef __SSE2__
static bool has_space16(const char *p)
{
    const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);

    return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(' ')), v)) != 0;
}

bool lex_has_space(const char *p, const char *end)
{
    bool found = false;

    if (end - p >= 16) {
        for (; end - p > 16; p += 16)
            found |= has_space16(p);
        return found || has_space16(end - 16);
    }
    for (; p < end; p++)
        found |= (unsigned char)*p <= ' ';
    return found;
}
#else
bool lex_has_space(const char *p, const char *end)
{
    while (p < end && (unsigned char)*p > ' ')
        p++;
    return p < end;
}
#endif

const char *lex_quoted_end(const char *p, const char *end)
{
    for (p++; p < end; p++) {
        if (*p == '"')
            return p + 1;
        if (*p == '\\' && ++p == end)
            break;
    }
    return NULL;
}

/* Behind the quoted string or the brackets that begin at p; p itself where they are never closed. */
static const char *skip_enclosed(const char *p, const char *end, struct lex_state *state)
{
    const char *to;

    if (*p == '"') {
        to = state->no_quote ? NULL : lex_quoted_end(p, end);
        state->no_quote |= !to;
        return to ? to : p;
    }
    to = state->no_angle ? NULL : memchr(p, '>', (size_t)(end - p));
    state->no_angle |= !to;
    return to ? to + 1 : p;
}

const char *lex_find(const char *p, const char *end, char a, char b, char c, struct lex_state *state)
{
    while (p < end) {
        if (*p == a || *p == b || *p == c)
            return p;
        if (*p == '"' || *p == '<') {
            const char *to = skip_enclosed(p, end, state);
            p = to == p ? p + 1 : to;
        } else {
            p++;
        }
    }
    return end;
}
