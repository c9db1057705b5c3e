/* Our scanner beside libosip2 and tshark, over the malformed messages and over a capture of a network of
 * Kamailio: whatever they read otherwise is in the table below with its reason, or it is a defect of ours. A
 * difference that is not in the table fails, and one in the table that is no longer there fails too. */
#include "sip/value.h"
#include "tests/sip_files.h"
#include "tests/sip_peers.h"
#include "tests/test.h"

#include <dirent.h>
#include <pcap/pcap.h>
#include <stdlib.h>

enum { MESSAGES_MAX = 256, ROOM = 1 << 20 };

static struct message {
    char name[256];
    struct slice bytes;
} messages[MESSAGES_MAX];
static size_t count;
static char room[ROOM];
static size_t room_used;

static struct sip_facts ours[MESSAGES_MAX], osip[MESSAGES_MAX], tshark[MESSAGES_MAX];

enum peer { OSIP, TSHARK };

static const char *const peer_names[] = {"libosip2", "tshark"};

/* Where a peer reads a message otherwise. "*" stands for every fact: it refuses the message. */
static struct difference {
    enum peer peer;
    const char *name, *fact, *reason;
    bool seen;
} differences[] = {
    {OSIP, "13-no-clen", "content-length", "reports a Content-Length of 0 where there is none", false},
    {OSIP, "16-cseq-garbage", "cseq",
     "hands on the text before the method, whatever it is; we read no number", false},
    {OSIP, "18-nul-in-value", "*", "ends at the NUL, and then misses the end of the header part", false},
    {OSIP, "23-escaped-uri", "uri", "decodes the escapes, and its C string ends at %00", false},
    {OSIP, "25-unterminated-quote", "*", "refuses a quoted string without an end", false},
    {OSIP, "26-line-without-colon", "*", "refuses a header line without a colon", false},
    {OSIP, "30-dup-callid", "*", "refuses a second Call-ID", false},
    {OSIP, "31-dup-cseq", "*", "refuses a second CSeq", false},
    {OSIP, "32-status-no-reason", "branches", "takes the first Via for the reason phrase that is not there",
     false},
    {OSIP, "32-status-no-reason", "hosts", "the same", false},
    {OSIP, "41-cr-only-in-value", "*", "ends the line at a bare CR, and refuses what follows as a header",
     false},
    {OSIP, "43-truncated-midheader", "*", "refuses a header part without an end", false},
    {TSHARK, "03-fold-via-params", "branches", "counts the line end before a fold to the parameter", false},
    {TSHARK, "09-via-lws", "branches",
     "knows no white space around the colon of sent-by, and reads on no further", false},
    {TSHARK, "09-via-lws", "hosts", "the same: an empty sent-by more", false},
    {TSHARK, "10-space-colon", "call-id", "knows no white space before the colon of a header", false},
    {TSHARK, "15-leading-crlf", "*", "shows no SIP behind leading CRLFs in a datagram (legal, RFC 3261 7.5)",
     false},
    {TSHARK, "16-cseq-garbage", "cseq", "a number that is none is 0; we read no number", false},
    {TSHARK, "16-cseq-garbage", "cseq-method",
     "takes all of it for the method, there being no number before it", false},
    {TSHARK, "17-clen-overflow", "content-length", "cuts the number to 32 bits; ours is the text", false},
    {TSHARK, "22-lower-version", "*", "knows the version in capitals alone", false},
    {TSHARK, "30-dup-callid", "call-id", "shows both; we answer with the first, and the defect", false},
    {TSHARK, "31-dup-cseq", "cseq", "shows both; we answer with the first, and the defect", false},
    {TSHARK, "31-dup-cseq", "cseq-method", "the same", false},
    {TSHARK, "32-status-no-reason", "*", "takes a status line for none without the space behind the code",
     false},
    {TSHARK, "35-via-bad-port", "branches", "reads no further in a Via with a port that is none", false},
    {TSHARK, "35-via-bad-port", "hosts", "the same: an empty sent-by more", false},
    {TSHARK, "42-tabs-everywhere", "cseq-method", "counts white space at the end to the method", false},
    {TSHARK, "45-extra-ruri-space", "*", "knows one space alone between method and Request-URI", false},
};

static void keep(const char *name, const void *bytes, size_t n)
{
    struct message *m = &messages[count];

    if (count == MESSAGES_MAX || n > ROOM - room_used)
        return;
    snprintf(m->name, sizeof m->name, "%s", name);
    memcpy(room + room_used, bytes, n);
    m->bytes = (struct slice){room + room_used, n};
    room_used += n;
    count++;
}

