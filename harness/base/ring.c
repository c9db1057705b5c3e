#include "base/ring.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/huge.h"

enum { CACHE_LINE = 64, ALIGN = 16 };

enum kind {
    KIND_BYTES, /* they follow */
    KIND_APART, /* a pointer to them follows */
    KIND_SKIP,  /* nothing up to the ring's end */
};

/* In front of each record. Places count bytes since the beginning; modulo the size they are offsets. */
struct head {
    _Alignas(ALIGN) uint32_t size; /* up to the next head */
    uint32_t kind;
    size_t n; /* of the record */
};

/* What one thread writes lies apart from what the other does, so that they do not wait for each other's cache
 * lines. */
struct ring {
    char *bytes;
    size_t size;

    /* The writer's. */
    size_t end;             /* of what was committed */
    size_t next;            /* end of what is reserved */
    size_t room_to;         /* as far as it may write, as it knew last */
    _Atomic size_t written; /* `end`, for the reader */
    char apart_1[CACHE_LINE];

    /* The reader's. */
    size_t at;           /* of the next record */
    size_t told;         /* as far as the writer knows to be read */
    size_t known;        /* as far as it knows to be written */
    void *held;          /* memory of the record that was handed out, where it has its own */
    _Atomic size_t read; /* `told`, for the writer */
    char apart_2[CACHE_LINE];

    /* For waiting. */
    pthread_mutex_t mutex;
    pthread_cond_t wake_reader, wake_writer;
    _Atomic size_t reader_wants; /* wake the reader when so much is there; 0: it does not wait */
    _Atomic size_t writer_wants; /* wake the writer when there is so much room */
    _Atomic bool ended, stopped;
};

static int init_waiting(struct ring *r)
{
    pthread_condattr_t attr;
    int e = pthread_condattr_init(&attr);

    if (e)
        return -e;
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    e = pthread_mutex_init(&r->mutex, NULL);
    if (!e)
        e = pthread_cond_init(&r->wake_reader, &attr);
    if (!e)
        e = pthread_cond_init(&r->wake_writer, &attr);
    pthread_condattr_destroy(&attr);
    return -e;
}

int ring_new(size_t bytes, struct ring **ret)
{
    struct ring *r = calloc(1, sizeof *r);
    char *room = huge_alloc(bytes);

    if (!r || !room) {
        free(r);
        free(room);
        return -ENOMEM;
    }
    r->bytes = room;
    r->size = r->room_to = bytes;
    if (init_waiting(r) < 0) {
        free(r);
        free(room);
        return -ENOMEM;
    }
    *ret = r;
    return 0;
}

static struct head *head_at(const struct ring *r, size_t place)
{
    return (struct head *)(void *)(r->bytes + (place & (r->size - 1)));
}

/* Where the bytes of a record of its own are kept. */
static void **apart_of(struct head *h)
{
    return (void **)(void *)(h + 1);
}

static void free_unread(struct ring *r)
{
    free(r->held);
    for (size_t at = r->at; at != r->end; at += head_at(r, at)->size)
        if (head_at(r, at)->kind == KIND_APART)
            free(*apart_of(head_at(r, at)));
    if (r->next != r->end && head_at(r, r->end)->kind == KIND_APART)
        free(*apart_of(head_at(r, r->end)));
}

void ring_free(struct ring *r)
{
    if (!r)
        return;
    free_unread(r);
    pthread_cond_destroy(&r->wake_writer);
    pthread_cond_destroy(&r->wake_reader);
    pthread_mutex_destroy(&r->mutex);
    free(r->bytes);
    free(r);
}

/* --- the writer */

/* Waits for room up to `place`, and for a good deal more, so that it is not for one record each time. */
static int wait_for_room(struct ring *r, size_t place)
{
    size_t want = place - r->end > r->size / 4 ? place - r->end : r->size / 4;

    r->room_to = atomic_load(&r->read) + r->size;
    if (r->room_to >= place)
        return 0;
    pthread_mutex_lock(&r->mutex);
    atomic_store(&r->writer_wants, want);
    while ((r->room_to = atomic_load(&r->read) + r->size) < r->end + want && !atomic_load(&r->stopped))
        pthread_cond_wait(&r->wake_writer, &r->mutex);
    atomic_store(&r->writer_wants, 0);
    pthread_mutex_unlock(&r->mutex);
    return atomic_load(&r->stopped) ? -ECANCELED : 0;
}

