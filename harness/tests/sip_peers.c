#include "tests/sip_peers.h"

#include <errno.h>
#include <osipparser2/osip_parser.h>
#include <pcap/pcap.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
    const char *name, *tshark;
} facts[FACT_COUNT] = {
    [FACT_METHOD] = {"method", "sip.Method"},
    [FACT_STATUS] = {"status", "sip.Status-Code"},
    [FACT_URI] = {"uri", "sip.r-uri"},
    [FACT_CALL_ID] = {"call-id", "sip.Call-ID"},
    [FACT_CSEQ] = {"cseq", "sip.CSeq.seq"},
    [FACT_CSEQ_METHOD] = {"cseq-method", "sip.CSeq.method"},
    [FACT_BRANCHES] = {"branches", "sip.Via.branch"},
    [FACT_HOSTS] = {"hosts", "sip.Via.sent-by.address"},
    [FACT_FROM_TAG] = {"from-tag", "sip.from.tag"},
    [FACT_TO_TAG] = {"to-tag", "sip.to.tag"},
    [FACT_LENGTH] = {"content-length", "sip.Content-Length"},
    [FACT_MAX_FORWARDS] = {"max-forwards", "sip.Max-Forwards"},
};

const char *sip_fact_name(enum sip_fact f)
{
    return facts[f].name;
}

void sip_fact_add(struct sip_facts *to, enum sip_fact f, struct slice text)
{
    size_t n = strlen(to->text[f]);
    snprintf(to->text[f] + n, FACT_TEXT - n, "%s%.*s", n ? "," : "", SLICE_ARG(text));
}

static void add_text(struct sip_facts *to, enum sip_fact f, const char *text)
{
    if (text)
        sip_fact_add(to, f, slice_of(text));
}

static void osip_vias(osip_message_t *m, struct sip_facts *to)
{
    for (int i = 0; i < osip_list_size(&m->vias); i++) {
        osip_via_t *via = osip_list_get(&m->vias, i);
        osip_generic_param_t *branch = NULL;
        add_text(to, FACT_HOSTS, via->host);
        osip_via_param_get_byname(via, (char[]){"branch"}, &branch);
        if (branch)
            add_text(to, FACT_BRANCHES, branch->gvalue);
    }
}

static void osip_tag(osip_from_t *from, struct sip_facts *to, enum sip_fact f)
{
    osip_generic_param_t *tag = NULL;

    if (from)
        osip_uri_param_get_byname(&from->gen_params, (char[]){"tag"}, &tag);
    if (tag)
        add_text(to, f, tag->gvalue);
}

static void osip_start_line(osip_message_t *m, struct sip_facts *to)
{
    char *text = NULL;

    if (m->sip_method) {
        add_text(to, FACT_METHOD, m->sip_method);
        if (m->req_uri && osip_uri_to_str(m->req_uri, &text) == 0)
            add_text(to, FACT_URI, text);
        osip_free(text);
    } else {
        char status[16];
        snprintf(status, sizeof status, "%d", m->status_code);
        add_text(to, FACT_STATUS, status);
    }
}

static void osip_read(osip_message_t *m, struct sip_facts *to)
{
    osip_header_t *forwards = NULL;
    char *text = NULL;

    osip_start_line(m, to);
    osip_vias(m, to);
    osip_tag(m->from, to, FACT_FROM_TAG);
    osip_tag(m->to, to, FACT_TO_TAG);
    if (m->call_id && osip_call_id_to_str(m->call_id, &text) == 0)
        add_text(to, FACT_CALL_ID, text);
    osip_free(text);
    if (m->cseq) {
        add_text(to, FACT_CSEQ, m->cseq->number);
        add_text(to, FACT_CSEQ_METHOD, m->cseq->method);
    }
    if (m->content_length)
        add_text(to, FACT_LENGTH, m->content_length->value);
    osip_message_header_get_byname(m, "max-forwards", 0, &forwards);
    if (forwards)
        add_text(to, FACT_MAX_FORWARDS, forwards->hvalue);
}

/* What libosip2 has to say of a message goes nowhere. */
static void silent(const char *file, int line, osip_trace_level_t level, const char *format, va_list args)
{
    (void)file, (void)line, (void)level, (void)format, (void)args;
}

