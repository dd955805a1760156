/* The limit on the number of mappings that a process has. */
#ifndef MAPPING_LIMIT_H
#define MAPPING_LIMIT_H

#include <stdint.h>

/* Makes mappings, away from the harness's addresses, until only about so many are left. */
void leave_mappings(uint64_t left);

#endif