static void read_corpus(void)
{
    static char bytes[1 << 17];
    struct dirent **list;
    int n = scandir(SIP_CORPUS, &list, NULL, alphasort);

    for (int i = 0; i < n; i++) {
        struct slice s = sip_file(list[i]->d_name, bytes, sizeof bytes);
        if (list[i]->d_name[0] != '.' && s.n)
            keep(list[i]->d_name, s.p, s.n);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
}

/* The UDP payloads of an Ethernet capture without options, fragments or tags, which this one is. */
static void read_capture(void)
{
    char error[PCAP_ERRBUF_SIZE], name[32];
    struct pcap_pkthdr *h;
    const unsigned char *p;
    pcap_t *pcap = pcap_open_offline(SIP_CAPTURE, error);
    int frame = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(pcap);
    CU_ASSERT_EQUAL_FATAL(pcap_datalink(pcap), DLT_EN10MB);
    while (pcap_next_ex(pcap, &h, &p) == 1) {
        snprintf(name, sizeof name, "frame %d", ++frame);
        if (h->caplen > 42 && p[12] == 8 && p[13] == 0 && p[14] == 0x45 && p[23] == 17)
            keep(name, p + 42, h->caplen - 42);
    }
    pcap_close(pcap);
}

static void add_vias(const struct sip_msg *m, struct sip_facts *to)
{
    struct sip_values w;
    struct sip_via via;
    struct slice value;

    for (sip_values_start(&w, m, SIP_VIA); sip_values_next(&w, &value);) {
        (void)sip_via_decode(value, &via);
        if (via.host.n)
            sip_fact_add(to, FACT_HOSTS, via.host);
        if (via.branch.p)
            sip_fact_add(to, FACT_BRANCHES, via.branch);
    }
}

static void add_number(struct sip_facts *to, enum sip_fact f, uint32_t n)
{
    char text[16];
    snprintf(text, sizeof text, "%u", n);
    sip_fact_add(to, f, slice_of(text));
}

static void facts_of_ours(struct slice bytes, struct sip_facts *ret)
{
    static struct sip_field table[SIP_FIELDS_MAX];
    struct slice method;
    struct sip_msg m;
    uint32_t n = 0;
    size_t used;

    memset(ret, 0, sizeof *ret);
    ret->read = sip_scan(&m, table, bytes, SIP_DATAGRAM, &used) == SIP_SCAN_OK;
    if (!ret->read)
        return;
    if (sip_is_response(&m)) {
        add_number(ret, FACT_STATUS, m.status);
    } else {
        sip_fact_add(ret, FACT_METHOD, sip_method_text(&m));
        sip_fact_add(ret, FACT_URI, sip_uri(&m));
    }
    sip_fact_add(ret, FACT_CALL_ID, sip_value(&m, SIP_CALL_ID));
    if (sip_cseq_decode(sip_value(&m, SIP_CSEQ), &n, &method))
        add_number(ret, FACT_CSEQ, n);
    sip_fact_add(ret, FACT_CSEQ_METHOD, method);
    add_vias(&m, ret);
    sip_fact_add(ret, FACT_FROM_TAG, sip_tag(&m, SIP_FROM));
    sip_fact_add(ret, FACT_TO_TAG, sip_tag(&m, SIP_TO));
    sip_fact_add(ret, FACT_LENGTH, sip_value(&m, SIP_CONTENT_LENGTH));
    if (sip_max_forwards(&m, &n))
        add_number(ret, FACT_MAX_FORWARDS, n);
}

/* Whether the table says so. */
static bool is_known(enum peer peer, const char *name, const char *fact)
{
    for (size_t i = 0; i < sizeof differences / sizeof differences[0]; i++) {
        struct difference *d = &differences[i];
        if (d->peer == peer && strcmp(d->name, name) == 0 && strcmp(d->fact, fact) == 0)
            return d->seen = true;
    }
    return false;
}

static void compare(enum peer peer, const struct sip_facts *theirs)
{
    for (size_t i = 0; i < count; i++) {
        const char *name = messages[i].name;
        if (!theirs[i].read && !is_known(peer, name, "*")) {
            printf("%s: %s reads nothing\n", name, peer_names[peer]);
            CU_FAIL("unlisted difference");
        }
        for (int f = 0; f < FACT_COUNT && theirs[i].read; f++) {
            const char *fact = sip_fact_name((enum sip_fact)f);
            if (strcmp(ours[i].text[f], theirs[i].text[f]) == 0 || is_known(peer, name, fact))
                continue;
            printf("%s, %s: [%s], but %s: [%s]\n", name, fact, ours[i].text[f], peer_names[peer],
                   theirs[i].text[f]);
            CU_FAIL("unlisted difference");
        }
    }
    for (size_t i = 0; i < sizeof differences / sizeof differences[0]; i++)
        if (differences[i].peer == peer && !differences[i].seen) {
            printf("%s, %s: %s reads it as we do\n", differences[i].name, differences[i].fact,
                   peer_names[peer]);
            CU_FAIL("listed difference that is not there");
        }
}

static void reads_all(void)
{
    read_corpus();
    CU_ASSERT_EQUAL(count, SIP_CORPUS_FILES);
    read_capture();
    CU_ASSERT_EQUAL(count, SIP_CORPUS_FILES + 48);
    for (size_t i = 0; i < count; i++) {
        facts_of_ours(messages[i].bytes, &ours[i]);
        CU_ASSERT_TRUE(ours[i].read);
    }
}

static void reads_as_osip(void)
{
    for (size_t i = 0; i < count; i++)
        sip_facts_of_osip(messages[i].bytes, &osip[i]);
    compare(OSIP, osip);
}

static void reads_as_tshark(void)
{
    struct slice bytes[MESSAGES_MAX];

    for (size_t i = 0; i < count; i++)
        bytes[i] = messages[i].bytes;
    CU_ASSERT_EQUAL_FATAL(sip_facts_of_tshark(bytes, count, tshark), 0);
    compare(TSHARK, tshark);
}

static const struct test tests[] = {
    {"reads_all", reads_all},
    {"reads_as_osip", reads_as_osip},
    {"reads_as_tshark", reads_as_tshark},
};
TEST_MAIN("sip_diff", tests)
