#include "report/outfile.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUFFER_SIZE = 65536, NAME_TRIES = 100 };

struct outfile {
    int fd;
    int error;             /* the negative errno that stuck; 0 while all is well */
    bool named;            /* temp[] exists in the file system */
    bool direct;           /* no ordinary file: nothing to move */
    char path[PATH_MAX];   /* where it goes; symbolic links followed */
    char folder[PATH_MAX]; /* where the hidden file grows */
    char temp[PATH_MAX];
    uint64_t size;
    size_t n;
    char buffer[BUFFER_SIZE];
};

/* A hidden name of our own beside the target. `fd` >= 0: gives that unnamed file the name; else creates a
 * file of that name. */
static int take_name(struct outfile *f, int fd)
{
    for (int i = 0; i < NAME_TRIES; i++) {
        char link[64];
        int n = snprintf(f->temp, sizeof f->temp, "%s/.cpmspec-%ld-%d", f->folder, (long)getpid(), i);

        if (n < 0 || (size_t)n >= sizeof f->temp)
            return -ENAMETOOLONG;
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (fd >= 0)
            n = linkat(AT_FDCWD, link, AT_FDCWD, f->temp, AT_SYMLINK_FOLLOW);
        else
            n = f->fd = open(f->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (n >= 0) {
            f->named = true;
            return 0;
        }
        if (errno != EEXIST)
            return -errno;
    }
    return -EEXIST;
}

/* Without a name where the file system can (nothing is left behind even by SIGKILL) and /proc is there to
 * give it one later; else hidden. */
static int open_unseen(struct outfile *f)
{
    if (access("/proc/self/fd", X_OK) < 0)
        return take_name(f, -1);
    f->fd = open(f->folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0666);
    if (f->fd >= 0)
        return 0;
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
        return -errno;
    return take_name(f, -1);
}

static int folder_of(struct outfile *f)
{
    char copy[PATH_MAX];

    memcpy(copy, f->path, sizeof copy);
    return snprintf(f->folder, sizeof f->folder, "%s", dirname(copy)) < 0 ? -EINVAL : 0;
}

/* The number of a stream by its name; -1 where it is no name of one. */
static int stream_named(const char *path)
{
    static const char *const folder[] = {"/dev/fd/", "/proc/self/fd/"};
    struct slice s = slice_of(path);
    uint64_t n;

    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    for (size_t i = 0; i < sizeof folder / sizeof folder[0]; i++)
        if (slice_starts(s, slice_of(folder[i])) &&
            slice_number(slice_tail(s, strlen(folder[i])), INT_MAX, &n))
            return (int)n;
    return -1;
}

static int open_stream(struct outfile *f, int fd)
{
    f->direct = true;
    f->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    return f->fd < 0 ? -errno : 0;
}

static int open_target(struct outfile *f, const char *path)
{
    struct stat st;
    size_t length = strlen(path);

    if (length >= sizeof f->path)
        return -ENAMETOOLONG;
    if (stream_named(path) >= 0) {
        memcpy(f->path, path, length + 1);
        return open_stream(f, stream_named(path));
    }
    if (length > 0 && path[length - 1] == '/')
        return -EISDIR;
    if (stat(path, &st) < 0) {
        if (errno != ENOENT)
            return -errno;
        memcpy(f->path, path, length + 1);
    } else if (S_ISDIR(st.st_mode)) {
        return -EISDIR;
    } else if (!S_ISREG(st.st_mode)) {
        memcpy(f->path, path, length + 1);
        f->direct = true;
        f->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        return f->fd < 0 ? -errno : 0;
    } else if (access(path, W_OK) < 0 || !realpath(path, f->path)) {
        return -errno;
    }
    return folder_of(f) < 0 ? -EINVAL : open_unseen(f);
}

static int fail_open(struct outfile *f, const char *path, int r, struct error *err)
{
    outfile_free(f);
    return error_at(err, -r, path, 0, "cannot be written: %s", strerror(-r));
}

int outfile_open(const char *path, struct outfile **ret, struct error *err)
{
    struct outfile *f = calloc(1, sizeof *f);
    int r;

    if (!f)
        return error_at(err, ENOMEM, path, 0, "cannot be written: out of memory");
    f->fd = -1;
    r = open_target(f, path);
    if (r < 0)
        return fail_open(f, path, r, err);
    *ret = f;
    return 0;
}

int outfile_spool(const struct outfile *f, struct outfile **ret, struct error *err)
{
    const char *tmp = getenv("TMPDIR");
    struct outfile *s = calloc(1, sizeof *s);
    int r;

    if (!s)
        return error_at(err, ENOMEM, f->path, 0, "cannot be written: out of memory");
    s->fd = -1;
    memcpy(s->path, f->path, sizeof s->path);
    if (f->direct)
        snprintf(s->folder, sizeof s->folder, "%s", tmp && *tmp ? tmp : "/tmp");
    else
        memcpy(s->folder, f->folder, sizeof s->folder);
    r = open_unseen(s);
    if (r < 0)
        return fail_open(s, f->path, r, err);
    if (s->named && unlink(s->temp) == 0)
        s->named = false;
    *ret = s;
    return 0;
}

static int flush(struct outfile *f)
{
    size_t done = 0;

    while (f->error == 0 && done < f->n) {
        ssize_t n = write(f->fd, f->buffer + done, f->n - done);

        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            f->error = n == 0 ? -EIO : -errno;
    }
    f->n = 0;
    return f->error;
}

int outfile_write(struct outfile *f, struct slice s)
{
    while (s.n > 0 && f->error == 0) {
        size_t room = sizeof f->buffer - f->n;
        size_t n = s.n < room ? s.n : room;

        memcpy(f->buffer + f->n, s.p, n);
        f->n += n;
        f->size += n;
        s = slice_tail(s, n);
        if (f->n == sizeof f->buffer)
            flush(f);
    }
    return f->error;
}

int outfile_printf(struct outfile *f, const char *fmt, ...)
{
    struct buf text;
    va_list args;
    int r;

    buf_init(&text, SIZE_MAX / 4);
    va_start(args, fmt);
    r = buf_vprintf(&text, fmt, args);
    va_end(args);
    if (r < 0 && f->error == 0)
        f->error = r;
    outfile_write(f, buf_slice(&text));
    buf_done(&text);
    return f->error;
}

int outfile_replay(struct outfile *spool, int (*take)(void *ctx, struct slice s), void *ctx)
{
    off_t at = 0;
    ssize_t n;
    int r = flush(spool);

    while (r == 0) {
        n = pread(spool->fd, spool->buffer, sizeof spool->buffer, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        at += n;
        r = take(ctx, (struct slice){spool->buffer, (size_t)n});
    }
    return r;
}

uint64_t outfile_size(const struct outfile *f)
{
    return f->size;
}

int outfile_check(const struct outfile *f, struct error *err)
{
    if (f->error == 0)
        return 0;
    return error_at(err, -f->error, f->path, 0, "writing failed: %s", strerror(-f->error));
}

static int move_into_place(struct outfile *f)
{
    int r = 0;

    if (f->direct)
        return 0;
    if (!f->named)
        r = take_name(f, f->fd);
    if (r == 0 && rename(f->temp, f->path) < 0)
        r = -errno;
    if (r == 0)
        f->named = false;
    return r;
}

int outfile_commit(struct outfile *f, struct error *err)
{
    int fd;

    flush(f);
    if (f->error == 0)
        f->error = move_into_place(f);
    fd = f->fd;
    f->fd = -1;
    if (close(fd) < 0 && f->error == 0 && errno != EINTR) /* network disks tell of a full one only here */
        f->error = -errno;
    return outfile_check(f, err);
}

void outfile_free(struct outfile *f)
{
    if (!f)
        return;
    if (f->fd >= 0)
        close(f->fd);
    if (f->named)
        unlink(f->temp);
    free(f);
}
