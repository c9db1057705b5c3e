/* Why a document does not fit its RELAX NG schema, in words. libxml2 says whether it fits; this looks in the
 * schema for what may stand at the first place that does not, as far as the schema is made of element,
 * attribute, ref, group, interleave, choice, optional, zeroOrMore, oneOrMore, text, value and data (pattern).
 * An a:documentation inside an element or attribute pattern completes the sentence "… is not <that>". */
#ifndef CPMSPEC_SUITE_XML_EXPLAIN_H
#define CPMSPEC_SUITE_XML_EXPLAIN_H

#include "suite/xml.h"

/* Fills `err` and returns true; false where it finds nothing to blame. */
bool xml_explain(xmlDoc *doc, xmlDoc *schema, struct error *err);

#endif
