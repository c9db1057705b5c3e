#include "suite/xml_explain.h"

#include "base/buf.h"

#include <libxml/xmlregexp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATTERNS_MAX = 64, REF_DEPTH_MAX = 16, LIST_MAX = 256 };

/* What one element pattern allows directly inside its element. */
struct content {
    const xmlNode *pattern[PATTERNS_MAX]; /* element and attribute patterns */
    bool required[PATTERNS_MAX], many[PATTERNS_MAX];
    int n;
    bool text;
};

struct nesting {
    bool optional, many;
    int depth;
};

static bool same(const xmlChar *a, const char *b)
{
    return a && strcmp((const char *)a, b) == 0;
}

/* The value of an attribute of the schema; such values are plain text. */
static const char *get(const xmlNode *n, const char *name)
{
    const xmlAttr *a = xmlHasNsProp(n, (const xmlChar *)name, NULL);
    return a && a->children && a->children->content ? (const char *)a->children->content : "";
}

static const char *inner(const xmlNode *n)
{
    return n->children && n->children->content ? (const char *)n->children->content : "";
}

static const xmlNode *find_define(const xmlNode *ref)
{
    const xmlNode *d = xml_first(xmlDocGetRootElement(ref->doc), "define");

    while (d && strcmp(get(d, "name"), get(ref, "name")) != 0)
        d = xml_next(d, "define");
    return d;
}

static void collect(const xmlNode *inside, struct nesting at, struct content *c)
{
    for (const xmlNode *n = inside ? xml_first(inside, NULL) : NULL; n; n = xml_next(n, NULL)) {
        struct nesting deeper = {at.optional, at.many, at.depth + 1};

        if (xml_is(n, "element") || xml_is(n, "attribute")) {
            if (c->n == PATTERNS_MAX)
                return;
            c->pattern[c->n] = n;
            c->required[c->n] = !at.optional;
            c->many[c->n++] = at.many;
            continue;
        }
        c->text |= xml_is(n, "text") || xml_is(n, "data") || xml_is(n, "value");
        deeper.optional |= xml_is(n, "optional") || xml_is(n, "zeroOrMore") || xml_is(n, "choice");
        deeper.many |= xml_is(n, "zeroOrMore") || xml_is(n, "oneOrMore");
        if (at.depth < REF_DEPTH_MAX && !xml_is(n, "data"))
            collect(xml_is(n, "ref") ? find_define(n) : n, deeper, c);
    }
}

static int find(const struct content *c, const char *kind, const xmlChar *name)
{
    for (int i = 0; i < c->n; i++)
        if (xml_is(c->pattern[i], kind) && same(name, get(c->pattern[i], "name")))
            return i;
    return -1;
}

/* "a, b or c" */
static void list(char out[LIST_MAX], const char *const *word, int n)
{
    size_t used = 0;

    out[0] = '\0';
    for (int i = 0; i < n && used < LIST_MAX; i++)
        used += (size_t)snprintf(out + used, LIST_MAX - used, "%s%s",
                                 i == 0       ? ""
                                 : i == n - 1 ? " or "
                                              : ", ",
                                 word[i]);
}

static void list_patterns(const struct content *c, const char *kind, char out[LIST_MAX])
{
    const char *word[PATTERNS_MAX];
    int n = 0;

    for (int i = 0; i < c->n; i++)
        if (xml_is(c->pattern[i], kind))
            word[n++] = get(c->pattern[i], "name");
    list(out, word, n);
}

static const char *documentation(const xmlNode *pattern)
{
    const xmlNode *d = pattern ? xml_first(pattern, "documentation") : NULL;
    return d ? inner(d) : "";
}

/* What a value inside the pattern ought to be: said beside the attribute, or where its ref leads. */
static const char *value_documentation(const xmlNode *pattern)
{
    const xmlNode *ref = xml_first(pattern, "ref");

    if (xml_is(pattern, "attribute") && documentation(pattern)[0])
        return documentation(pattern);
    return ref ? documentation(find_define(ref)) : "";
}

static bool matches(const char *regexp, const char *value)
{
    xmlRegexp *re = xmlRegexpCompile((const xmlChar *)regexp);
    bool yes = !re || xmlRegexpExec(re, (const xmlChar *)value) == 1;

    xmlRegFreeRegexp(re);
    return yes;
}

/* A data pattern has one parameter at most: what a text must look like, or how long a token must be, which is
 * a text without the white space around it. */
static bool fits_data(const xmlNode *data, const char *value)
{
    const xmlNode *param = xml_first(data, "param");

    if (param && strcmp(get(param, "name"), "minLength") == 0)
        return slice_trim(slice_of(value)).n >= strtoul(inner(param), NULL, 10);
    return !param || matches(inner(param), value);
}

/* Whether a value fits what stands in an attribute or element pattern; the literal values that would fit are
 * added to `word`. */
static bool fits(const xmlNode *inside, const char *value, const char **word, int *n, int depth)
{
    bool constrained = false;

    for (const xmlNode *p = inside ? xml_first(inside, NULL) : NULL; p; p = xml_next(p, NULL)) {
        if (xml_is(p, "text"))
            return true;
        if (xml_is(p, "value")) {
            if (strcmp(inner(p), value) == 0)
                return true;
            if (*n < PATTERNS_MAX)
                word[(*n)++] = inner(p);
        } else if (xml_is(p, "data")) {
            if (fits_data(p, value))
                return true;
        } else if (depth < REF_DEPTH_MAX && (xml_is(p, "ref") || xml_is(p, "choice"))) {
            if (fits(xml_is(p, "ref") ? find_define(p) : p, value, word, n, depth + 1))
                return true;
        } else {
            continue;
        }
        constrained = true;
    }
    return !constrained;
}