void sip_facts_of_osip(struct slice message, struct sip_facts *ret)
{
    osip_message_t *m = NULL;

    memset(ret, 0, sizeof *ret);
    osip_trace_initialize_func(TRACE_LEVEL0, silent);
    if (parser_init() != 0 || osip_message_init(&m) != 0)
        return;
    ret->read = osip_message_parse(m, message.p, message.n) == 0;
    if (ret->read)
        osip_read(m, ret);
    osip_message_free(m);
}

/* IPv4 and UDP in front of the message: 192.0.2.1:5060 to 192.0.2.2:5060, no checksum. */
static void put_datagram(unsigned char *to, struct slice message)
{
    static const unsigned char head[28] = {0x45, 0, 0,   0, 0, 0, 0,    0,    64,   17,   0, 0, 192, 0,
                                           2,    1, 192, 0, 2, 2, 0x13, 0xc4, 0x13, 0xc4, 0, 0, 0,   0};
    size_t ip = message.n + 28, udp = message.n + 8;

    memcpy(to, head, sizeof head);
    to[2] = (unsigned char)(ip >> 8);
    to[3] = (unsigned char)ip;
    to[24] = (unsigned char)(udp >> 8);
    to[25] = (unsigned char)udp;
    memcpy(to + 28, message.p, message.n);
}

static int write_pcap(const char *path, const struct slice *messages, size_t n)
{
    static unsigned char packet[65535];
    pcap_t *p = pcap_open_dead(DLT_RAW, sizeof packet);
    pcap_dumper_t *d = p ? pcap_dump_open(p, path) : NULL;

    for (size_t i = 0; d && i < n; i++) {
        struct pcap_pkthdr h = {.caplen = (bpf_u_int32)messages[i].n + 28,
                                .len = (bpf_u_int32)messages[i].n + 28};
        h.ts.tv_sec = (time_t)(1700000000 + i);
        put_datagram(packet, messages[i]);
        pcap_dump((unsigned char *)d, &h, packet);
    }
    if (d)
        pcap_dump_close(d);
    if (p)
        pcap_close(p);
    return d ? 0 : -EIO;
}

/* Fields are separated by a character that no message here has. */
static int spawn_tshark(const char *path, int out, pid_t *ret)
{
    char read[] = "-r", names[] = "-n", type[] = "-T", fields[] = "fields", option[] = "-E",
         separator[] = "separator=|", program[] = "tshark", field[] = "-e", *file = strdup(path);
    char *argv[8 + 2 * FACT_COUNT + 1] = {program, names, read, file, type, fields, option, separator};
    posix_spawn_file_actions_t actions;
    size_t n = 8;
    int err;

    for (int f = 0; f < FACT_COUNT; f++) {
        argv[n++] = field;
        argv[n++] = strdup(facts[f].tshark);
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", 1, 0);
    err = posix_spawnp(ret, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    for (size_t i = 9; i < n; i += 2)
        free(argv[i]);
    free(file);
    return -err;
}

static void read_line(char *line, struct sip_facts *ret)
{
    memset(ret, 0, sizeof *ret);
    line[strcspn(line, "\n")] = '\0';
    for (int f = 0; f < FACT_COUNT && line; f++) {
        char *field = strsep(&line, "|");
        add_text(ret, (enum sip_fact)f, field);
        ret->read |= *field != '\0';
    }
}

static int ask_tshark(const char *path, size_t n, struct sip_facts *ret)
{
    int ends[2], status = 0, r;
    size_t lines = 0, size = 0;
    char *line = NULL;
    pid_t pid;
    FILE *f;

    if (pipe(ends) != 0)
        return -errno;
    r = spawn_tshark(path, ends[1], &pid);
    close(ends[1]);
    f = r == 0 ? fdopen(ends[0], "r") : NULL;
    while (f && getline(&line, &size, f) > 0) {
        if (lines < n)
            read_line(line, &ret[lines]);
        lines++;
    }
    free(line);
    if (f)
        fclose(f);
    else
        close(ends[0]);
    if (r == 0 && (waitpid(pid, &status, 0) != pid || status != 0 || lines != n))
        r = -EPROTO;
    return r;
}

int sip_facts_of_tshark(const struct slice *messages, size_t n, struct sip_facts *ret)
{
    char path[] = "/tmp/cpmspec-peers-XXXXXX";
    int fd = mkstemp(path), r;

    if (fd < 0)
        return -errno;
    close(fd);
    r = write_pcap(path, messages, n);
    if (r == 0)
        r = ask_tshark(path, n, ret);
    unlink(path);
    return r;
}
