#include "mappings.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/ioctl.h>
#include <linux/types.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "channel.h"
#include "request.h"
#include "space.h"

static int maps = -1;

/* What is read at a time: little, as behind our lines there are those of libraries, which nobody needs. */
#define PIECE 512

/* What has been read of the file, and where in that the next line begins. The longest line ends in a path. */
static char text[PATH_MAX + PIECE + 1];
static size_t text_size, text_at;
static off_t text_end;

void open_mappings(void) {
    maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (maps < 0) die("/proc/self/maps: %s", strerror(errno));
}

/* Reads on, behind what hasn't been parsed yet. */
static bool read_more(void) {
    memmove(text, text + text_at, text_size - text_at);
    text_size -= text_at;
    text_at = 0;
    if (text_size + PIECE >= sizeof text) die("/proc/self/maps has too long a line");
    ssize_t got = pread(maps, text + text_size, PIECE, text_end);
    if (got < 0) die("/proc/self/maps: %s", strerror(errno));
    text_size += (size_t)got;
    text_end += got;
    text[text_size] = '\0';
    return got > 0;
}

/* The next line, or NULL behind the last one. */
static const char *next_line(void) {
    char *end;
    while ((end = strchr(text + text_at, '\n')) == NULL) {
        if (!read_more()) return NULL;
    }
    const char *line = text + text_at;
    text_at = (size_t)(end + 1 - text);
    *end = '\0';
    return line;
}

/* A number, and what stands behind it and one more character. */
static const char *take(const char *line, int base, uint64_t *number) {
    char *end;
    *number = strtoul(line, &end, base);
    return end + 1;
}

/* Of a line like `110000000000-110000001000 rw-p 00000000 00:01 1027   /memfd:linear (deleted)`. */
static void parse(const char *line, struct mapping *mapping) {
    uint64_t device;
    line = take(line, 16, &mapping->start);
    line = take(line, 16, &mapping->end);
    mapping->flags = 0;
    if (line[0] == 'r') mapping->flags |= READ;
    if (line[1] == 'w') mapping->flags |= WRITE;
    if (line[2] == 'x') mapping->flags |= EXECUTE;
    mapping->shared = line[3] == 's';
    line = take(line + 5, 16, &mapping->offset);
    line = take(line, 16, &device);
    line = take(line, 16, &device);
    take(line, 10, &mapping->inode);
}

bool next_mapping(struct mapping *mapping) {
    const char *line;
    while ((line = next_line()) != NULL) {
        parse(line, mapping);
        if (mapping->start >= ORIGIN + ADDR_LIMIT) return false;
        if (mapping->end <= ORIGIN) continue;
        mapping->start -= ORIGIN;
        mapping->end -= ORIGIN;
        return true;
    }
    return false;
}

bool first_mapping(struct mapping *mapping) {
    text_size = text_at = 0;
    text_end = 0;
    text[0] = '\0';
    return next_mapping(mapping);
}

/* As in <linux/fs.h> since Linux 6.11; the machine that builds this may have an older one. */
struct query {
    __u64 size, flags, address;
    __u64 start, end, mapping_flags, page_size, offset, inode;
    __u32 device_major, device_minor, name_size, build_id_size;
    __u64 name, build_id;
};
#define QUERY _IOWR('f', 17, struct query)
/* The lower bits of a query's flags are r, w and x: a mapping has to have these. */
#define OR_NEXT 16
#define SHARED 8

static bool query(uint64_t address, unsigned flags, struct mapping *mapping) {
    struct query query = {.size = sizeof query, .flags = flags, .address = ORIGIN + address};
    if (ioctl(maps, QUERY, &query) != 0) return false;
    if (query.start >= ORIGIN + ADDR_LIMIT) return false;
    mapping->start = query.start - ORIGIN;
    mapping->end = query.end - ORIGIN;
    mapping->flags = (int)(query.mapping_flags & (READ | WRITE | EXECUTE));
    mapping->shared = (query.mapping_flags & SHARED) != 0;
    mapping->offset = query.offset;
    mapping->inode = query.inode;
    return true;
}

bool query_mapping(uint64_t address, int flags, struct mapping *mapping) {
    return query(address, (unsigned)flags, mapping);
}

bool query_mapping_or_next(uint64_t address, struct mapping *mapping) {
    return query(address, OR_NEXT, mapping);
}

bool can_query_mappings(void) {
    struct mapping mapping;
    return query(0, 0, &mapping) || errno == ENOENT;
}
