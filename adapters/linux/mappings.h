/* What the kernel says that is mapped, in addresses of the harness. */
#ifndef MAPPINGS_H
#define MAPPINGS_H

#include <stdbool.h>
#include <stdint.h>

struct mapping {
    uint64_t start, end;
    int flags;
    bool shared;
    uint64_t offset;
    uint64_t inode;
};

/* Once, before anything else. */
void open_mappings(void);

/*
 * From /proc/self/maps. `next_mapping` is false where there is no other one below the limit of the harness's
 * addresses; `first_mapping` begins anew.
 */
bool first_mapping(struct mapping *mapping);
bool next_mapping(struct mapping *mapping);

/* Whether this kernel can be asked about single addresses, without reading /proc/self/maps. */
bool can_query_mappings(void);
/* The mapping that `address` lies in, if it has all of `flags`. */
bool query_mapping(uint64_t address, int flags, struct mapping *mapping);
/* As before, or else the next one behind `address`. */
bool query_mapping_or_next(uint64_t address, struct mapping *mapping);

#endif
