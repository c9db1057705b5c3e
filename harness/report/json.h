/* Results for programs: one JSON document of schema "cpmspec-results/1" (docs/formats.md,
 * docs/results.schema.json). One line per result, so that line tools serve too. */
#ifndef CPMSPEC_REPORT_JSON_H
#define CPMSPEC_REPORT_JSON_H

#include "report/report.h"

int json_open(const char *path, struct report_writer **ret, struct error *err);

#endif
