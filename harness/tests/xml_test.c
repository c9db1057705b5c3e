#include "suite/xml.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

static const char schema[] =
    "<grammar xmlns='http://relaxng.org/ns/structure/1.0' "
    "xmlns:a='http://relaxng.org/ns/compatibility/annotations/1.0'\n"
    "  datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'>\n"
    "<start><element name='zoo'>\n"
    "  <attribute name='town'><a:documentation>the name of a town</a:documentation><ref "
    "name='word'/></attribute>\n"
    "  <optional><attribute "
    "name='open'><choice><value>yes</value><value>no</value></choice></attribute></optional>\n"
    "  <interleave>\n"
    "    <element name='keeper'><a:documentation>who has the keys</a:documentation><text/></element>\n"
    "    <zeroOrMore><ref name='animal'/></zeroOrMore>\n"
    "  </interleave>\n"
    "</element></start>\n"
    "<define name='animal'><element name='animal'>\n"
    "  <attribute name='legs'><a:documentation>a number of legs</a:documentation>\n"
    "    <data type='string'><param name='pattern'>[0-9]+</param></data></attribute>\n"
    "  <choice><value>cow</value><value>hen</value></choice></element></define>\n"
    "<define name='word'><data type='string'><param name='pattern'>[a-z]+</param></data></define>\n"
    "</grammar>\n";

static const char *schema_path(void)
{
    static char path[PATH_MAX];

    snprintf(path, sizeof path, "%s", scratch_file("zoo.rng", schema));
    return path;
}

/* What loading `text` comes to: "" where it is taken, else the error. */
static const char *outcome_of(const char *path, const char *rng, int *ret_r)
{
    static char text[1024];
    struct error err = {.text = ""};
    xmlDoc *doc = NULL;

    *ret_r = xml_load(path, rng, &doc, &err);
    text[0] = '\0';
    if (*ret_r < 0) {
        CU_ASSERT_PTR_NULL(doc);
        error_format(&err, text, sizeof text);
    }
    xmlFreeDoc(doc);
    return text;
}

static bool refuses(const char *xml, const char *want)
{
    char rng[PATH_MAX];
    int r;

    snprintf(rng, sizeof rng, "%s", schema_path());
    return scratch_says(outcome_of(scratch_file("zoo.xml", xml), rng, &r), want) && r == -EINVAL;
}

static void reads(void)
{
    const char *path =
        scratch_file("zoo.xml", "<zoo town='ulm' open='yes'>\n <keeper>  Ann\n  Lee </keeper>\n"
                                "<!-- beasts --><animal legs='4'>cow</animal>\n"
                                "<animal legs='2'>hen</animal></zoo>");
    char text[32], small[4] = "old", rng[PATH_MAX], copy[PATH_MAX];
    struct error err;
    const xmlNode *root, *n;
    xmlDoc *doc;

    snprintf(copy, sizeof copy, "%s", path);
    snprintf(rng, sizeof rng, "%s", schema_path());
    CU_ASSERT_EQUAL_FATAL(xml_load(copy, rng, &doc, &err), 0);
    root = xmlDocGetRootElement(doc);
    CU_ASSERT_TRUE(xml_is(root, "zoo") && !xml_is(root, "farm"));
    CU_ASSERT_EQUAL(xml_attr(root, "town", text, sizeof text, &err), 0);
    CU_ASSERT_STRING_EQUAL(text, "ulm");
    CU_ASSERT_TRUE(xml_yes(root, "open") && !xml_yes(root, "town") && !xml_yes(root, "closed"));
    CU_ASSERT_EQUAL(xml_attr(root, "closed", text, sizeof text, &err), 0);
    CU_ASSERT_STRING_EQUAL(text, "");
    CU_ASSERT_EQUAL(xml_text(xml_first(root, "keeper"), text, sizeof text, &err), 0);
    CU_ASSERT_STRING_EQUAL(text, "Ann Lee");
    n = xml_first(root, "animal");
    CU_ASSERT_EQUAL(xml_line(n), 4);
    n = xml_next(n, "animal");
    CU_ASSERT_EQUAL(xml_line(n), 5);
    CU_ASSERT_PTR_NULL(xml_next(n, NULL));
    CU_ASSERT_EQUAL(xml_attr(root, "town", small, 3, &err), -EINVAL);
    CU_ASSERT_STRING_EQUAL(small, "old");
    CU_ASSERT_EQUAL(err.line, 1);
    CU_ASSERT_STRING_EQUAL(err.text, "town is too long; at most 2 bytes fit");
    CU_ASSERT_EQUAL(xml_text(xml_first(root, "keeper"), small, sizeof small, &err), -EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "the text of <keeper> is too long; at most 3 bytes fit");
    xmlFreeDoc(doc);
}

