#include "suite/xml_explain.h"

#include "tests/scratch.h"
#include "tests/test.h"

/* What the explainer has to say of `doc` under `schema`; "" where it has nothing. */
static const char *words(const char *doc, const char *schema)
{
    static char text[1024];
    struct error err = {.text = ""};
    xmlDoc *d = NULL, *s = NULL;

    text[0] = '\0';
    if (xml_load(scratch_file("d.xml", doc), NULL, &d, &err) < 0 ||
        xml_load(scratch_file("s.rng", schema), NULL, &s, &err) < 0)
        CU_FAIL_FATAL("document");
    if (xml_explain(d, s, &err))
        snprintf(text, sizeof text, "%d: %s", err.line, err.text);
    xmlFreeDoc(d);
    xmlFreeDoc(s);
    return text;
}

#define GRAMMAR(inside) "<grammar xmlns='http://relaxng.org/ns/structure/1.0'>" inside "</grammar>"
#define START(inside)   "<start><element name='a'>" inside "</element></start>"

static void has_nothing_to_say_of_the_valid(void)
{
    CU_ASSERT_STRING_EQUAL(words("<a/>", GRAMMAR(START("<empty/>"))), "");
    CU_ASSERT_STRING_EQUAL(words("<a>x<!-- y --></a>", GRAMMAR(START("<text/>"))), "");
    CU_ASSERT_STRING_EQUAL(
        words("<a><b/> <b/></a>",
              GRAMMAR(START("<oneOrMore><element name='b'><empty/></element></oneOrMore>"))),
        "");
}

/* Schemas beyond the subset, or broken ones, are nothing to fall over. */
static void survives_other_schemas(void)
{
    CU_ASSERT_STRING_EQUAL(words("<a/>", "<nothing/>"), "");
    CU_ASSERT_STRING_EQUAL(words("<a/>", GRAMMAR("")), "");
    CU_ASSERT_STRING_EQUAL(
        words("<a x='1'/>", GRAMMAR(START("<attribute name='x'><list><text/></list></attribute>"))), "");
    CU_ASSERT_STRING_EQUAL(words("<a/>", GRAMMAR(START("<ref name='gone'/>"))), "");
    CU_ASSERT_STRING_EQUAL(
        words("<a><b/></a>", GRAMMAR(START("<ref name='loop'/>") "<define name='loop'><ref name='loop'/>"
                                                                 "</define>")),
        "1: <b> is not known inside <a>; use none");
    CU_ASSERT_STRING_EQUAL(
        words("<a x='1'/>",
              GRAMMAR(START("<attribute name='x'><ref name='loop'/></attribute>") "<define name='loop'><ref "
                                                                                  "name='loop'/></define>")),
        "");
}

/* One of several: none of them is missing as long as one may stand for it. */
static void knows_choices(void)
{
    static const char schema[] =
        GRAMMAR(START("<choice><element name='b'><empty/></element><element name='c'><empty/></element>"
                      "</choice><attribute name='x'/>"));

    CU_ASSERT_STRING_EQUAL(words("<a/>", schema), "1: <a> lacks the attribute x");
    CU_ASSERT_STRING_EQUAL(words("<a x=''>\n<d/></a>", schema), "2: <d> is not known inside <a>; use b or c");
    CU_ASSERT_STRING_EQUAL(words("<a x=''><b/></a>", schema), "");
}

static void knows_how_long_a_token_is(void)
{
    static const char schema[] = GRAMMAR(START(
        "<attribute name='x'><ref name='word'/></attribute>") "<define name='word'><documentation>a word of "
                                                              "two</documentation><data type='token'><param "
                                                              "name='minLength'>2</param></data></define>");

    CU_ASSERT_STRING_EQUAL(words("<a x=' ab '/>", schema), "");
    CU_ASSERT_STRING_EQUAL(words("<a x=' b '/>", schema), "1: x=\" b \" on <a> is not a word of two");
}

static void blames_the_outer_before_the_inner(void)
{
    static const char schema[] =
        GRAMMAR(START("<zeroOrMore><element name='b'><attribute name='y'/></element></zeroOrMore>"
                      "<attribute name='x'/>"));

    CU_ASSERT_STRING_EQUAL(words("<a>\n<b/></a>", schema), "1: <a> lacks the attribute x");
    CU_ASSERT_STRING_EQUAL(words("<a x='1'>\n<b y='1'/>\n<b/></a>", schema), "3: <b> lacks the attribute y");
}

static const struct test tests[] = {
    {"has nothing to say of the valid", has_nothing_to_say_of_the_valid},
    {"survives other schemas", survives_other_schemas},
    {"knows choices", knows_choices},
    {"knows how long a token is", knows_how_long_a_token_is},
    {"blames the outer before the inner", blames_the_outer_before_the_inner},
};
TEST_MAIN("xml_explain", tests)
