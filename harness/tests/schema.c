#include "tests/schema.h"

#include <stdio.h>
#include <string.h>

static bool broken(const char *what, const char *name)
{
    printf("\n  schema: %s %s\n", what, name);
    return false;
}

static bool is_of(const char *type, json_t *v)
{
    static const char *const name[] = {
        [JSON_OBJECT] = "object",   [JSON_ARRAY] = "array", [JSON_STRING] = "string",
        [JSON_INTEGER] = "integer", [JSON_REAL] = "number", [JSON_TRUE] = "boolean",
        [JSON_FALSE] = "boolean",   [JSON_NULL] = "null"};

    return strcmp(type, name[json_typeof(v)]) == 0 || (strcmp(type, "number") == 0 && json_is_integer(v));
}

static bool has_type(json_t *type, json_t *v)
{
    json_t *one;
    size_t i;

    if (json_is_string(type))
        return is_of(json_string_value(type), v);
    json_array_foreach(type, i, one) if (is_of(json_string_value(one), v)) return true;
    return false;
}

static bool is_among(json_t *list, json_t *v)
{
    json_t *one;
    size_t i;

    json_array_foreach(list, i, one) if (json_equal(one, v)) return true;
    return false;
}

static json_t *resolve(json_t *root, json_t *schema)
{
    const char *ref = json_string_value(json_object_get(schema, "$ref"));

    if (!ref)
        return schema;
    if (strncmp(ref, "#/$defs/", 8) != 0)
        return NULL;
    return json_object_get(json_object_get(root, "$defs"), ref + 8);
}

static bool members(json_t *root, json_t *schema, json_t *v)
{
    json_t *properties = json_object_get(schema, "properties");
    json_t *others = json_object_get(schema, "additionalProperties");
    json_t *member, *name;
    const char *key;
    size_t i;

    json_array_foreach(
        json_object_get(schema, "required"), i,
        name) if (!json_object_get(v, json_string_value(name))) return broken("lacks",
                                                                              json_string_value(name));
    json_object_foreach(v, key, member)
    {
        json_t *of = json_object_get(properties, key);

        if (!of && json_is_object(others))
            of = others;
        if (!of)
            return broken("knows nothing of", key);
        if (!schema_accepts(root, of, member))
            return broken("in", key);
    }
    return true;
}

static bool words_are_known(json_t *schema)
{
    static const char known[] = " $schema $defs $ref title description type required properties "
                                "additionalProperties items enum const minimum ";
    const char *key;
    json_t *value;

    json_object_foreach(schema, key, value)
    {
        char word[64];

        snprintf(word, sizeof word, " %s ", key);
        if (!strstr(known, word))
            return broken("word that is not checked:", key);
    }
    return true;
}

bool schema_accepts(json_t *root, json_t *schema, json_t *v)
{
    json_t *at = resolve(root, schema), *type, *one;
    size_t i;

    if (!at || !words_are_known(at))
        return broken("cannot be followed", "");
    type = json_object_get(at, "type");
    if (type && !has_type(type, v))
        return broken("other type than", json_is_string(type) ? json_string_value(type) : "one of several");
    if (json_object_get(at, "const") && !json_equal(json_object_get(at, "const"), v))
        return broken("other value than", "const");
    if (json_object_get(at, "enum") && !is_among(json_object_get(at, "enum"), v))
        return broken("not among", "enum");
    if (json_object_get(at, "minimum") &&
        json_number_value(v) < json_number_value(json_object_get(at, "minimum")))
        return broken("less than", "minimum");
    if (json_object_get(at, "items"))
        json_array_foreach(v, i, one) if (!schema_accepts(root, json_object_get(at, "items"),
                                                          one)) return broken("in", "an item");
    return !json_is_object(v) || members(root, at, v);
}
