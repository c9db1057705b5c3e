#include "report/xmlout.h"

#include <errno.h>
#include <libxml/xmlwriter.h>
#include <stdlib.h>

struct xmlout {
    xmlTextWriterPtr writer;
    struct outfile *to;
    struct buf words; /* the piece being put together */
    struct buf text;  /* the piece being made fit */
    bool html;
    bool failed; /* libxml2 or we ran out of memory; the outfile keeps its own failures */
};

/* Six bytes at most come of one, and the NUL. */
enum { TEXT_LIMIT = TEXT_MAX * 8 };

/* Never fails: libxml2 would print of it; the outfile keeps its failure. */
static int write_bytes(void *context, const char *p, int n)
{
    outfile_write(context, (struct slice){p, (size_t)n});
    return n;
}

static void keep(struct xmlout *x, int r)
{
    if (r < 0)
        x->failed = true;
}

int xmlout_open(struct outfile *to, enum xml_form form, struct xmlout **ret, struct error *err)
{
    struct xmlout *x = calloc(1, sizeof *x);
    xmlOutputBufferPtr out = x ? xmlOutputBufferCreateIO(write_bytes, NULL, to, NULL) : NULL;

    if (out)
        x->writer = xmlNewTextWriter(out);
    if (!x || !x->writer) {
        if (out)
            xmlOutputBufferClose(out);
        free(x);
        return error_set(err, ENOMEM, "out of memory for an XML writer");
    }
    x->to = to;
    buf_init(&x->words, TEXT_LIMIT);
    buf_init(&x->text, TEXT_LIMIT);
    x->html = form == XML_HTML;
    if (form == XML_INDENTED)
        keep(x, xmlTextWriterSetIndent(x->writer, 1));
    *ret = x;
    return 0;
}

/* `text` made fit and terminated, in the writer's own buffer; NULL (and failed) where memory is out. */
static const xmlChar *fit(struct xmlout *x, const char *text)
{
    int r;

    x->text.n = 0;
    r = text_add(&x->text, text, TEXT_LINES);
    if (r == 0)
        r = buf_add(&x->text, (struct slice){"", 1});
    keep(x, r);
    return r == 0 ? (const xmlChar *)x->text.p : NULL;
}

void xmlout_declaration(struct xmlout *x)
{
    /* Not by the writer, which would then send every byte through a converter from UTF-8 to UTF-8. */
    xmlout_raw(x, SLICE("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
}

void xmlout_start(struct xmlout *x, const char *element)
{
    keep(x, xmlTextWriterStartElement(x->writer, (const xmlChar *)element));
}

void xmlout_end(struct xmlout *x)
{
    keep(x, x->html ? xmlTextWriterFullEndElement(x->writer) : xmlTextWriterEndElement(x->writer));
}

void xmlout_attr(struct xmlout *x, const char *name, const char *value)
{
    const xmlChar *s = fit(x, value);

    if (s)
        keep(x, xmlTextWriterWriteAttribute(x->writer, (const xmlChar *)name, s));
}

void xmlout_text(struct xmlout *x, const char *text)
{
    const xmlChar *s = fit(x, text);

    if (s)
        keep(x, xmlTextWriterWriteString(x->writer, s));
}

void xmlout_fit_text(struct xmlout *x, const char *text)
{
    keep(x, xmlTextWriterWriteString(x->writer, (const xmlChar *)text));
}

/* printf into x->words, terminated; NULL (and failed) where memory is out. */
static __attribute__((format(printf, 2, 0))) const char *format(struct xmlout *x, const char *fmt,
                                                                va_list args)
{
    int r;

    x->words.n = 0;
    r = buf_vprintf(&x->words, fmt, args);
    if (r == 0)
        r = buf_add(&x->words, (struct slice){"", 1});
    keep(x, r);
    return r == 0 ? x->words.p : NULL;
}

void xmlout_attrf(struct xmlout *x, const char *name, const char *fmt, ...)
{
    const char *value;
    va_list args;

    va_start(args, fmt);
    value = format(x, fmt, args);
    va_end(args);
    if (value)
        xmlout_attr(x, name, value);
}

void xmlout_textf(struct xmlout *x, const char *fmt, ...)
{
    const char *text;
    va_list args;

    va_start(args, fmt);
    text = format(x, fmt, args);
    va_end(args);
    if (text)
        xmlout_text(x, text);
}

void xmlout_element(struct xmlout *x, const char *element, const char *text)
{
    xmlout_start(x, element);
    xmlout_text(x, text);
    xmlout_end(x);
}

void xmlout_raw(struct xmlout *x, struct slice s)
{
    keep(x, xmlTextWriterWriteRawLen(x->writer, (const xmlChar *)s.p, (int)s.n));
}

static int take_raw(void *ctx, struct slice s)
{
    struct xmlout *x = ctx;

    xmlout_raw(x, s);
    return x->failed ? -EIO : 0;
}

void xmlout_spool(struct xmlout *x, struct outfile *spool)
{
    keep(x, outfile_replay(spool, take_raw, x));
}

int xmlout_check(struct xmlout *x, struct error *err)
{
    int r;

    keep(x, xmlTextWriterFlush(x->writer));
    r = outfile_check(x->to, err);
    if (r == 0 && x->failed)
        r = error_set(err, ENOMEM, "out of memory while an XML report was written");
    return r;
}

void xmlout_free(struct xmlout *x)
{
    if (!x)
        return;
    xmlFreeTextWriter(x->writer);
    buf_done(&x->words);
    buf_done(&x->text);
    free(x);
}
