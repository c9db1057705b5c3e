#include "suite/xml.h"

#include "base/buf.h"
#include "suite/xml_explain.h"

#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/relaxng.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { READ_SIZE = 64 * 1024 };

static int read_all(int fd, const char *path, struct buf *b, struct error *err)
{
    for (;;) {
        ssize_t n;
        int r = buf_reserve(b, READ_SIZE);

        if (r == -ENOBUFS)
            return error_at(err, EFBIG, path, 0,
                            "the file is over %d KiB; no data file of ours is that large",
                            XML_FILE_MAX / 1024);
        if (r < 0)
            return error_at(err, -r, path, 0, "no memory to read the file");
        n = read(fd, b->p + b->n, READ_SIZE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_at(err, errno, path, 0, "cannot be read: %m");
        if (n == 0)
            return 0;
        b->n += (size_t)n;
    }
}

static int read_file(const char *path, struct buf *b, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int r;

    if (fd < 0)
        return error_at(err, errno, path, 0, "cannot be opened: %m");
    r = read_all(fd, path, b, err);
    close(fd);
    return r;
}

/* What libxml2 says, as one line without its final stop. */
static void say(const xmlError *e, char *out, size_t size)
{
    size_t n;

    snprintf(out, size, "%s", e && e->message ? e->message : "no reason given");
    n = strlen(out);
    while (n && strchr(" \n.", out[n - 1]))
        out[--n] = '\0';
    for (char *p = out; (p = strchr(p, '\n'));)
        *p = ' ';
}

/* The first complaint of libxml2: those that follow are mostly consequences. */
static void keep_first(void *data, xmlErrorPtr e)
{
    struct error *first = data;

    if (!first->text[0] && (!e || e->level > XML_ERR_WARNING)) {
        say(e, first->text, sizeof first->text);
        first->line = e ? e->line : 0;
    }
}

/* What the parser's callbacks find out. */
struct parse {
    struct error first;
    int doctype; /* the line of the document type declaration, 0 where there is none */
};

static void keep_parse_error(void *data, xmlErrorPtr e)
{
    xmlParserCtxt *ctxt = data;
    struct parse *p = ctxt->_private;

    keep_first(&p->first, e);
}

/* Called where a document type declaration begins, before any entity in it is known. */
static void refuse_doctype(void *data, const xmlChar *name, const xmlChar *public_id,
                           const xmlChar *system_id)
{
    xmlParserCtxt *ctxt = data;
    struct parse *p = ctxt->_private;

    (void)name, (void)public_id, (void)system_id;
    p->doctype = xmlSAX2GetLineNumber(ctxt);
    xmlStopParser(ctxt);
}

static int parse_error(const struct parse *p, const char *path, struct error *err)
{
    if (p->doctype)
        return error_at(err, EINVAL, path, p->doctype,
                        "a document type declaration is not accepted; remove <!DOCTYPE …>");
    if (!p->first.text[0])
        return error_at(err, ENOMEM, path, 0, "no memory to parse the file");
    return error_at(err, EINVAL, path, p->first.line, "this is not well-formed XML: %s", p->first.text);
}

static int parse(const struct buf *b, const char *path, xmlDoc **ret, struct error *err)
{
    int options =
        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES;
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    struct parse p = {.doctype = 0};
    xmlDoc *doc;
    int r = 0;

    if (!ctxt)
        return error_at(err, ENOMEM, path, 0, "no memory to parse the file");
    ctxt->_private = &p;
    ctxt->sax->internalSubset = refuse_doctype;
    ctxt->sax->serror = keep_parse_error;
    doc = xmlCtxtReadMemory(ctxt, b->p, (int)b->n, path, NULL, options);
    if (doc && !p.doctype && !p.first.text[0] && xmlDocGetRootElement(doc)) {
        *ret = doc;
    } else {
        xmlFreeDoc(doc);
        r = parse_error(&p, path, err);
    }
    xmlFreeParserCtxt(ctxt);
    return r;
}

static int load(const char *path, xmlDoc **ret, struct error *err)
{
    struct buf b;
    int r;

    buf_init(&b, XML_FILE_MAX + READ_SIZE);
    r = read_file(path, &b, err);
    if (r == 0 && slice_trim(buf_slice(&b)).n == 0)
        r = error_at(err, EINVAL, path, 1, "the file is empty");
    if (r == 0)
        r = parse(&b, path, ret, err);
    buf_done(&b);
    return r;
}

static xmlRelaxNG *compile(xmlDoc *schema, struct error *first)
{
    xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewDocParserCtxt(schema);
    xmlRelaxNG *rng;

    if (!parser)
        return NULL;
    xmlRelaxNGSetParserStructuredErrors(parser, keep_first, first);
    rng = xmlRelaxNGParse(parser);
    xmlRelaxNGFreeParserCtxt(parser);
    return rng;
}

struct xml_schema {
    char path[4096];
    xmlDoc *doc;
    xmlRelaxNG *rng;
};

static int validate(xmlDoc *doc, const char *path, const struct xml_schema *s, struct error *err)
{
    struct error first = {.text = ""};
    xmlRelaxNGValidCtxt *valid = xmlRelaxNGNewValidCtxt(s->rng);
    int r;

    if (!valid)
        return error_at(err, ENOMEM, path, 0, "no memory to check the file");
    xmlRelaxNGSetValidStructuredErrors(valid, keep_first, &first);
    r = xmlRelaxNGValidateDoc(valid, doc);
    xmlRelaxNGFreeValidCtxt(valid);
    if (r == 0)
        return 0;
    if (r > 0 && xml_explain(doc, s->doc, err))
        return -EINVAL;
    return error_at(err, r > 0 ? EINVAL : ENOMEM, path, first.line, "does not fit %s: %s", s->path,
                    first.text);
}

static int load_schema(const char *path, struct xml_schema *s, struct error *err)
{
    struct error first = {.text = ""};
    int r = load(path, &s->doc, err);

    if (r < 0)
        return r;
    snprintf(s->path, sizeof s->path, "%s", path);
    s->rng = compile(s->doc, &first);
    return s->rng ? 0
                  : error_at(err, EINVAL, path, first.line, "this RELAX NG schema is broken: %s", first.text);
}

static int load_valid(const char *path, const struct xml_schema *schema, xmlDoc **ret, struct error *err)
{
    xmlDoc *doc = NULL;
    int r = load(path, &doc, err);

    if (r < 0)
        return r;
    if (schema && (r = validate(doc, path, schema, err)) < 0) {
        xmlFreeDoc(doc);
        return r;
    }
    *ret = doc;
    return 0;
}

static void say_nothing(void *data, xmlErrorPtr e)
{
    (void)data, (void)e;
}

/* What belongs to no context of ours (a lack of memory, above all) libxml2 would print. */
struct silence {
    xmlStructuredErrorFunc handler;
    void *context;
};

static struct silence hush(void)
{
    struct silence before = {xmlStructuredError, xmlStructuredErrorContext};

    xmlSetStructuredErrorFunc(NULL, say_nothing);
    return before;
}

static void unhush(struct silence before)
{
    xmlResetLastError();
    xmlSetStructuredErrorFunc(before.context, before.handler);
}

int xml_schema_load(const char *path, struct xml_schema **ret, struct error *err)
{
    struct xml_schema *s = calloc(1, sizeof *s);
    struct silence before;
    int r;

    if (!s)
        return error_at(err, ENOMEM, path, 0, "no memory to read the schema");
    before = hush();
    r = load_schema(path, s, err);
    unhush(before);
    if (r < 0)
        xml_schema_free(s);
    else
        *ret = s;
    return r;
}

void xml_schema_free(struct xml_schema *s)
{
    if (!s)
        return;
    xmlRelaxNGFree(s->rng);
    xmlFreeDoc(s->doc);
    free(s);
}

int xml_load_as(const char *path, const struct xml_schema *schema, xmlDoc **ret, struct error *err)
{
    struct silence before = hush();
    int r = load_valid(path, schema, ret, err);

    unhush(before);
    return r;
}

int xml_load(const char *path, const char *schema, xmlDoc **ret, struct error *err)
{
    struct xml_schema *s = NULL;
    int r = schema ? xml_schema_load(schema, &s, err) : 0;

    if (r == 0)
        r = xml_load_as(path, s, ret, err);
    xml_schema_free(s);
    return r;
}

bool xml_is(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && (!name || strcmp((const char *)n->name, name) == 0);
}

static const xmlNode *from(const xmlNode *n, const char *name)
{
    while (n && !xml_is(n, name))
        n = n->next;
    return n;
}

const xmlNode *xml_first(const xmlNode *n, const char *name)
{
    return n ? from(n->children, name) : NULL;
}

const xmlNode *xml_next(const xmlNode *n, const char *name)
{
    return from(n->next, name);
}

int xml_attr(const xmlNode *n, const char *name, char *out, size_t size, struct error *err)
{
    xmlChar *value = xmlGetNoNsProp(n, (const xmlChar *)name);
    size_t length = value ? strlen((char *)value) : 0;
    int r = 0;

    if (!value && xmlHasNsProp(n, (const xmlChar *)name, NULL))
        r = error_at(err, ENOMEM, (const char *)n->doc->URL, xml_line(n), "no memory for the value of %s",
                     name);
    else if (length >= size)
        r = xml_error(n, err, "%s is too long; at most %zu bytes fit", name, size - 1);
    else
        snprintf(out, size, "%s", value ? (char *)value : "");
    xmlFree(value);
    return r;
}

/* Leading, trailing and repeated white space out. Returns the length. */
static size_t collapse(char *text)
{
    size_t n = 0;

    for (const char *p = text; *p; p++) {
        bool space = strchr(" \t\r\n", *p) != NULL;

        if (!space)
            text[n++] = *p;
        else if (n && text[n - 1] != ' ')
            text[n++] = ' ';
    }
    if (n && text[n - 1] == ' ')
        n--;
    text[n] = '\0';
    return n;
}

int xml_text(const xmlNode *n, char *out, size_t size, struct error *err)
{
    xmlChar *content = xmlNodeGetContent(n);
    int r = 0;

    if (!content)
        return error_at(err, ENOMEM, (const char *)n->doc->URL, xml_line(n), "no memory for the text of <%s>",
                        n->name);
    if (collapse((char *)content) >= size)
        r = xml_error(n, err, "the text of <%s> is too long; at most %zu bytes fit", n->name, size - 1);
    else
        snprintf(out, size, "%s", (char *)content);
    xmlFree(content);
    return r;
}

bool xml_yes(const xmlNode *n, const char *name)
{
    const xmlAttr *a = xmlHasNsProp(n, (const xmlChar *)name, NULL);

    return a && a->children && a->children->content && strcmp((const char *)a->children->content, "yes") == 0;
}

int xml_line(const xmlNode *n)
{
    return (int)xmlGetLineNo(n);
}

int xml_error(const xmlNode *at, struct error *err, const char *fmt, ...)
{
    char text[sizeof err->text];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return error_at(err, EINVAL, (const char *)at->doc->URL, xml_line(at), "%s", text);
}
