/* Our data files as XML (libxml2). A file is read whole and bounded, without network access, and may have no
 * document type declaration: so there are no entities to expand and nothing further to fetch. What is not as
 * its RELAX NG schema wants is told in words: file, line, what is wrong, what may stand there. */
#ifndef CPMSPEC_SUITE_XML_H
#define CPMSPEC_SUITE_XML_H

#include "base/error.h"

#include <libxml/tree.h>
#include <stdbool.h>

enum { XML_FILE_MAX = 1 << 20 };

/* Reads `path`, and checks it against the schema file where `schema` is not NULL. The caller owns the
 * document (xmlFreeDoc). -EINVAL where the file is not what it should be, -EFBIG past XML_FILE_MAX, -ENOMEM,
 * or what open and read say. */
int xml_load(const char *path, const char *schema, xmlDoc **ret, struct error *err);

/* The same for many files of one schema, which costs more to read than they do. */
struct xml_schema;
int xml_schema_load(const char *path, struct xml_schema **ret, struct error *err);
void xml_schema_free(struct xml_schema *s);
int xml_load_as(const char *path, const struct xml_schema *schema, xmlDoc **ret, struct error *err);

/* The first element inside `n`, and the next one beside it, of that name (any where NULL); NULL at the end.
 */
const xmlNode *xml_first(const xmlNode *n, const char *name);
const xmlNode *xml_next(const xmlNode *n, const char *name);
bool xml_is(const xmlNode *n, const char *name);

/* The value of an attribute, or the text inside an element with its white space collapsed, copied; "" where
 * there is none. -EINVAL with an error where it does not fit in `size`. */
int xml_attr(const xmlNode *n, const char *name, char *out, size_t size, struct error *err);
int xml_text(const xmlNode *n, char *out, size_t size, struct error *err);

/* Whether an attribute is there and is "yes". */
bool xml_yes(const xmlNode *n, const char *name);

/* Blames the element's file and line. Returns -EINVAL. */
int xml_error(const xmlNode *at, struct error *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
int xml_line(const xmlNode *n);

#endif
