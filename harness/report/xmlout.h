/* XML into an outfile, element by element, by libxml2's text writer. All text is made fit first (text.h), so
 * that no input can make the document ill-formed. Errors stick; look once with xmlout_check. */
#ifndef CPMSPEC_REPORT_XMLOUT_H
#define CPMSPEC_REPORT_XMLOUT_H

#include "report/outfile.h"
#include "report/text.h"

struct xmlout;

enum xml_form {
    XML_PLAIN,
    XML_INDENTED, /* each element on a line of its own */
    XML_HTML,     /* elements are closed by an end tag even when empty, as a browser's HTML parser needs */
};

/* `to` is borrowed and must outlive the writer. -ENOMEM. */
int xmlout_open(struct outfile *to, enum xml_form form, struct xmlout **ret, struct error *err);

void xmlout_declaration(struct xmlout *x);
void xmlout_start(struct xmlout *x, const char *element);
void xmlout_end(struct xmlout *x);
void xmlout_attr(struct xmlout *x, const char *name, const char *value);
void xmlout_attrf(struct xmlout *x, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void xmlout_text(struct xmlout *x, const char *text);
void xmlout_textf(struct xmlout *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Text that is fit already (a story), and may be longer than TEXT_MAX. */
void xmlout_fit_text(struct xmlout *x, const char *text);
/* One element that holds text only. */
void xmlout_element(struct xmlout *x, const char *element, const char *text);
/* Bytes that are known to be well-formed content already: another xmlout's spool, a fixed style sheet. */
void xmlout_raw(struct xmlout *x, struct slice s);
void xmlout_spool(struct xmlout *x, struct outfile *spool);

/* Hands on to the outfile what is buffered; its failure or ours, with a text. */
int xmlout_check(struct xmlout *x, struct error *err);
void xmlout_free(struct xmlout *x);

#endif
