#define _GNU_SOURCE
#include "mapping_limit.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "channel.h"
#include "space.h"

/* Addresses for more mappings than any process may have. */
#define RESERVED (1ul << 40)

void leave_mappings(uint64_t left) {
    char *reserved = mmap(NULL, RESERVED, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (reserved == MAP_FAILED) die("no addresses for other mappings: %s", strerror(errno));
    // Every other page becomes readable, so that each page is a mapping of its own.
    uint64_t used = PAGE_SIZE;
    while (used < RESERVED && mprotect(reserved + used, PAGE_SIZE, PROT_READ) == 0) used += 2 * PAGE_SIZE;
    if (used >= RESERVED) die("there is no limit on the number of mappings");
    if (left * PAGE_SIZE >= used) die("there aren't %lu mappings left", left);
    munmap(reserved, left * PAGE_SIZE);
}
