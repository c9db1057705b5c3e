#include "tests/craft.h"
#include "tests/scratch.h"
#include "tests/test.h"
#include "wire/pcapngtail.h"

#include <fcntl.h>

static struct buf file;

static void begin(bool swap)
{
    buf_init(&file, 1 << 20);
    craft_section(&file, swap);
    craft_interface(&file, 1, 0, SLICE(""), swap);
    craft_packet(&file, 0, 1, SLICE("frame"), SLICE(""), swap);
}

/* An interface statistics block: a count of received packets, and one of lost ones. */
static void say_lost(uint32_t interface, uint16_t code, uint64_t lost, bool swap)
{
    struct buf b;
    uint64_t n = swap ? __builtin_bswap64(lost) : lost;

    buf_init(&b, 100);
    craft_u32(&b, interface, swap);
    craft_u32(&b, 0, swap);
    craft_u32(&b, 0, swap);
    craft_u16(&b, 4, swap);
    craft_u16(&b, 8, swap);
    buf_add(&b, (struct slice){"\1\1\1\1\1\1\1\1", 8});
    craft_u16(&b, code, swap);
    craft_u16(&b, 8, swap);
    buf_add(&b, (struct slice){(const char *)&n, sizeof n});
    craft_u32(&b, 0, swap);
    craft_block(&file, 5, buf_slice(&b), swap);
    buf_done(&b);
}

static uint64_t dropped(void)
{
    int fd = open(scratch_write("tail.pcapng", file.p, file.n), O_RDONLY | O_CLOEXEC);
    uint64_t n = pcapng_tail_dropped(fd);

    CU_ASSERT_EQUAL(lseek(fd, 0, SEEK_CUR), 0);
    close(fd);
    return n;
}

static void adds_up_the_latest_of_each_interface(void)
{
    for (int swap = 0; swap < 2; swap++) {
        begin(swap);
        CU_ASSERT_EQUAL(dropped(), 0);
        say_lost(0, 5, 1, swap);
        CU_ASSERT_EQUAL(dropped(), 1);
        say_lost(1, 7, 40, swap);
        say_lost(0, 5, 2, swap);
        CU_ASSERT_EQUAL(dropped(), 42);
        craft_block(&file, 4, SLICE("names"), swap);
        CU_ASSERT_EQUAL(dropped(), 42);
        say_lost(64, 5, 1000, swap);
        CU_ASSERT_EQUAL(dropped(), 42);
        craft_packet(&file, 0, 1, SLICE("frame"), SLICE(""), swap);
        CU_ASSERT_EQUAL(dropped(), 0);
        buf_done(&file);
    }
}

static void believes_no_block_that_lies(void)
{
    begin(false);
    say_lost(0, 5, 7, false);
    for (size_t cut = file.n; cut-- > 0;) {
        file.n = cut;
        CU_ASSERT_EQUAL(dropped(), 0);
    }
    buf_done(&file);
    begin(false);
    say_lost(0, 5, 7, false);
    for (size_t i = 1; i <= 72; i++) { /* every byte of the last block */
        file.p[file.n - i] ^= 0x5a;
        dropped();
        file.p[file.n - i] ^= 0x5a;
    }
    CU_ASSERT_EQUAL(dropped(), 7);
    buf_done(&file);
}

static void leaves_other_files_alone(void)
{
    int pipes[2];

    buf_init(&file, 4096);
    CU_ASSERT_EQUAL(dropped(), 0);
    craft_pcap_head(&file, 0xa1b2c3d4, 1, false);
    say_lost(0, 5, 7, false);
    CU_ASSERT_EQUAL(dropped(), 0);
    buf_done(&file);
    CU_ASSERT_EQUAL_FATAL(pipe2(pipes, O_CLOEXEC), 0);
    CU_ASSERT_EQUAL(pcapng_tail_dropped(pipes[0]), 0);
    CU_ASSERT_EQUAL(pcapng_tail_dropped(-1), 0);
    close(pipes[0]);
    close(pipes[1]);
}

static const struct test tests[] = {
    {"adds up the latest of each interface", adds_up_the_latest_of_each_interface},
    {"believes no block that lies", believes_no_block_that_lies},
    {"leaves other files alone", leaves_other_files_alone},
};
TEST_MAIN("pcapngtail", tests)
