#include "trace/speakers.h"

#include "tests/saying.h"
#include "tests/scratch.h"

/* core-a and pf-a share an address. */
static const char sut[] =
    "<sut name='S'><ixit>"
    "<function role='client-a'><node address='127.0.10.1' port='5060'/></function>"
    "<function role='core-a'><node address='127.0.10.2' port='5060'/></function>"
    "<function role='pf-a'><node address='127.0.10.2' port='5080'/></function></ixit></sut>";

enum { CLIENT = 1, CORE = 2, PF = 4, EPHEMERAL = 40001 };

static const char request[] =
    "BYE sip:b@b SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.10.2:5080;branch=z9hG4bKb\r\n\r\n";
static const char answer[] = "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 127.0.10.2:5080;branch=z9hG4bKb\r\n\r\n";
static const char back[] = "BYE sip:a@a SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.10.2;branch=z9hG4bKc\r\n\r\n";

static struct profile *profile;
static struct speakers speakers;
static struct saying said;

static void begin(void)
{
    struct error err;

    memset(&speakers, 0, sizeof speakers);
    CU_ASSERT_EQUAL_FATAL(profile_load(scratch_file("sut.xml", sut), "testcases/schema", &profile, &err), 0);
}

/* Between two ports of the shared address, as far as the profile knows them; returns what is known then. */
static struct said *say(const char *text, uint16_t from, uint16_t to, enum transport transport)
{
    saying(&said, text, "127.0.10.2", "127.0.10.2", 0);
    said.payload.src.port = from;
    said.payload.dst.port = to;
    said.payload.transport = transport;
    said.said.from = profile_owners(profile, &said.payload.src);
    said.said.to = profile_owners(profile, &said.payload.dst);
    speakers_tell(&speakers, profile, &said.said);
    return &said.said;
}

static void the_via_names_who_speaks(void)
{
    begin();
    CU_ASSERT_EQUAL(say(request, EPHEMERAL, 5060, TRANSPORT_TCP)->from, PF);
    CU_ASSERT_EQUAL(said.said.to, CORE);
    CU_ASSERT_EQUAL(say(answer, 5060, EPHEMERAL, TRANSPORT_TCP)->from, CORE);
    CU_ASSERT_EQUAL(said.said.to, PF);
    CU_ASSERT_EQUAL(say(back, EPHEMERAL + 1, 5080, TRANSPORT_TCP)->from,
                    CORE); /* 5060 where it names no port */
    profile_free(profile);
}

/* What comes back over the connection goes to who made it, and so does another one's request. */
static void a_connection_is_remembered(void)
{
    begin();
    CU_ASSERT_EQUAL(say(back, 5060, EPHEMERAL, TRANSPORT_TCP)->to, 0);
    say(request, EPHEMERAL, 5060, TRANSPORT_TCP);
    CU_ASSERT_EQUAL(say(back, 5060, EPHEMERAL, TRANSPORT_TCP)->to, PF);
    CU_ASSERT_EQUAL(say(answer, EPHEMERAL, 5060, TRANSPORT_TCP)->from, PF);
    CU_ASSERT_EQUAL(say(back, 5060, EPHEMERAL + 7, TRANSPORT_TCP)->to, 0);
    profile_free(profile);
}

static void datagrams_come_from_their_ports(void)
{
    begin();
    CU_ASSERT_EQUAL(say(request, EPHEMERAL, 5060, TRANSPORT_UDP)->from, 0);
    profile_free(profile);
}

static void a_stranger_stays_one(void)
{
    begin();
    saying(&said, request, "192.0.2.1", "127.0.10.2", 0);
    said.payload.transport = TRANSPORT_TCP;
    said.said.from = 0;
    speakers_tell(&speakers, profile, &said.said);
    CU_ASSERT_EQUAL(said.said.from, 0);
    profile_free(profile);
}

static const struct test tests[] = {
    {"the Via names who speaks", the_via_names_who_speaks},
    {"a connection is remembered", a_connection_is_remembered},
    {"datagrams come from their ports", datagrams_come_from_their_ports},
    {"a stranger stays one", a_stranger_stays_one},
};
TEST_MAIN("speakers", tests)
