/* Any bytes as a capture file, all the way: frames, payloads, messages, sessions, judgement. */
#include "cli/pipeline.h"
#include "tests/fuzz/verdicts.h"
#include "wire/source.h"

#include <sys/mman.h>
#include <unistd.h>

static struct profile *profile;
static struct flow *flow, *mirror;

static void set_up(void)
{
    if (mirror)
        return;
    MUST(profile_load("reference-network/sut.xml", "testcases/schema", &profile, NULL) == 0);
    MUST(flow_load("testcases/flows/close-1-1.xml", "testcases/schema", &flow, NULL) == 0);
    MUST(flow_mirror(flow, &mirror) == 0);
}

static struct source *open_bytes(const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    struct source *s;

    MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    MUST(source_open_fd(fd, "fuzz", 0, &s, NULL) == 0);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct verdicts verdicts = {.strict = size & 1};
    struct pipeline_config config = {.strict = verdicts.strict, .many_clocks = size & 2};
    struct capture_facts facts;
    struct source *s;
    struct pipeline *p;
    struct error err;
    struct frame f;

    set_up();
    config.profile = profile;
    config.flow = flow;
    config.mirror = mirror;
    s = open_bytes(data, size);
    MUST(pipeline_new(&config, (struct result_sink){check_result, &verdicts}, &p, &err) == 0);
    while (source_next(s, &f, &err) == 1) {
        pipeline_dropped(p, source_dropped(s));
        MUST(pipeline_frame(p, &f) == 0);
    }
    MUST(pipeline_end(p) == 0);
    pipeline_facts(p, &facts);
    MUST(facts.nreasons <= REASONS_MAX && facts.duplicate_frames <= facts.frames);
    pipeline_free(p);
    source_free(s);
    return 0;
}
