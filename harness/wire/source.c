#include "wire/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/capfile.h"
#include "wire/source_ops.h"

void source_init(struct source *s, const struct source_ops *ops, const char *name, uint32_t index)
{
    s->ops = ops;
    snprintf(s->name, sizeof s->name, "%s", name);
    s->index = index;
    s->state = SOURCE_OPEN;
}

static int say_why_not(struct error *err, int code, const char *path)
{
    if (code == ENOENT)
        return error_at(err, code, path, 0, "no such capture");
    if (code == EACCES)
        return error_at(err, code, path, 0, "no right to read this capture");
    if (code == EISDIR)
        return error_at(err, code, path, 0, "a folder, not a capture: name the files in it");
    return error_at(err, code, path, 0, "cannot be opened: %s", strerror(code));
}

int source_open(const char *path, uint32_t index, struct source **ret, struct error *err)
{
    struct stat st;
    int fd;

    if (strcmp(path, "-") == 0) {
        fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        if (fd < 0)
            return error_at(err, errno, "-", 0, "standard input is not open");
        return source_open_fd(fd, "standard input", index, ret, err);
    }
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return say_why_not(err, errno, path);
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        return say_why_not(err, EISDIR, path);
    }
    return source_open_fd(fd, path, index, ret, err);
}

int source_open_fd(int fd, const char *name, uint32_t index, struct source **ret, struct error *err)
{
    int r = capfile_open(fd, name, index, ret);

    if (r < 0)
        return error_at(err, -r, name, 0, "out of memory");
    return 0;
}

void source_free(struct source *s)
{
    if (s)
        s->ops->release(s);
}

/* Keeps the last word, so that asking again gets the same answer. */
static int finish(struct source *s, int answer, struct error *err)
{
    s->answer = answer;
    if (answer == 0)
        s->state = SOURCE_END;
    else if (s->state == SOURCE_OPEN)
        s->state = SOURCE_FAILED;
    if (answer < 0 && !s->error.file[0])
        snprintf(s->error.file, sizeof s->error.file, "%s", s->name);
    if (answer < 0 && err)
        *err = s->error;
    return answer;
}

int source_next(struct source *s, struct frame *ret, struct error *err)
{
    int r;

    if (s->state != SOURCE_OPEN) {
        if (s->answer < 0 && err)
            *err = s->error;
        return s->answer;
    }
    r = s->ops->next(s, ret, &s->error);
    if (r == -EAGAIN || r == -EINTR)
        return r;
    if (r <= 0)
        return finish(s, r, err);
    s->frames++;
    ret->source = s->index;
    if (!s->numbered)
        ret->number = s->frames;
    return 1;
}

enum source_state source_state(const struct source *s)
{
    return s->state;
}

const char *source_name(const struct source *s)
{
    return s->name;
}

uint32_t source_index(const struct source *s)
{
    return s->index;
}

uint64_t source_frames(const struct source *s)
{
    return s->frames;
}

uint64_t source_dropped(const struct source *s)
{
    return s->ops->dropped(s);
}

bool source_has_secrets(const struct source *s)
{
    return s->ops->has_secrets && s->ops->has_secrets(s);
}

int source_fd(const struct source *s)
{
    return s->ops->fd(s);
}
