#include "sip/msg.h"

struct slice sip_value_named(const struct sip_msg *m, struct slice name)
{
    for (uint32_t i = 0; i < m->nfields; i++)
        if (slice_ieq(sip_field_name(m, &m->field[i]), name))
            return sip_field_value(m, &m->field[i]);
    return (struct slice){NULL, 0};
}
