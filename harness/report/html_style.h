/* The style sheet of the HTML report. Nothing is loaded from anywhere; light and dark by the reader's choice.
 */
#ifndef CPMSPEC_REPORT_HTML_STYLE_H
#define CPMSPEC_REPORT_HTML_STYLE_H

#include "base/slice.h"

struct slice html_style(void);

#endif
