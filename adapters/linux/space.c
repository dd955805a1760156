#define _GNU_SOURCE
#include "space.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "channel.h"
#include "mappings.h"

/* Where the space lies, in addresses of the harness. Before the first `reset` there is none. */
static uint64_t space_start, space_end;

struct file {
    int descriptor;
    uint64_t inode;
};

/*
 * What linear areas map, shared: the physical memory. And what eager areas map, privately, each page at the
 * offset that is its own address: nothing but zeros, as nobody writes to this file. Anonymous mappings would
 * be as good, but then the kernel couldn't tell whether an area was mapped as a lazy or as an eager one.
 */
static struct file physical_memory, zeros;

static struct file new_file(const char *name) {
    struct file file = {.descriptor = memfd_create(name, MFD_CLOEXEC)};
    struct stat status;
    if (file.descriptor < 0) die("no memory file: %s", strerror(errno));
    if (ftruncate(file.descriptor, (off_t)ADDR_LIMIT) != 0 || fstat(file.descriptor, &status) != 0) {
        die("no memory file of 2^%d bytes: %s", ADDR_BITS, strerror(errno));
    }
    file.inode = status.st_ino;
    return file;
}

void prepare_space(void) {
    struct mapping mapping;
    if (first_mapping(&mapping)) {
        die("something is mapped at 0x%lx, where address spaces are to be put", ORIGIN + mapping.start);
    }
    physical_memory = new_file("linear");
    zeros = new_file("eager");
}

int file_of(enum backend backend) {
    return backend == LINEAR ? physical_memory.descriptor : zeros.descriptor;
}

uint64_t inode_of(enum backend backend) {
    return backend == LINEAR ? physical_memory.inode : zeros.inode;
}

bool is_inside(uint64_t start, uint64_t size) {
    return space_start <= start && start <= space_end && size <= space_end - start;
}

/* Gives all memory of the file back. It holds zeros then. */
static void empty(struct file file) {
    if (fallocate(file.descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)ADDR_LIMIT) != 0) {
        die("a memory file can't be emptied: %s", strerror(errno));
    }
}

enum answer drop(void) {
    // More than the space: what the kernel put outside must not come up in the next run.
    if (munmap(place(0), ADDR_LIMIT) != 0) die("nothing can be unmapped: %s", strerror(errno));
    empty(physical_memory);
    empty(zeros);
    space_start = space_end = 0;
    return OK;
}

enum answer reset(uint64_t base, uint64_t size, uint64_t page, uint64_t frames) {
    if (page != PAGE_SIZE || frames != 0) return UNSUPPORTED;
    if (base % page != 0 || size % page != 0) return INVALID_PARAM;
    if (base >= ADDR_LIMIT || size >= ADDR_LIMIT - base) return INVALID_PARAM;
    if (space_start < space_end) drop();
    space_start = base;
    space_end = base + size;
    return OK;
}

/* What a system call's result means. */
static enum answer answer_of(long result) {
    if (result != -1) return OK;
    switch (errno) {
    case EINVAL:
        return INVALID_PARAM;
    case EEXIST:
        return ALREADY_EXISTS;
    case ENOMEM:
        return NO_MEMORY;
    default:
        die("a system call says: %s", strerror(errno));
    }
}

enum answer map(uint64_t start, uint64_t size, int flags, struct source source, bool replace) {
    if (!is_inside(start, size)) return INVALID_PARAM;
    int how = replace ? MAP_FIXED : MAP_FIXED_NOREPLACE;
    int file = -1;
    uint64_t offset = 0;
    switch (source.backend) {
    case LINEAR:
        how |= MAP_SHARED;
        file = physical_memory.descriptor;
        offset = source.physical;
        break;
    case EAGER:
        how |= MAP_PRIVATE | MAP_POPULATE;
        file = zeros.descriptor;
        offset = start;
        break;
    case LAZY:
        how |= MAP_PRIVATE | MAP_ANONYMOUS;
        break;
    }
    // Not through the C library: it checks the offset itself.
    long mapped = syscall(SYS_mmap, place(start), size, flags, how, file, offset);
    if (mapped == -1) return answer_of(mapped);
    if ((void *)mapped != place(start)) die("0x%lx is mapped at 0x%lx", start, (uint64_t)mapped - ORIGIN);
    return OK;
}

enum answer unmap(uint64_t start, uint64_t size) {
    if (!is_inside(start, size)) return INVALID_PARAM;
    return answer_of(munmap(place(start), size));
}

enum answer protect(uint64_t start, uint64_t size, int flags) {
    if (!is_inside(start, size)) return INVALID_PARAM;
    return answer_of(mprotect(place(start), size, flags));
}

enum answer clear(void) {
    return unmap(space_start, space_end - space_start);
}
