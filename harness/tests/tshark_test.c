/* Needs tshark. The captures hold two BYEs in one TLS record and the answer to one, over TLS 1.3. */
#include "tests/test.h"
#include "wire/merge.h"
#include "wire/tshark.h"
#include "wire/wire.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CAPTURE     "harness/tests/captures/tls.pcap"
#define KEYS        "harness/tests/captures/tls.keys"
#define KEYS_INSIDE "harness/tests/captures/tls-keys-inside.pcapng"

static char shown[2000];

static int64_t take(void *ctx, const struct payload *p)
{
    struct slice rest = p->bytes;
    size_t at = strlen(shown);

    (void)ctx;
    CU_ASSERT_EQUAL(p->transport, TRANSPORT_TLS);
    CU_ASSERT_TRUE(p->stream);
    while (rest.n) {
        size_t end = slice_find_slice(rest, SLICE("\r\n\r\n"));
        at += (size_t)snprintf(shown + at, sizeof shown - at, "%u:%.14s ", (unsigned)p->frame, rest.p);
        rest = slice_tail(rest, end + 4);
    }
    return (int64_t)p->bytes.n;
}

/* The capture and what tshark finds in it, as one. */
static int read_both(const char *capture, const char *keys, struct wire **ret)
{
    struct wire_options options = {.tls_read = true};
    struct source *plain = NULL, *tls = NULL;
    struct merge *m = NULL;
    struct error err = {.text = ""};
    struct frame f;
    int r;

    shown[0] = '\0';
    CU_ASSERT_EQUAL_FATAL(wire_new(&options, (struct payload_sink){take, NULL}, ret), 0);
    CU_ASSERT_EQUAL_FATAL(merge_new(&m), 0);
    CU_ASSERT_EQUAL_FATAL(source_open(capture, 0, &plain, &err), 0);
    r = tshark_open(capture, keys, 0, &tls, &err);
    if (r < 0)
        printf("\n    %s\n", err.text);
    CU_ASSERT_EQUAL_FATAL(r, 0);
    CU_ASSERT_EQUAL(merge_add(m, plain), 0);
    CU_ASSERT_EQUAL(merge_add(m, tls), 0);
    while ((r = merge_next(m, &f, &err)) == 1)
        CU_ASSERT_EQUAL(wire_frame(*ret, &f), 0);
    if (r < 0)
        printf("\n    %s\n", err.text);
    CU_ASSERT_EQUAL(wire_flush(*ret), 0);
    merge_free(m);
    source_free(plain);
    source_free(tls);
    return r;
}

static void check_read(struct wire *w)
{
    CU_ASSERT_STRING_EQUAL(shown, "9:BYE sip:b@b;n= 9:BYE sip:b@b;n= 13:SIP/2.0 200 OK ");
    CU_ASSERT_EQUAL(wire_frames(w), 20);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_TLS_DECRYPTED), 9);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_TLS_UNREADABLE), 0);
    CU_ASSERT_EQUAL(wire_count(w, WIRE_TLS_KEYLESS), 0);
    CU_ASSERT_PTR_NULL(wire_unreadable(w, 0));
    wire_free(w);
}

static void reads_with_a_file_of_keys(void)
{
    struct wire *w = NULL;

    CU_ASSERT_EQUAL(read_both(CAPTURE, KEYS, &w), 0);
    check_read(w);
}

static void reads_with_the_captures_own_keys(void)
{
    struct wire *w = NULL;

    CU_ASSERT_TRUE(tshark_finds_secrets(KEYS_INSIDE));
    CU_ASSERT_FALSE(tshark_finds_secrets(CAPTURE));
    CU_ASSERT_FALSE(tshark_finds_secrets("/no/such/capture"));
    CU_ASSERT_EQUAL(read_both(KEYS_INSIDE, NULL, &w), 0);
    check_read(w);
}

/* Keys were promised, and are not there: that is told. */
static void finds_nothing_without_keys(void)
{
    struct wire *w = NULL;

    CU_ASSERT_EQUAL(read_both(CAPTURE, NULL, &w), 0);
    CU_ASSERT_STRING_EQUAL(shown, "");
    CU_ASSERT_EQUAL(wire_count(w, WIRE_TLS_KEYLESS), 2);
    CU_ASSERT_PTR_NOT_NULL(wire_unreadable(w, 1));
    wire_free(w);
}

static void says_that_it_fails(void)
{
    struct source *s = NULL;
    struct error err;
    struct frame f;

    CU_ASSERT_EQUAL_FATAL(tshark_open("/no/such/capture", NULL, 0, &s, &err), 0);
    CU_ASSERT_EQUAL(source_next(s, &f, &err), -EIO);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "doesn't exist"));
    CU_ASSERT_EQUAL(source_state(s), SOURCE_FAILED);
    source_free(s);
    CU_ASSERT_EQUAL(tshark_open(CAPTURE, "/no/such/keys", 0, &s, &err), -ENOENT);
    CU_ASSERT_STRING_EQUAL(err.file, "/no/such/keys");
}

static void says_that_it_is_not_installed(void)
{
    char *path = strdup(getenv("PATH"));
    struct source *s = NULL;
    struct error err;

    setenv("PATH", "/nowhere", 1);
    CU_ASSERT_EQUAL(tshark_open(CAPTURE, NULL, 0, &s, &err), -ENOENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "apt-get install tshark"));
    setenv("PATH", path, 1);
    free(path);
}

/* A source that is not read to its end leaves no child behind. */
static void ends_with_the_source(void)
{
    struct source *s = NULL;

    CU_ASSERT_EQUAL_FATAL(tshark_open(CAPTURE, KEYS, 0, &s, NULL), 0);
    source_free(s);
    CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1);
    CU_ASSERT_EQUAL(errno, ECHILD);
}

static const struct test tests[] = {
    {"reads with a file of keys", reads_with_a_file_of_keys},
    {"reads with the capture's own keys", reads_with_the_captures_own_keys},
    {"finds nothing without keys", finds_nothing_without_keys},
    {"says that it fails", says_that_it_fails},
    {"says that it is not installed", says_that_it_is_not_installed},
    {"ends with the source", ends_with_the_source},
};
TEST_MAIN("tshark", tests)
