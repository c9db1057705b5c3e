#include "drive/dump.h"

#include "wire/hepreport.h"
#include "wire/link.h"

#include <errno.h>
#include <limits.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

enum { SNAPLEN = 262144 };

struct dump {
    char dir[PATH_MAX];
    struct dump_file {
        pcap_t *form; /* what libpcap wants to know of the file */
        pcap_dumper_t *out;
    } file[DUMP_SOURCES_MAX];
    struct buf report, inflated; /* a HEP report in the form in which it is kept */
    bool failed;
};

int dump_new(const char *dir, struct dump **ret, struct error *err)
{
    struct dump *d = calloc(1, sizeof *d);

    if (!d)
        return error_set(err, ENOMEM, "no memory for the capture file");
    snprintf(d->dir, sizeof d->dir, "%s", dir);
    buf_init(&d->report, SNAPLEN);
    buf_init(&d->inflated, SNAPLEN / 2);
    *ret = d;
    return 0;
}

const char *dump_name(uint32_t source, char out[DUMP_NAME_MAX])
{
    if (source == 0)
        snprintf(out, DUMP_NAME_MAX, "capture.pcap");
    else
        snprintf(out, DUMP_NAME_MAX, "capture-%u.pcap", source + 1);
    return out;
}

static int failed(struct dump *d, uint32_t source, int code, struct error *err)
{
    char name[DUMP_NAME_MAX];

    d->failed = true;
    return error_set(err, code ? code : EIO, "cannot write %s/%s: %s%s", d->dir, dump_name(source, name),
                     strerror(code ? code : EIO),
                     code == ENOSPC ? "; make room, or write elsewhere with --out DIR" : "");
}

static int open_file(struct dump *d, const struct frame *f, struct error *err)
{
    struct dump_file *file = &d->file[f->source];
    /* The one link type whose number in files is not libpcap's own. */
    int type = f->linktype == LINKTYPE_RAW ? DLT_RAW : (int)f->linktype;
    char name[DUMP_NAME_MAX], path[PATH_MAX + DUMP_NAME_MAX + 1];

    snprintf(path, sizeof path, "%s/%s", d->dir, dump_name(f->source, name));
    errno = 0;
    file->form = pcap_open_dead_with_tstamp_precision(type, SNAPLEN, PCAP_TSTAMP_PRECISION_NANO);
    if (!file->form)
        return failed(d, f->source, ENOMEM, err);
    file->out = pcap_dump_open(file->form, path);
    return file->out ? 0 : failed(d, f->source, errno, err);
}

static int write_frame(struct dump *d, const struct frame *f, struct error *err)
{
    struct pcap_pkthdr head = {
        .ts = {.tv_sec = f->time / NSEC_PER_SEC, .tv_usec = f->time % NSEC_PER_SEC},
        .caplen = (uint32_t)f->bytes.n,
        .len = f->wire_len,
    };
    pcap_dumper_t *out;
    int r = 0;

    if (!d->file[f->source].out)
        r = open_file(d, f, err);
    if (r < 0)
        return r;
    out = d->file[f->source].out;
    errno = 0;
    pcap_dump((unsigned char *)out, &head, (const unsigned char *)f->bytes.p);
    return ferror(pcap_dump_file(out)) ? failed(d, f->source, errno, err) : 0;
}

static int write_report(struct dump *d, const struct frame *f, struct error *err)
{
    struct frame kept = *f;
    int r = report_keep(f, &d->inflated, &d->report);

    if (r < 0)
        return failed(d, f->source, -r, err);
    kept.bytes = buf_slice(&d->report);
    kept.wire_len = (uint32_t)kept.bytes.n;
    kept.linktype = LINKTYPE_UPPER_PDU;
    return write_frame(d, &kept, err);
}

int dump_frame(struct dump *d, const struct frame *f, struct error *err)
{
    if (d->failed)
        return error_set(err, EIO, "the capture file could not be written before");
    if (f->source >= DUMP_SOURCES_MAX)
        return error_set(err, EINVAL, "there are at most %d capture points", DUMP_SOURCES_MAX);
    return f->linktype == LINK_HEP3 ? write_report(d, f, err) : write_frame(d, f, err);
}

int dump_flush(struct dump *d, struct error *err)
{
    for (uint32_t i = 0; i < DUMP_SOURCES_MAX; i++)
        if (d->file[i].out && pcap_dump_flush(d->file[i].out) != 0)
            return failed(d, i, errno, err);
    return 0;
}

void dump_free(struct dump *d)
{
    if (!d)
        return;
    for (int i = 0; i < DUMP_SOURCES_MAX; i++) {
        if (d->file[i].out)
            pcap_dump_close(d->file[i].out);
        if (d->file[i].form)
            pcap_close(d->file[i].form);
    }
    buf_done(&d->report);
    buf_done(&d->inflated);
    free(d);
}
