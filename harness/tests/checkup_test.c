#include "cli/checkup.h"

#include "tests/scratch.h"
#include "tests/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static struct checkup checkup;
static struct error err;
static uid_t as; /* 0: as we are */

static void look(const char *profile_path)
{
    struct profile *p;
    char data[PATH_MAX];

    CU_ASSERT_EQUAL_FATAL(profile_load(profile_path, "testcases/schema", &p, &err), 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(realpath(".", data));
    if (as)
        CU_ASSERT_EQUAL_FATAL(seteuid(as), 0);
    checkup_run(p, data, &checkup);
    if (as)
        CU_ASSERT_EQUAL_FATAL(seteuid(getuid()), 0);
    profile_free(p);
}

static const struct check *find(const char *what)
{
    for (int i = 0; i < checkup.n; i++)
        if (strstr(checkup.check[i].what, what))
            return &checkup.check[i];
    printf("\n  nothing was said of %s", what);
    CU_FAIL_FATAL("a check is missing");
    return NULL;
}

static void test_this_machine_has_all(void)
{
    look("reference-network/sut.xml");
    CU_ASSERT_TRUE(checkup_good(&checkup));
    CU_ASSERT_EQUAL(find("sipp")->state, CHECK_GOOD);
    CU_ASSERT_PTR_NOT_NULL(strstr(find("sipp")->found, "3."));
    CU_ASSERT_PTR_NOT_NULL(strstr(find("kamailio")->found, "5."));
    CU_ASSERT_EQUAL(find("reference network, core")->state, CHECK_GOOD);
    CU_ASSERT_EQUAL(find("reference network, pf")->state, CHECK_GOOD);
    CU_ASSERT_EQUAL(find("namespaces")->state, CHECK_GOOD);
    CU_ASSERT_EQUAL(find("room")->state, CHECK_GOOD);
}

static void test_what_is_lacking_has_a_mend(void)
{
    char *path = strdup(getenv("PATH"));

    setenv("PATH", "/nonexistent", 1);
    look("reference-network/sut.xml");
    setenv("PATH", path, 1);
    free(path);
    CU_ASSERT_FALSE(checkup_good(&checkup));
    CU_ASSERT_EQUAL(find("sipp")->state, CHECK_LACKING);
    CU_ASSERT_PTR_NOT_NULL(strstr(find("sipp")->mend, "apt-get install sip-tester"));
    CU_ASSERT_EQUAL(find("tshark")->state, CHECK_OPTIONAL);
}

/* A profile with something under test: everything happens on the host. */
static const char *vendor(void)
{
    return scratch_file(
        "sut.xml", "<sut name=\"x\"><ixit>"
                   "<function role=\"client-a\"><node address=\"127.0.10.1\" port=\"25060\"/></function>"
                   "<function role=\"core-a\" under-test=\"yes\"><node address=\"127.0.10.2\"/></function>"
                   "<function role=\"pf-a\"><node address=\"127.0.10.3\" port=\"25060\"/></function>"
                   "<capture interface=\"nothere0\"/><capture hep=\"udp:127.0.10.4:25061\"/>"
                   "<capture hep=\"udp:192.0.2.7:25061\"/><capture command=\"sh -c 'true'\"/>"
                   "<capture command=\"no-such-program -i lo\"/></ixit></sut>");
}

static void test_the_host_is_looked_at(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(25060)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    inet_pton(AF_INET, "127.0.10.3", &at.sin_addr);
    CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    look(vendor());
    close(fd);
    CU_ASSERT_EQUAL(find("address of client-a")->state, CHECK_GOOD);
    CU_ASSERT_EQUAL(find("address of pf-a")->state, CHECK_LACKING);
    CU_ASSERT_STRING_EQUAL(find("address of pf-a")->found, "127.0.10.3:25060 is in use");
    CU_ASSERT_EQUAL(find("capture on nothere0")->state, CHECK_LACKING);
    CU_ASSERT_EQUAL(find("HEP at udp:127.0.10.4:25061")->state, CHECK_GOOD);
    CU_ASSERT_EQUAL(find("HEP at udp:192.0.2.7:25061")->state, CHECK_LACKING);
    CU_ASSERT_EQUAL(find("capture by sh")->state, CHECK_GOOD);
    CU_ASSERT_EQUAL(find("capture by no-such-program")->state, CHECK_LACKING);
    for (int i = 0; i < checkup.n; i++)
        CU_ASSERT_PTR_NULL(strstr(checkup.check[i].what, "address of core-a"));
}

/* As an ordinary user; root's tcpdump may become whom it likes. */
static void test_tcpdump_cannot_change_its_user(void)
{
    static const char xml[] =
        "<sut name=\"x\"><ixit><function role=\"client-a\"><node address=\"127.0.10.1\"/></function>"
        "<capture command=\"/usr/bin/tcpdump -U -w -\"/><capture command=\"sh -c true\"/></ixit></sut>";
    const char *path = scratch_file("tcpdump.xml", xml);
    bool root = geteuid() == 0;

    as = root ? 65534 : geteuid();
    look(path);
    as = 0;
    CU_ASSERT_EQUAL(find("capture by /usr/bin/tcpdump")->state, CHECK_LACKING);
    CU_ASSERT_PTR_NOT_NULL(strstr(find("capture by /usr/bin/tcpdump")->mend, "dumpcap -q -P"));
    CU_ASSERT_EQUAL(find("capture by sh")->state, CHECK_GOOD);
}

static const char *client(const char *inside)
{
    char text[1024];

    snprintf(text, sizeof text,
             "<sut name=\"x\"><ixit>\n<function role=\"client-a\" under-test=\"yes\"><node "
             "address=\"127.0.10.1\"/>"
             "%s</function><function role=\"core-a\"><node address=\"127.0.10.2\"/></function></ixit></sut>",
             inside);
    return scratch_file("sut.xml", text);
}

static void test_what_moves_a_client(void)
{
    look(client("<start command=\"sh -c true\"/>"));
    CU_ASSERT_EQUAL(find("start of client-a")->state, CHECK_GOOD);
    CU_ASSERT_EQUAL(find("namespaces")->state, CHECK_GOOD); /* it may live there */
    look(client("<start command=\"no-such-client\"/>"));
    CU_ASSERT_EQUAL(find("start of client-a")->state, CHECK_LACKING);
    CU_ASSERT_PTR_NOT_NULL(strstr(find("start of client-a")->mend, "sut.xml:2"));
    look(client(""));
    CU_ASSERT_EQUAL(find("start of client-a")->state, CHECK_OPTIONAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(find("start of client-a")->mend, "<start command="));
}

static const struct test tests[] = {
    {"tcpdump cannot change its user", test_tcpdump_cannot_change_its_user},
    {"this machine has all", test_this_machine_has_all},
    {"what is lacking has a mend", test_what_is_lacking_has_a_mend},
    {"the host is looked at", test_the_host_is_looked_at},
    {"what moves a client", test_what_moves_a_client},
};

TEST_MAIN("checkup", tests)