static void says_what_is_not_xml(void)
{
    CU_ASSERT_TRUE(refuses("", "zoo.xml:1: the file is empty"));
    CU_ASSERT_TRUE(refuses(" \n\n", "zoo.xml:1: the file is empty"));
    CU_ASSERT_TRUE(refuses("<zoo>\n<keeper>\n</zoo>",
                           "zoo.xml:3: this is not well-formed XML: Opening and ending tag "
                           "mismatch: keeper line 2 and zoo"));
    CU_ASSERT_TRUE(
        refuses("zoo", "zoo.xml:1: this is not well-formed XML: Start tag expected, '<' not found"));
    CU_ASSERT_TRUE(refuses(
        "<zoo/><zoo/>", "zoo.xml:1: this is not well-formed XML: Extra content at the end of the document"));
    CU_ASSERT_TRUE(refuses("<zoo\ntown='a'\ntown='b'/>",
                           "zoo.xml:3: this is not well-formed XML: Attribute town redefined"));
    CU_ASSERT_TRUE(
        refuses("<zoo>&cow;</zoo>", "zoo.xml:1: this is not well-formed XML: Entity 'cow' not defined"));
    CU_ASSERT_TRUE(refuses("<zoo>\xff</zoo>",
                           "zoo.xml:1: this is not well-formed XML: Input is not proper UTF-8, "
                           "indicate encoding ! Bytes: 0xFF 0x3C 0x2F 0x7A"));
}

static void says_what_is_not_in_the_schema(void)
{
    CU_ASSERT_TRUE(
        refuses("\n<farm/>", "zoo.xml:2: the root element is <farm>; a file of this kind has <zoo>"));
    CU_ASSERT_TRUE(refuses("<zoo xmlns='urn:z' town='ulm'><keeper/></zoo>",
                           "zoo.xml:1: <zoo> is in the namespace urn:z; remove xmlns"));
    CU_ASSERT_TRUE(refuses("<zoo tow='ulm'>\n<keeper/></zoo>",
                           "zoo.xml:1: attribute tow is not known on <zoo>; use town or open"));
    CU_ASSERT_TRUE(refuses("<zoo town='ulm' open='maybe'><keeper/></zoo>",
                           "zoo.xml:1: open=\"maybe\" on <zoo> is not known; use yes or no"));
    CU_ASSERT_TRUE(
        refuses("<zoo><keeper/></zoo>", "zoo.xml:1: <zoo> lacks the attribute town: the name of a town"));
    CU_ASSERT_TRUE(refuses("<zoo town='ULM'><keeper/></zoo>",
                           "zoo.xml:1: town=\"ULM\" on <zoo> is not the name of a town"));
    CU_ASSERT_TRUE(refuses("\n<zoo town='ulm'/>", "zoo.xml:2: <zoo> lacks a <keeper>: who has the keys"));
    CU_ASSERT_TRUE(refuses("<zoo town='ulm'><keeper/>\n<cow/></zoo>",
                           "zoo.xml:2: <cow> is not known inside <zoo>; use keeper or animal"));
    CU_ASSERT_TRUE(
        refuses("<zoo town='ulm'><keeper/>\n\n<keeper/></zoo>",
                "zoo.xml:3: <keeper> may stand only once inside <zoo>; join it with the one of line 1"));
    CU_ASSERT_TRUE(refuses("<zoo town='ulm'><keeper/>\nhello</zoo>",
                           "zoo.xml:2: text has no place directly inside <zoo>; remove it"));
    CU_ASSERT_TRUE(refuses("<zoo town='ulm'><keeper/>\n<animal\n legs='four'>cow</animal></zoo>",
                           "zoo.xml:3: legs=\"four\" on <animal> is not a number of legs"));
    CU_ASSERT_TRUE(refuses("<zoo town='ulm'><keeper/>\n<animal legs='4'>cat</animal></zoo>",
                           "zoo.xml:2: the text \"cat\" of <animal> is not known; use cow or hen"));
    CU_ASSERT_TRUE(refuses("<zoo town='ulm'><keeper/>\n<animal legs='4'><cow/></animal></zoo>",
                           "zoo.xml:2: <cow> is not known inside <animal>; use none"));
    CU_ASSERT_TRUE(refuses("<zoo town='ulm'><keeper><x:y xmlns:x='urn:x'/></keeper></zoo>",
                           "zoo.xml:1: <y> is not known inside <keeper>; use none"));
}

