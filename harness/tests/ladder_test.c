#include "oracle/ladder.h"

#include <stdio.h>

#include "tests/hearing.h"

static struct hearing h;
static const struct ladder_row *row;
static int nrows;

static void make(void)
{
    CU_ASSERT_EQUAL_FATAL(hearing_hold(&h), 1);
    row = ladder_make(hearing_judge(&h, 0), &nrows);
    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
}

static void has_a_row_for_each_step(void)
{
    hearing_open(&h);
    hearing_talk(&h);
    make();
    CU_ASSERT_EQUAL_FATAL(nrows, 14);
    for (int i = 0; i < 14; i++) {
        CU_ASSERT_EQUAL(row[i].step, i + 1);
        CU_ASSERT_EQUAL(row[i].mark, LADDER_SEEN);
        CU_ASSERT_EQUAL(row[i].frame, (uint64_t)(22 + i));
        CU_ASSERT_STRING_EQUAL(row[i].message, i < 7 ? "BYE" : "OK");
        CU_ASSERT_STRING_EQUAL(row[i].transport, "UDP");
    }
    CU_ASSERT_STRING_EQUAL(row[1].from, "core-a");
    CU_ASSERT_STRING_EQUAL(row[1].to, "pf-a");
    hearing_close(&h);
}

static void marks_what_it_knows(void)
{
    int bye;

    hearing_open(&h);
    bye = hearing_talk(&h);
    h.talk.message[bye + 2].gone = true;  /* step 3: a later Via stack proves it */
    h.talk.message[bye + 13].gone = true; /* step 14 */
    for (int i = bye + 7; i < bye + 14; i++)
        talk_edit(&h.talk.message[i], "200 OK", "481 Gone");
    talk_repeat(&h.talk, bye, 500 * NSEC_PER_MSEC);
    make();
    CU_ASSERT_EQUAL(row[2].mark, LADDER_INFERRED);
    CU_ASSERT_EQUAL(row[2].frame, 0);
    CU_ASSERT_EQUAL(row[13].mark, LADDER_MISSING);
    CU_ASSERT_STRING_EQUAL(row[8].message, "481");
    CU_ASSERT_EQUAL(row[0].repeats, 1);
    hearing_close(&h);
}

static void shows_what_is_no_step(void)
{
    int bye, again;

    hearing_open(&h);
    bye = hearing_talk(&h);
    again = talk_repeat(&h.talk, bye + 4, 0);
    talk_edit(&h.talk.message[again], "branch=z9hG4bK", "branch=z9hG4bKx");
    make();
    CU_ASSERT_EQUAL_FATAL(nrows, 15);
    CU_ASSERT_EQUAL(row[14].mark, LADDER_EXTRA);
    CU_ASSERT_EQUAL(row[14].step, 0);
    CU_ASSERT_STRING_EQUAL(row[14].from, "core-b");
    hearing_close(&h);
}

/* All that a way can hold has room. */
static void has_room_for_a_crowd(void)
{
    int bye;

    hearing_open(&h);
    bye = hearing_talk(&h);
    for (int i = 0; i < 3 * WAY_ASIDE_MAX; i++) {
        char branch[32];
        int again = talk_repeat(&h.talk, bye + i % 14, i * NSEC_PER_SEC);
        snprintf(branch, sizeof branch, "branch=z9hG4bKx%d", i);
        talk_edit(&h.talk.message[again], "branch=z9hG4bK", branch);
    }
    make();
    CU_ASSERT_TRUE(nrows > 14 && nrows <= LADDER_ROWS_MAX);
    hearing_close(&h);
}

static const struct test tests[] = {
    {"has a row for each step", has_a_row_for_each_step},
    {"marks what it knows", marks_what_it_knows},
    {"shows what is no step", shows_what_is_no_step},
    {"has room for a crowd", has_room_for_a_crowd},
};
TEST_MAIN("ladder", tests)
