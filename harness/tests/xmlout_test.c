#include "report/xmlout.h"

#include "tests/sample.h"
#include "tests/test.h"

#include <errno.h>
#include <libxml/parser.h>
#include <stdlib.h>

static char *written(enum xml_form form, void (*fill)(struct xmlout *x))
{
    const char *path = sample_path("xmlout", "out.xml");
    struct outfile *f = NULL;
    struct xmlout *x = NULL;
    struct error err = {0};

    CU_ASSERT_EQUAL_FATAL(outfile_open(path, &f, &err), 0);
    CU_ASSERT_EQUAL_FATAL(xmlout_open(f, form, &x, &err), 0);
    fill(x);
    CU_ASSERT_EQUAL(xmlout_check(x, &err), 0);
    CU_ASSERT_EQUAL(outfile_commit(f, &err), 0);
    xmlout_free(x);
    outfile_free(f);
    return sample_read(path, NULL);
}

static void small(struct xmlout *x)
{
    xmlout_declaration(x);
    xmlout_start(x, "a");
    xmlout_attrf(x, "n", "%d<", 7);
    xmlout_element(x, "b", NULL);
    xmlout_textf(x, "%s", "]]>&");
    xmlout_end(x);
}

static void writes_what_it_is_told(void)
{
    char *t = written(XML_PLAIN, small);

    CU_ASSERT_STRING_EQUAL(
        t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a n=\"7&lt;\"><b></b>]]&gt;&amp;</a>");
    free(t);
}

static void empty_element(struct xmlout *x)
{
    xmlout_start(x, "div");
    xmlout_end(x);
}

static void closes_for_browsers(void)
{
    char *t = written(XML_HTML, empty_element);

    CU_ASSERT_STRING_EQUAL(t, "<div></div>");
    free(t);
    t = written(XML_PLAIN, empty_element);
    CU_ASSERT_STRING_EQUAL(t, "<div/>");
    free(t);
}

/* Every byte twice in every place where text may stand. */
static void all_bytes(struct xmlout *x)
{
    char text[2 * 255 + 1];

    for (int i = 0; i < 255; i++)
        text[i] = text[509 - i] = (char)(i + 1);
    text[510] = '\0';
    xmlout_declaration(x);
    xmlout_start(x, "a");
    xmlout_attr(x, "v", text);
    xmlout_attr(x, "w", "\xed\xa0\x80\xef\xbf\xbf\xf4\x90\x80\x80");
    xmlout_text(x, text);
    xmlout_end(x);
}

static void no_byte_breaks_it(void)
{
    char *t = written(XML_INDENTED, all_bytes);
    xmlDocPtr doc = xmlReadMemory(t, (int)strlen(t), NULL, NULL, XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlChar *v;

    CU_ASSERT_PTR_NOT_NULL_FATAL(doc);
    v = xmlGetProp(xmlDocGetRootElement(doc), (const xmlChar *)"w");
    CU_ASSERT_STRING_EQUAL((const char *)v, "\\xed\\xa0\\x80\\u{ffff}\\xf4\\x90\\x80\\x80");
    xmlFree(v);
    xmlFreeDoc(doc);
    free(t);
}

static void failures_stick(void)
{
    struct outfile *f = NULL;
    struct xmlout *x = NULL;
    struct error err = {0};

    CU_ASSERT_EQUAL_FATAL(outfile_open("/dev/full", &f, &err), 0);
    CU_ASSERT_EQUAL_FATAL(xmlout_open(f, XML_INDENTED, &x, &err), 0);
    for (int i = 0; i < 20000; i++)
        xmlout_element(x, "a", "bcdefg");
    CU_ASSERT_EQUAL(xmlout_check(x, &err), -ENOSPC);
    CU_ASSERT_STRING_EQUAL(err.file, "/dev/full");
    xmlout_free(x);
    outfile_free(f);
}

static const struct test tests[] = {
    {"writes what it is told", writes_what_it_is_told},
    {"closes for browsers", closes_for_browsers},
    {"no byte breaks it", no_byte_breaks_it},
    {"failures stick", failures_stick},
};
TEST_MAIN("xmlout", tests)
