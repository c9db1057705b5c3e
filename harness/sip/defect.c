#include "sip/defect.h"

#include <stddef.h>

static const struct {
    uint32_t bit;
    const char *text;
} texts[] = {
    {SIP_DEFECT_LF, "a line ended by LF alone"},
    {SIP_DEFECT_CR, "a CR without LF"},
    {SIP_DEFECT_NUL, "a NUL byte in the header part"},
    {SIP_DEFECT_NO_COLON, "a header line without a colon"},
    {SIP_DEFECT_START_LINE, "a start line that is not as RFC 3261 7.1 and 7.2 have it"},
    {SIP_DEFECT_VERSION, "a version other than SIP/2.0"},
    {SIP_DEFECT_STATUS, "a status code outside 100 to 699"},
    {SIP_DEFECT_NO_BLANK_LINE, "no blank line after the header fields"},
    {SIP_DEFECT_CONTENT_LENGTH, "a Content-Length that is no usable number, or two that differ"},
    {SIP_DEFECT_BODY_SHORT, "a body shorter than Content-Length says"},
    {SIP_DEFECT_BODY_LONG, "bytes after the end of the body"},
    {SIP_DEFECT_MISSING, "no Via, From, To, Call-ID or CSeq header field"},
    {SIP_DEFECT_REPEATED, "a header field repeated that may stand only once"},
    {SIP_DEFECT_CSEQ, "a CSeq that is wrong or does not fit the start line"},
    {SIP_DEFECT_EMPTY, "an empty Via, From, To, Call-ID or CSeq header field"},
    {SIP_DEFECT_LEADING_CRLF, "empty lines before the start line"},
    {SIP_DEFECT_FIELDS, "more header fields than are kept"},
    {SIP_DEFECT_CUT, "captured only in part"},
    {SIP_DEFECT_FOLDED, "a folded header field"},
    {SIP_DEFECT_NAME, "a header name that is no token"},
    {SIP_DEFECT_NO_LENGTH, "no Content-Length on a stream"},
};

const char *sip_defect_text(uint32_t defects)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (defects & texts[i].bit)
            return texts[i].text;
    return NULL;
}