/* The words for a value that does not fit; false where it does. */
static bool blame_value(const xmlNode *pattern, const char *value, char out[2 * LIST_MAX])
{
    const char *word[PATTERNS_MAX];
    char words[LIST_MAX];
    int n = 0;

    if (fits(pattern, value, word, &n, 0))
        return false;
    list(words, word, n);
    if (value_documentation(pattern)[0])
        snprintf(out, 2 * LIST_MAX, "is not %s", value_documentation(pattern));
    else
        snprintf(out, 2 * LIST_MAX, "is not known; use %s", words);
    return true;
}

static bool blame_attributes(const xmlNode *e, const struct content *c, struct error *err)
{
    for (const xmlAttr *a = e->properties; a; a = a->next) {
        int i = a->ns ? -1 : find(c, "attribute", a->name);
        xmlChar *value;
        char words[2 * LIST_MAX];
        bool bad;

        if (i < 0) {
            list_patterns(c, "attribute", words);
            xml_error(e, err, "attribute %s is not known on <%s>; use %s", a->name, e->name,
                      words[0] ? words : "none");
            return true;
        }
        value = xmlNodeGetContent((const xmlNode *)a);
        bad = value && blame_value(c->pattern[i], (const char *)value, words);
        if (bad)
            xml_error(e, err, "%s=\"%.80s\" on <%s> %s", a->name, value, e->name, words);
        xmlFree(value);
        if (bad)
            return true;
    }
    return false;
}

static bool blame_children(const xmlNode *e, const struct content *c, struct error *err)
{
    const xmlNode *seen[PATTERNS_MAX] = {NULL};

    for (const xmlNode *n = e->children; n; n = n->next) {
        char words[LIST_MAX];
        int i;

        if (!c->text && (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE) &&
            !xmlIsBlankNode(n)) {
            xml_error(n, err, "text has no place directly inside <%s>; remove it", e->name);
            return true;
        }
        if (n->type != XML_ELEMENT_NODE)
            continue;
        i = n->ns ? -1 : find(c, "element", n->name);
        list_patterns(c, "element", words);
        if (i < 0)
            xml_error(n, err, "<%s> is not known inside <%s>; use %s", n->name, e->name,
                      words[0] ? words : "none");
        else if (seen[i] && !c->many[i])
            xml_error(n, err, "<%s> may stand only once inside <%s>; join it with the one of line %d",
                      n->name, e->name, xml_line(seen[i]));
        else {
            seen[i] = n;
            continue;
        }
        return true;
    }
    return false;
}

static bool blame_missing(const xmlNode *e, const struct content *c, struct error *err)
{
    for (int i = 0; i < c->n; i++) {
        const char *name = get(c->pattern[i], "name"), *what;

        if (!c->required[i])
            continue;
        what = xml_is(c->pattern[i], "attribute") ? value_documentation(c->pattern[i])
                                                  : documentation(c->pattern[i]);
        if (xml_is(c->pattern[i], "attribute") && !xmlHasNsProp(e, (const xmlChar *)name, NULL))
            xml_error(e, err, "<%s> lacks the attribute %s%s%s", e->name, name, what[0] ? ": " : "", what);
        else if (xml_is(c->pattern[i], "element") && !xml_first(e, name))
            xml_error(e, err, "<%s> lacks a <%s>%s%s", e->name, name, what[0] ? ": " : "", what);
        else
            continue;
        return true;
    }
    return false;
}

static bool blame_text(const xmlNode *e, const xmlNode *pattern, struct error *err)
{
    xmlChar *value = xmlNodeGetContent(e);
    char words[2 * LIST_MAX];
    bool bad = value && blame_value(pattern, (const char *)value, words);

    if (bad)
        xml_error(e, err, "the text \"%.80s\" of <%s> %s", value, e->name, words);
    xmlFree(value);
    return bad;
}

static bool blame_element(const xmlNode *e, const xmlNode *pattern, struct error *err)
{
    struct content c = {.n = 0};

    collect(pattern, (struct nesting){false, false, 0}, &c);
    if (blame_attributes(e, &c, err) || blame_children(e, &c, err) || blame_missing(e, &c, err))
        return true;
    if (c.text && !xml_first(e, NULL) && blame_text(e, pattern, err))
        return true;
    for (const xmlNode *n = xml_first(e, NULL); n; n = xml_next(n, NULL))
        if (blame_element(n, c.pattern[find(&c, "element", n->name)], err))
            return true;
    return false;
}

bool xml_explain(xmlDoc *doc, xmlDoc *schema, struct error *err)
{
    const xmlNode *root = xmlDocGetRootElement(doc);
    struct content c = {.n = 0};
    char words[LIST_MAX];
    int i;

    collect(xml_first(xmlDocGetRootElement(schema), "start"), (struct nesting){false, false, 0}, &c);
    i = root->ns ? -1 : find(&c, "element", root->name);
    if (c.n == 0)
        return false;
    if (i >= 0)
        return blame_element(root, c.pattern[i], err);
    list_patterns(&c, "element", words);
    if (root->ns)
        xml_error(root, err, "<%s> is in the namespace %s; remove xmlns", root->name, root->ns->href);
    else
        xml_error(root, err, "the root element is <%s>; a file of this kind has <%s>", root->name, words);
    return true;
}
