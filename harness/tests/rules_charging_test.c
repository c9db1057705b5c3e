#include "tests/court.h"
#include "tests/test.h"

/* A line more in the BYEs over the hops from `from` to `to`. */
static void add(struct court *c, int bye, int from, int to, const char *line)
{
    for (int hop = from; hop <= to; hop++)
        talk_edit(court_bye(c, bye, hop), "Max-Forwards", line);
}

static void show_charging(struct court *c, int bye)
{
    add(c, bye, 1, 6, "P-Charging-Vector: icid-value=1\r\nMax-Forwards");
}

static void hide_charging(struct court *c, int bye)
{
    add(c, bye, 1, 5, "P-Charging-Vector: icid-value=1\r\nMax-Forwards");
}

/* From `from` on the BYEs have this charging vector; the last one, to the client, has none. */
static void charge(struct court *c, int bye, int from, const char *vector)
{
    for (int hop = from; hop < COURT_HOPS - 1; hop++)
        talk_cut_line(court_bye(c, bye, hop), "P-Charging-Vector");
    add(c, bye, from, COURT_HOPS - 2, vector);
}

static void change_charging_at_pf(struct court *c, int bye)
{
    charge(c, bye, 1, "P-Charging-Vector: icid-value=1;orig-ioi=a\r\nMax-Forwards");
    charge(c, bye, 2, "P-Charging-Vector: orig-ioi=a;icid-value=2\r\nMax-Forwards");
}

static void drop_charging_at_pf(struct court *c, int bye)
{
    charge(c, bye, 1, "P-Charging-Vector: icid-value=1;orig-ioi=a\r\nMax-Forwards");
    charge(c, bye, 5, "Max-Forwards");
}

static void write_charging_otherwise(struct court *c, int bye)
{
    charge(c, bye, 1, "P-Charging-Vector: icid-value=1;orig-ioi=a\r\nMax-Forwards");
    charge(c, bye, 2, "p-charging-vector : ORIG-IOI=a; ICID-Value = \"1\"\r\nMax-Forwards");
}

static void change_charging_at_core(struct court *c, int bye)
{
    charge(c, bye, 1, "P-Charging-Vector: icid-value=1\r\nMax-Forwards");
    charge(c, bye, 4, "P-Charging-Vector: icid-value=2\r\nMax-Forwards");
}

static void change_charging_unseen(struct court *c, int bye)
{
    change_charging_at_pf(c, bye);
    court_bye(c, bye, 1)->gone = true;
}

static void show_charging_unseen(struct court *c, int bye)
{
    show_charging(c, bye);
    for (int i = 0; i < c->talk.n; i++)
        c->talk.message[i].gone = c->talk.message[i].hop == 6;
}

static void show_charging_functions(struct court *c, int bye)
{
    for (int hop = 6; hop >= 0; hop--)
        talk_edit(court_ok(c, bye, hop), "Content-Length",
                  "P-Charging-Function-Addresses: ccf=192.0.2.1\r\nContent-Length");
}

static const struct court_case cases[] = {
    {"charging data reach client-b", show_charging, VERDICT_FAIL, "charging.hidden", 7, "28"},
    {"pf-a changes the charging identifier", change_charging_at_pf, VERDICT_FAIL, "charging.icid", 3,
     "23 24"},
    {"pf-b drops it", drop_charging_at_pf, VERDICT_FAIL, "charging.icid", 6, "26 27"},
    {"pf-a writes it otherwise", write_charging_otherwise, VERDICT_PASS, NULL, 0, NULL},
    {"core-b has one of its own", change_charging_at_core, VERDICT_PASS, NULL, 0, NULL},
    {"what came to pf-a is not captured", change_charging_unseen, VERDICT_PASS, NULL, 0, NULL},
    {"charging data stay inside", hide_charging, VERDICT_PASS, NULL, 0, NULL},
    {"the last hop is not captured", show_charging_unseen, VERDICT_INCONCLUSIVE, "path.missing", 7, "24"},
    {"charging functions reach client-a", show_charging_functions, VERDICT_FAIL, "charging.hidden", 14, "35"},
};

static void judges_the_charging(void)
{
    court_try(cases, sizeof cases / sizeof cases[0]);
}

static const struct test tests[] = {
    {"judges the charging", judges_the_charging},
};
TEST_MAIN("rules_charging", tests)
