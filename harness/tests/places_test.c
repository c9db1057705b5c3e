#include "cli/places.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <errno.h>
#include <sys/stat.h>

static char path[8][PATH_MAX];

/* A path in the scratch folder that is not taken by the next call. */
static const char *keep(int i, const char *name)
{
    snprintf(path[i], sizeof path[i], "%s", scratch_path(name));
    return path[i];
}

static bool refuses(struct options *o, const char *part)
{
    struct error err = {.text = ""};
    int r = places_check(o, &err);

    if (r == -EINVAL && strstr(err.text, part))
        return true;
    printf("\n  said %d %s\n  want %s\n", r, err.text, part);
    return false;
}

static bool takes(struct options *o)
{
    struct error err = {.text = ""};

    if (places_check(o, &err) == 0)
        return true;
    printf("\n  said %s\n", err.text);
    return false;
}

static void knows_standard_output(void)
{
    CU_ASSERT_TRUE(places_is_stdout("-") && places_is_stdout("/dev/stdout") && places_is_stdout("/dev/fd/1"));
    CU_ASSERT_FALSE(places_is_stdout(NULL) || places_is_stdout("x") || places_is_stdout("/dev/stderr"));
    CU_ASSERT_STRING_EQUAL(places_resolve("-"), "/dev/stdout");
    CU_ASSERT_STRING_EQUAL(places_resolve("./-"), "./-");
}

static void takes_different_ones(void)
{
    struct options o = {.json = keep(0, "a.json"), .junit = keep(1, "a.xml"), .html = "-"};
    struct options null = {.json = "/dev/null", .junit = "/dev/null"};
    struct options none = {0};
    struct options nowhere = {.json = "/nowhere/a", .junit = "/nowhere/a/b"};

    CU_ASSERT_TRUE(takes(&o));
    CU_ASSERT_TRUE(takes(&null));
    CU_ASSERT_TRUE(takes(&none));
    CU_ASSERT_TRUE(takes(&nowhere));
}

static void refuses_one_file_twice(void)
{
    struct options same = {.json = keep(0, "new"), .junit = path[0]};
    struct options spelled = {.json = keep(1, "sub/new"), .html = keep(2, "sub/../sub/new")};
    struct options there = {.junit = keep(3, "old")};

    CU_ASSERT_TRUE(refuses(&same, "--junit \"/tmp/"));
    CU_ASSERT_TRUE(refuses(&same, " are the same file; name one for each"));
    CU_ASSERT_TRUE(refuses(&spelled, "--json \"/tmp/"));
    scratch_file("old", "x");
    CU_ASSERT_EQUAL(symlink("old", keep(4, "link")), 0);
    there.html = path[4];
    CU_ASSERT_TRUE(refuses(&there, " and --html \"/tmp/"));
}

static void refuses_to_overwrite_what_it_reads(void)
{
    char *captures[] = {path[0], path[1], NULL};
    struct options o = {.argument = captures, .narguments = 2, .json = path[1]};
    struct options stream = {.argument = captures, .narguments = 1, .json = "/dev/tty"};

    keep(0, "a.pcap");
    keep(1, "b.pcap");
    scratch_file("a.pcap", "x");
    scratch_file("b.pcap", "x");
    CU_ASSERT_TRUE(refuses(&o, "would overwrite the capture"));
    o.json = NULL;
    o.sut = o.html = path[0];
    CU_ASSERT_TRUE(refuses(&o, "--html \"/tmp/"));
    o.sut = NULL;
    o.keys = path[0];
    o.narguments = 0;
    CU_ASSERT_TRUE(refuses(&o, "would overwrite the keys"));
    snprintf(path[0], sizeof path[0], "-");
    CU_ASSERT_TRUE(takes(&stream));
}

static void keeps_its_own(void)
{
    struct options o = {.json = keep(0, "run/junit.xml")};
    struct error err;

    CU_ASSERT_EQUAL(places_check_own(&o, keep(1, "run/junit.xml"), &err), -EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "leave it out"));
    CU_ASSERT_EQUAL(places_check_own(&o, keep(1, "run/results.json"), &err), 0);
}

static const struct test tests[] = {
    {"knows standard output", knows_standard_output},
    {"takes different ones", takes_different_ones},
    {"refuses one file twice", refuses_one_file_twice},
    {"refuses to overwrite what it reads", refuses_to_overwrite_what_it_reads},
    {"keeps its own", keeps_its_own},
};
TEST_MAIN("places", tests)