/* A record lies in one piece: where it does not fit before the ring's end it begins at its start. */
static int find_place(struct ring *r, size_t size)
{
    size_t left = r->size - (r->end & (r->size - 1));
    size_t skip = left < size ? left : 0;
    int e = 0;

    if (r->end + skip + size > r->room_to)
        e = wait_for_room(r, r->end + skip + size);
    if (e < 0)
        return e;
    if (skip)
        *head_at(r, r->end) = (struct head){.size = (uint32_t)skip, .kind = KIND_SKIP};
    r->end += skip;
    r->next = r->end;
    return 0;
}

int ring_reserve(struct ring *r, size_t n, void **ret)
{
    bool apart = n > r->size / 4 - sizeof(struct head);
    size_t size = sizeof(struct head) + (apart ? ALIGN : (n + ALIGN - 1) / ALIGN * ALIGN);
    void *room = NULL;
    struct head *h;
    int e;

    if (atomic_load_explicit(&r->stopped, memory_order_relaxed))
        return -ECANCELED;
    if (apart && !(room = malloc(n)))
        return -ENOMEM;
    e = find_place(r, size);
    if (e < 0) {
        free(room);
        return e;
    }
    h = head_at(r, r->end);
    *h = (struct head){.size = (uint32_t)size, .kind = apart ? KIND_APART : KIND_BYTES, .n = n};
    if (apart)
        *apart_of(h) = room;
    r->next = r->end + size;
    *ret = apart ? room : (void *)(h + 1);
    return 0; /* cppcheck-suppress memleak ; the ring has it: apart_of(h) */
}

static void wake(struct ring *r, pthread_cond_t *whom)
{
    pthread_mutex_lock(&r->mutex);
    pthread_cond_signal(whom);
    pthread_mutex_unlock(&r->mutex);
}

void ring_commit(struct ring *r)
{
    size_t wants;

    r->end = r->next;
    /* Sequentially consistent, here as in tell_read(): either this sees that the other one waits, or that one
     * sees this before it does. */
    atomic_store(&r->written, r->end);
    wants = atomic_load(&r->reader_wants);
    if (wants && r->end - atomic_load(&r->read) >= wants)
        wake(r, &r->wake_reader);
}

void ring_end(struct ring *r)
{
    atomic_store(&r->ended, true);
    wake(r, &r->wake_reader);
}

/* --- the reader */

static void tell_read(struct ring *r)
{
    size_t wants;

    r->told = r->at;
    atomic_store(&r->read, r->at);
    wants = atomic_load(&r->writer_wants);
    if (wants && r->at + r->size - atomic_load(&r->written) >= wants)
        wake(r, &r->wake_writer);
}

/* Waits, a millisecond at most where `few`, until so much is there or the writer has ended. */
static void wait_for(struct ring *r, size_t want, bool few)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += NSEC_PER_MSEC;
    if (until.tv_nsec >= NSEC_PER_SEC) {
        until.tv_sec++;
        until.tv_nsec -= NSEC_PER_SEC;
    }
    atomic_store(&r->reader_wants, want);
    while ((r->known = atomic_load(&r->written)) - r->at < want && !atomic_load(&r->ended)) {
        if (!few)
            pthread_cond_wait(&r->wake_reader, &r->mutex);
        else if (pthread_cond_timedwait(&r->wake_reader, &r->mutex, &until) == ETIMEDOUT)
            break;
    }
    atomic_store(&r->reader_wants, 0);
}

/* Whether there is a record, waiting for one where there is none. */
static bool find_records(struct ring *r)
{
    r->known = atomic_load(&r->written);
    if (r->known != r->at)
        return true;
    tell_read(r);
    pthread_mutex_lock(&r->mutex);
    wait_for(r, 1, false);
    wait_for(r, r->size / 4, true);
    pthread_mutex_unlock(&r->mutex);
    r->known = atomic_load(&r->written); /* the end may have been told before the last record was seen */
    return r->known != r->at;
}

bool ring_next(struct ring *r, struct slice *ret)
{
    struct head *h;

    free(r->held);
    r->held = NULL;
    if (r->at - r->told >= r->size / 8)
        tell_read(r);
    do {
        if (r->at == r->known && !find_records(r))
            return false;
        h = head_at(r, r->at);
        r->at += h->size;
    } while (h->kind == KIND_SKIP);
    if (h->kind == KIND_APART)
        r->held = *apart_of(h);
    *ret = (struct slice){r->held ? r->held : (const char *)(h + 1), h->n};
    return true;
}

void ring_stop(struct ring *r)
{
    atomic_store(&r->stopped, true);
    wake(r, &r->wake_writer);
}
