/* Checks JSON against as much of JSON Schema as docs/results.schema.json uses: type, required, properties,
 * additionalProperties, items, enum, const, minimum and local $ref. */
#ifndef CPMSPEC_TESTS_SCHEMA_H
#define CPMSPEC_TESTS_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

/* Prints the first place where `value` breaks the schema. `root` holds the $defs. A word of JSON Schema that
 * is not in the list above is a break too (it would go unchecked), and so is a member that the schema does
 * not tell of: readers accept those, but we are to write none. */
bool schema_accepts(json_t *root, json_t *schema, json_t *value);

#endif
