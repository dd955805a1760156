/*
 * What the adapter asks of an implementation. Replace space.c by one that hands these calls on to your
 * own code; what you don't have is left out here, in adapter.c and in its `hello`.
 *
 * Addresses and sizes are in bytes. A range is half open, and its end is an address too.
 */
#ifndef SPACE_H
#define SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of the letters "rwxudn". */
enum { READ = 1, WRITE = 2, EXECUTE = 4, USER = 8, DEVICE = 16, UNCACHED = 32 };

enum status { OK, INVALID_PARAM, ALREADY_EXISTS, BAD_STATE };

struct area {
    uint64_t start, end;
    unsigned flags;
};

struct page {
    uint64_t start;
    unsigned flags;
};

struct space;

struct space *space_create(uint64_t page_size);
void space_destroy(struct space *space);

enum status space_map(struct space *space, uint64_t start, uint64_t size, unsigned flags, bool replace);
enum status space_unmap(struct space *space, uint64_t start, uint64_t size);
enum status space_protect(struct space *space, uint64_t start, uint64_t size, unsigned flags);
enum status space_clear(struct space *space);

/* Every area, and every page that the page table holds, in address order. Valid until the next change. */
const struct area *space_areas(const struct space *space, size_t *count);
const struct page *space_pages(const struct space *space, size_t *count);

/* The area that contains `addr`, or NULL. */
const struct area *space_find(const struct space *space, uint64_t addr);
bool space_overlaps(const struct space *space, uint64_t start, uint64_t size);
/* Whether there is a free place, and if so the lowest in `found`. `align` is a power of two. */
bool space_find_free(const struct space *space, uint64_t hint, uint64_t size, uint64_t limit_start,
                     uint64_t limit_end, uint64_t align, uint64_t *found);

#define NO_FAILURE UINT64_MAX

/* Lets the first `calls` calls of the backend in the next command succeed, and every later one fail. */
void space_fail_after(struct space *space, uint64_t calls);
/* How many calls were made to fail since then. */
uint64_t space_injected(const struct space *space);

#endif