/* What the explainer has no words for, libxml2 says: nothing invalid passes. */
static void falls_back_on_libxml2(void)
{
    static const char ordered[] =
        "<grammar xmlns='http://relaxng.org/ns/structure/1.0'><start><element name='pair'>"
        "<element name='a'><empty/></element><element name='b'><empty/></element>"
        "</element></start></grammar>";
    char rng[PATH_MAX];
    int r;

    snprintf(rng, sizeof rng, "%s", scratch_file("pair.rng", ordered));
    CU_ASSERT_STRING_EQUAL(outcome_of(scratch_file("pair.xml", "<pair><a/><b/></pair>"), rng, &r), "");
    CU_ASSERT_EQUAL(r, 0);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(outcome_of(scratch_file("pair.xml", "<pair>\n<b/><a/></pair>"), rng, &r), "does not fit"));
    CU_ASSERT_EQUAL(r, -EINVAL);
}

static void blames_a_broken_schema(void)
{
    char rng[PATH_MAX];
    int r;

    snprintf(
        rng, sizeof rng, "%s",
        scratch_file("bad.rng", "<grammar xmlns='http://relaxng.org/ns/structure/1.0'><start/></grammar>"));
    CU_ASSERT_TRUE(scratch_says(outcome_of(scratch_file("a.xml", "<a/>"), rng, &r),
                                "bad.rng:1: this RELAX NG schema is broken: start has no children"));
    CU_ASSERT_EQUAL(r, -EINVAL);
    snprintf(rng, sizeof rng, "%s", scratch_path("none.rng"));
    CU_ASSERT_TRUE(scratch_says(outcome_of(scratch_file("a.xml", "<a/>"), rng, &r),
                                "none.rng: cannot be opened: No such file or directory"));
    CU_ASSERT_EQUAL(r, -ENOENT);
}

static void refuses_entities_before_they_grow(void)
{
    char bomb[4096];
    size_t n =
        (size_t)snprintf(bomb, sizeof bomb, "<?xml version='1.0'?>\n<!DOCTYPE zoo [\n<!ENTITY a0 'ha'>\n");

    for (int i = 1; i < 30; i++)
        n += (size_t)snprintf(bomb + n, sizeof bomb - n, "<!ENTITY a%d '&a%d;&a%d;&a%d;&a%d;'>\n", i, i - 1,
                              i - 1, i - 1, i - 1);
    snprintf(bomb + n, sizeof bomb - n, "]>\n<zoo town='&a29;'>&a29;</zoo>");
    CU_ASSERT_TRUE(
        refuses(bomb, "zoo.xml:2: a document type declaration is not accepted; remove <!DOCTYPE …>"));
    CU_ASSERT_TRUE(refuses("<!DOCTYPE zoo [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>\n<zoo>&x;</zoo>",
                           "zoo.xml:1: a document type declaration is not accepted; remove <!DOCTYPE …>"));
}

