/* The insides of header values, decoded on demand, without copies: lists, parameters, CSeq (RFC 3261 20.16),
 * Max-Forwards; via.h has Via, uri.h addresses and URIs, reason.h Reason. LWS and folds are allowed wherever
 * the grammar allows them. A quote or an angle bracket that is never closed is an ordinary character. */
#ifndef CPMSPEC_SIP_VALUE_H
#define CPMSPEC_SIP_VALUE_H

#include "sip/msg.h"
#include "sip/reason.h"
#include "sip/uri.h"
#include "sip/via.h"

/* A comma-separated text being cut into values; it starts as {.rest = text}. */
struct sip_list {
    struct slice rest;       /* p == NULL behind the last value */
    bool no_quote, no_angle; /* none is closed in `rest` any more */
};

/* Where the walk over all values of one kind stands: over header fields and over commas inside them. */
struct sip_values {
    const struct sip_msg *msg;
    enum sip_header id;
    uint32_t next_field, left; /* fields that may still come */
    struct sip_list list;      /* of the field being walked */
};

/* Parameters being walked; it starts as {.rest = params}. */
struct sip_params {
    struct slice rest;
    bool no_quote;
};

/* Walks every value of a list header (Via, Route, Record-Route, Contact, Reason, …), top first. An empty
 * header or an empty place between commas is a value of length 0: seen, not skipped. Of a header that is no
 * list (sip_header_is_list) each field is one value. Fields that the table had no room for are not seen. */
void sip_values_start(struct sip_values *w, const struct sip_msg *m, enum sip_header id);
bool sip_values_next(struct sip_values *w, struct slice *ret);

/* How many values of a kind there are. */
unsigned sip_values_count(const struct sip_msg *m, enum sip_header id);

/* Cuts the next value off: true, and the value without white space around it; false where none is left. An
 * empty text is one empty value, and so is the place behind a last comma. */
bool sip_list_next(struct sip_list *l, struct slice *ret);

/* Walks parameters in text like ";a=1;b;c=\"x\"". The value is as written, quotes included; p == NULL where
 * there is no '='. Only a quote that begins a value protects semicolons. Empty places between semicolons are
 * passed over. */
bool sip_params_next(struct sip_params *w, struct slice *ret_name, struct slice *ret_value);

/* The value of a parameter (name in any case) in text like ";a=1;b;c=\"x\"". A parameter without a value has
 * n == 0 and p != NULL; none at all has p == NULL. Quotes around a value are taken off. */
struct slice sip_param(struct slice params, struct slice name);

/* A text without the quotes around it, where it is one quoted string; escapes inside stay as they are. */
struct slice sip_unquoted(struct slice text);

/* "tag" of the first From or To; p == NULL where there is none. */
struct slice sip_tag(const struct sip_msg *m, enum sip_header id);

/* False where it cannot be read: no 32-bit number, no method, or more than these. */
bool sip_cseq(const struct sip_msg *m, uint32_t *ret_number, struct slice *ret_method);
bool sip_max_forwards(const struct sip_msg *m, uint32_t *ret);

/* CSeq of any text. Where it is false, what could be read is filled in all the same. */
bool sip_cseq_decode(struct slice value, uint32_t *ret_number, struct slice *ret_method);

/* Whether two values are the same up to white space between tokens (LWS runs and folds count as nothing next
 * to separators, as one space elsewhere); text in quotes is compared as it is, except that a fold in it is
 * one space (RFC 3261 7.3.1). */
bool sip_value_eq(struct slice a, struct slice b);

#endif
