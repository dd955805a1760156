/* A set of memory areas over a mock page table: both are sorted arrays. */
#include "space.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROTECTION (READ | WRITE | EXECUTE)
#define MAX_PAGES ((size_t)1 << 24)

struct space {
    uint64_t page_size;
    struct area *areas;
    size_t area_count, area_capacity;
    struct page *pages;
    size_t page_count, page_capacity;
    uint64_t calls, fail_after, injected;
    bool planted_bug;
};

static uint64_t lower(uint64_t a, uint64_t b) { return a < b ? a : b; }
static uint64_t higher(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* As realloc, but never NULL: a template needn't go on when memory is short. */
static void *allocate(void *memory, size_t size)
{
    memory = realloc(memory, size);
    if (memory != NULL) return memory;
    fputs("out of memory\n", stderr);
    abort();
}

/* The array, moved if it must be to have room for `count` elements of `size` bytes. */
static void *with_room(void *array, size_t *capacity, size_t count, size_t size)
{
    if (count <= *capacity) return array;
    *capacity = count * 2;
    return allocate(array, *capacity * size);
}

/* ---- The backend: a page table that fails when it is used wrongly, or when it is told to ---- */

/* Counts a call of the backend. A failing call must change nothing, so ask this before anything else. */
static bool call_fails(struct space *space)
{
    if (space->calls++ < space->fail_after) return false;
    space->injected++;
    return true;
}

/* The index of the first page at `addr` or above. */
static size_t first_page_from(const struct space *space, uint64_t addr)
{
    size_t low = 0, high = space->page_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (space->pages[middle].start < addr) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Whether all `count` pages from `start` are there; `at` is where the first one is looked for. */
static bool all_mapped(const struct space *space, size_t at, uint64_t start, size_t count)
{
    if (count > space->page_count - at) return false;
    return space->pages[at + count - 1].start == start + (count - 1) * space->page_size;
}

static bool backend_map(struct space *space, uint64_t start, uint64_t end, unsigned flags)
{
    uint64_t count = (end - start) / space->page_size;
    size_t at = first_page_from(space, start), behind = space->page_count - at;
    if (call_fails(space) || count > MAX_PAGES - space->page_count) return false;
    if (behind > 0 && space->pages[at].start < end) return false;
    space->page_count += count;
    space->pages = with_room(space->pages, &space->page_capacity, space->page_count, sizeof *space->pages);
    memmove(space->pages + at + count, space->pages + at, behind * sizeof *space->pages);
    for (size_t i = 0; i < count; i++) {
        space->pages[at + i] = (struct page){start + i * space->page_size, flags};
    }
    return true;
}

static bool backend_unmap(struct space *space, uint64_t start, uint64_t end)
{
    size_t at = first_page_from(space, start), count = (end - start) / space->page_size;
    if (call_fails(space) || !all_mapped(space, at, start, count)) return false;
    space->page_count -= count;
    memmove(space->pages + at, space->pages + at + count, (space->page_count - at) * sizeof *space->pages);
    return true;
}

static bool backend_protect(struct space *space, uint64_t start, uint64_t end, unsigned flags)
{
    size_t at = first_page_from(space, start), count = (end - start) / space->page_size;
    if (call_fails(space) || !all_mapped(space, at, start, count)) return false;
    for (size_t i = at; i < at + count; i++) space->pages[i].flags = flags;
    return true;
}

/* ---- The areas ---- */

/* The index of the first area that ends above `addr`: the one that contains it, or else the next. */
static size_t first_area_beyond(const struct space *space, uint64_t addr)
{
    size_t low = 0, high = space->area_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (space->areas[middle].end <= addr) low = middle + 1;
        else high = middle;
    }
    return low;
}

static void insert_area(struct space *space, size_t at, struct area area)
{
    size_t behind = space->area_count++ - at;
    space->areas = with_room(space->areas, &space->area_capacity, space->area_count, sizeof *space->areas);
    memmove(space->areas + at + 1, space->areas + at, behind * sizeof area);
    space->areas[at] = area;
}

static void remove_area(struct space *space, size_t at)
{
    size_t behind = --space->area_count - at;
    memmove(space->areas + at, space->areas + at + 1, behind * sizeof *space->areas);
}

/* Cuts the area at `at` so that [start, end) is an area of its own, and returns the index of that one. */
static size_t cut_out(struct space *space, size_t at, uint64_t start, uint64_t end)
{
    struct area whole = space->areas[at];
    if (end < whole.end) insert_area(space, at + 1, (struct area){end, whole.end, whole.flags});
    space->areas[at].end = end;
    if (start == whole.start) return at;
    space->areas[at].end = start;
    insert_area(space, at + 1, (struct area){start, end, whole.flags});
    return at + 1;
}

/* Each area follows its pages, so that a failure in between leaves the two in agreement. */
static enum status unmap_range(struct space *space, uint64_t start, uint64_t end)
{
    size_t at = first_area_beyond(space, start);
    while (at < space->area_count && space->areas[at].start < end) {
        struct area area = space->areas[at];
        uint64_t from = higher(start, area.start), to = lower(end, area.end);
        if (!backend_unmap(space, from, to)) return BAD_STATE;
        at = cut_out(space, at, from, to);
        remove_area(space, at);
        /* The planted bug: a hole inside an area takes along what lies right of it. */
        if (space->planted_bug && from > area.start && to < area.end) remove_area(space, at);
    }
    return OK;
}

/* The end must itself be an address. */
static bool is_sound(const struct space *space, uint64_t start, uint64_t size)
{
    return size <= UINT64_MAX - start && start % space->page_size == 0 && size % space->page_size == 0;
}

enum status space_map(struct space *space, uint64_t start, uint64_t size, unsigned flags, bool replace)
{
    if (size == 0 || !is_sound(space, start, size)) return INVALID_PARAM;
    if (!replace && space_overlaps(space, start, size)) return ALREADY_EXISTS;
    enum status status = unmap_range(space, start, start + size);
    if (status != OK) return status;
    if (!backend_map(space, start, start + size, flags)) return BAD_STATE;
    insert_area(space, first_area_beyond(space, start), (struct area){start, start + size, flags});
    return OK;
}

enum status space_unmap(struct space *space, uint64_t start, uint64_t size)
{
    if (!is_sound(space, start, size)) return INVALID_PARAM;
    return size == 0 ? OK : unmap_range(space, start, start + size);
}

enum status space_protect(struct space *space, uint64_t start, uint64_t size, unsigned flags)
{
    if (!is_sound(space, start, size)) return INVALID_PARAM;
    if (size == 0) return OK;
    uint64_t end = start + size;
    for (size_t at = first_area_beyond(space, start); at < space->area_count; at++) {
        struct area area = space->areas[at];
        if (area.start >= end) break;
        unsigned wanted = (area.flags & ~PROTECTION) | (flags & PROTECTION);
        if (wanted == area.flags) continue;
        uint64_t from = higher(start, area.start), to = lower(end, area.end);
        if (!backend_protect(space, from, to, wanted)) return BAD_STATE;
        at = cut_out(space, at, from, to);
        space->areas[at].flags = wanted;
    }
    return OK;
}

enum status space_clear(struct space *space) { return unmap_range(space, 0, UINT64_MAX); }

/* ---- Queries ---- */

const struct area *space_areas(const struct space *space, size_t *count)
{
    *count = space->area_count;
    return space->areas;
}

const struct page *space_pages(const struct space *space, size_t *count)
{
    *count = space->page_count;
    return space->pages;
}

const struct area *space_find(const struct space *space, uint64_t addr)
{
    size_t at = first_area_beyond(space, addr);
    return at < space->area_count && space->areas[at].start <= addr ? &space->areas[at] : NULL;
}

bool space_overlaps(const struct space *space, uint64_t start, uint64_t size)
{
    uint64_t end = start + lower(size, UINT64_MAX - start);
    size_t at = first_area_beyond(space, start);
    return at < space->area_count && space->areas[at].start < end;
}

/* Rounds `addr` up to a multiple of `align`, unless that is no address any more. */
static bool align_up(uint64_t *addr, uint64_t align)
{
    if (*addr > UINT64_MAX - (align - 1)) return false;
    *addr = (*addr + (align - 1)) & ~(align - 1);
    return true;
}

bool space_find_free(const struct space *space, uint64_t hint, uint64_t size, uint64_t limit_start,
                     uint64_t limit_end, uint64_t align, uint64_t *found)
{
    *found = higher(hint, limit_start);
    if (size % align != 0 || !align_up(found, align)) return false;
    for (size_t at = first_area_beyond(space, *found); at < space->area_count; at++) {
        const struct area *area = &space->areas[at];
        if (area->start >= *found && area->start - *found >= size) break;
        *found = higher(*found, area->end);
        if (!align_up(found, align)) return false;
    }
    return *found <= limit_end && limit_end - *found >= size;
}

/* ---- Injection, and what an instance begins and ends with ---- */

void space_fail_after(struct space *space, uint64_t calls)
{
    space->fail_after = calls;
    space->calls = 0;
    space->injected = 0;
}

uint64_t space_injected(const struct space *space) { return space->injected; }

struct space *space_create(uint64_t page_size)
{
    struct space *space = allocate(NULL, sizeof *space);
    *space = (struct space){.page_size = page_size, .fail_after = NO_FAILURE};
    const char *bug = getenv("TEMPLATE_BUG");
    space->planted_bug = bug != NULL && strcmp(bug, "1") == 0;
    return space;
}

void space_destroy(struct space *space)
{
    free(space->areas);
    free(space->pages);
    free(space);
}