/* A server that nobody may call: it listens, and no connection is waiting afterwards. */
static void fetches_nothing(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    char xml[512];
    struct pollfd waiting = {.fd = fd, .events = POLLIN};

    CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    CU_ASSERT_EQUAL_FATAL(listen(fd, 4), 0);
    CU_ASSERT_EQUAL_FATAL(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    snprintf(xml, sizeof xml,
             "<!DOCTYPE zoo PUBLIC 'x' 'http://127.0.0.1:%u/zoo.dtd' [<!ENTITY %% p SYSTEM "
             "'http://127.0.0.1:%u/p'> %%p;]>"
             "<zoo town='ulm'><keeper/></zoo>",
             ntohs(at.sin_port), ntohs(at.sin_port));
    CU_ASSERT_TRUE(
        refuses(xml, "zoo.xml:1: a document type declaration is not accepted; remove <!DOCTYPE …>"));
    CU_ASSERT_EQUAL(poll(&waiting, 1, 0), 0);
    close(fd);
}

static void refuses_the_huge_and_the_deep(void)
{
    static char huge[XML_FILE_MAX + 2], deep[3 * 4000 + 1];
    int r;

    memset(huge, ' ', sizeof huge);
    CU_ASSERT_TRUE(scratch_says(outcome_of(scratch_write("huge.xml", huge, sizeof huge), NULL, &r),
                                "huge.xml: the file is over 1024 KiB; no data file of ours is that large"));
    CU_ASSERT_EQUAL(r, -EFBIG);
    for (int i = 0; i < 4000; i++)
        snprintf(deep + i * 3, 4, "<a>");
    CU_ASSERT_PTR_NOT_NULL(
        strstr(outcome_of(scratch_file("deep.xml", deep), NULL, &r), "not well-formed XML"));
    CU_ASSERT_EQUAL(r, -EINVAL);
    CU_ASSERT_STRING_EQUAL(outcome_of("/dev/zero", NULL, &r),
                           "/dev/zero: the file is over 1024 KiB; no data file of ours is that large");
}

static void takes_a_file_of_just_the_limit(void)
{
    static char large[XML_FILE_MAX + 1];
    int r;

    snprintf(large, sizeof large, "%-*s", XML_FILE_MAX, "<zoo/>");
    CU_ASSERT_STRING_EQUAL(outcome_of(scratch_write("large.xml", large, XML_FILE_MAX), NULL, &r), "");
    CU_ASSERT_EQUAL(r, 0);
}

/* What libxml2 only warns of is no reason to refuse a file. */
static void takes_what_is_only_odd(void)
{
    int r;

    CU_ASSERT_STRING_EQUAL(outcome_of(scratch_file("odd.xml", "<?xml version='1.1'?><a/>"), NULL, &r), "");
    CU_ASSERT_EQUAL(r, 0);
}

static void says_what_cannot_be_read(void)
{
    int r;

    CU_ASSERT_TRUE(scratch_says(outcome_of(scratch_path("none.xml"), NULL, &r),
                                "none.xml: cannot be opened: No such file or directory"));
    CU_ASSERT_EQUAL(r, -ENOENT);
    CU_ASSERT_STRING_EQUAL(outcome_of("/tmp", NULL, &r), "/tmp: cannot be read: Is a directory");
    CU_ASSERT_EQUAL(r, -EISDIR);
}

static const struct test tests[] = {
    {"reads", reads},
    {"says what is not XML", says_what_is_not_xml},
    {"says what is not in the schema", says_what_is_not_in_the_schema},
    {"falls back on libxml2", falls_back_on_libxml2},
    {"blames a broken schema", blames_a_broken_schema},
    {"refuses entities before they grow", refuses_entities_before_they_grow},
    {"fetches nothing", fetches_nothing},
    {"refuses the huge and the deep", refuses_the_huge_and_the_deep},
    {"takes a file of just the limit", takes_a_file_of_just_the_limit},
    {"takes what is only odd", takes_what_is_only_odd},
    {"says what cannot be read", says_what_cannot_be_read},
};
TEST_MAIN("xml", tests)
