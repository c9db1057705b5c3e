/* A client that is nobody's relation here: the SIP stack of baresip (libre) with just enough around it to do
 * what CPMSPEC_ACTION says. It registers, sets up or answers one CPM 1-1 session, closes it or is closed, and
 * stays until it is ended, as clients do. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <re/re.h>

static const char icsi[] = "+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.oma.cpm.session\"";

static struct {
    const char *uri, *user_name, *password, *peer, *action;
    char user[128], domain[256], route[256];
    struct sa address;
    struct sip *sip;
    struct sipsess_sock *sessions;
    struct sipreg *registration;
    struct sipsess *session;
    bool called;
} me;

static const char *need(const char *name)
{
    const char *value = getenv(name);

    if (!value) {
        fprintf(stderr, "re_client: %s is not set\n", name);
        exit(2);
    }
    return value;
}

static bool closes(void)
{
    return strstr(me.action, "and-close") && !strstr(me.action, "and-closed");
}

static int credentials(char **user, char **password, const char *realm, void *arg)
{
    (void)realm;
    (void)arg;
    return str_dup(user, me.user_name) || str_dup(password, me.password) ? ENOMEM : 0;
}

static struct mbuf *description(void)
{
    struct mbuf *sdp = mbuf_alloc(512);

    mbuf_printf(sdp,
                "v=0\r\no=- 1 1 IN IP4 %j\r\ns=-\r\nc=IN IP4 %j\r\nt=0 0\r\nm=message 2857 TCP/MSRP *\r\n"
                "a=accept-types:message/cpim\r\na=path:msrp://%j:2857/r;tcp\r\n",
                &me.address, &me.address, &me.address);
    mbuf_set_pos(sdp, 0);
    return sdp;
}

static int on_offer(struct mbuf **sdp, const struct sip_msg *m, void *arg)
{
    (void)m;
    (void)arg;
    *sdp = description();
    return 0;
}

static int on_answer(const struct sip_msg *m, void *arg)
{
    (void)m;
    (void)arg;
    return 0;
}

static void on_established(const struct sip_msg *m, void *arg)
{
    (void)m;
    (void)arg;
    if (!closes())
        return;
    sipsess_set_close_headers(me.session, "Reason: SIP;cause=200;text=\"Call completed\"\r\n");
    me.session = mem_deref(me.session); /* which sends the BYE */
}

static void on_closed(int err, const struct sip_msg *m, void *arg)
{
    (void)arg;
    printf("closed: %d %.*s\n", err, m ? (int)m->met.l : 0, m ? m->met.p : "");
    fflush(stdout);
    me.session = mem_deref(me.session);
}

static int call(void)
{
    const char *route[] = {me.route};
    struct mbuf *sdp = description();
    int err = sipsess_connect(&me.session, me.sessions, me.peer, NULL, me.uri, me.user, route, 1,
                              "application/sdp", sdp, credentials, NULL, false, on_offer, on_answer, NULL,
                              on_established, NULL, NULL, on_closed, NULL,
                              "Accept-Contact: *;%s;require;explicit\r\n"
                              "P-Preferred-Service: urn:urn-7:3gpp-service.ims.icsi.oma.cpm.session\r\n"
                              "Contribution-ID: %08x%08x\r\nConversation-ID: %08x%08x\r\n",
                              icsi, rand_u32(), rand_u32(), rand_u32(), rand_u32());

    mem_deref(sdp);
    return err;
}

static void on_registered(int err, const struct sip_msg *m, void *arg)
{
    (void)arg;
    if (err || !m || m->scode != 200) {
        fprintf(stderr, "re_client: registration failed: %d %u\n", err, m ? m->scode : 0);
        exit(1);
    }
    if (strncmp(me.action, "call-", 5) == 0 && !me.called) {
        me.called = true;
        if (call())
            exit(1);
    }
}

static void on_called(const struct sip_msg *m, void *arg)
{
    struct mbuf *sdp = description();

    (void)arg;
    sipsess_accept(&me.session, me.sessions, m, 200, "OK", me.user, "application/sdp", sdp, credentials, NULL,
                   false, on_offer, on_answer, on_established, NULL, NULL, on_closed, NULL, NULL);
    mem_deref(sdp);
}

static void on_signal(int signal)
{
    (void)signal;
    re_cancel();
}

static int start(void)
{
    bool tcp = strcmp(need("CPMSPEC_TRANSPORT"), "tcp") == 0;
    const char *route[] = {me.route};
    char registrar[300];
    int err = sip_alloc(&me.sip, NULL, 32, 32, 32, "re_client/1.0", NULL, NULL);

    re_snprintf(me.route, sizeof me.route, "sip:%s%s", need("CPMSPEC_PROXY"), tcp ? ";transport=tcp" : "");
    re_snprintf(registrar, sizeof registrar, "sip:%s", me.domain);
    err |= sip_transp_add(me.sip, tcp ? SIP_TRANSP_TCP : SIP_TRANSP_UDP, &me.address);
    err |= sipsess_listen(&me.sessions, me.sip, 32, on_called, NULL);
    err |= sipreg_register(&me.registration, me.sip, registrar, me.uri, NULL, me.uri, 600, me.user, route, 1,
                           0, credentials, NULL, false, on_registered, NULL, NULL, NULL);
    return err;
}

int main(void)
{
    const char *at;
    int err;

    me.uri = need("CPMSPEC_URI");
    me.user_name = need("CPMSPEC_USERNAME");
    me.password = need("CPMSPEC_PASSWORD");
    me.peer = need("CPMSPEC_PEER_URI");
    me.action = need("CPMSPEC_ACTION");
    at = strchr(me.uri, '@');
    if (!at || libre_init())
        return 2;
    re_snprintf(me.user, sizeof me.user, "%b", me.uri + 4, (size_t)(at - me.uri - 4));
    re_snprintf(me.domain, sizeof me.domain, "%s", at + 1);
    sa_set_str(&me.address, need("CPMSPEC_ADDRESS"), (uint16_t)strtoul(need("CPMSPEC_PORT"), NULL, 10));
    rand_init();
    err = start();
    if (err)
        fprintf(stderr, "re_client: %s\n", strerror(err));
    else
        err = re_main(on_signal);
    mem_deref(me.session);
    mem_deref(me.registration);
    mem_deref(me.sessions);
    sip_close(me.sip, true);
    mem_deref(me.sip);
    libre_close();
    return err ? 1 : 0;
}
