#define _GNU_SOURCE
#include "kernel_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "channel.h"
#include "mappings.h"
#include "space.h"

/* Goes to private pages whatever their protection is: for debuggers, which set breakpoints so. */
static int memory = -1;

void open_memory(void) {
    memory = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
    if (memory < 0) die("/proc/self/mem: %s", strerror(errno));
    static const char UNWRITABLE[] = "any";
    char byte = UNWRITABLE[0];
    if (pwrite(memory, &byte, 1, (off_t)(uintptr_t)UNWRITABLE) != 1) {
        die("this kernel protects pages from /proc/self/mem (proc_mem.force_override)");
    }
}

bool kernel_read(uint64_t address, unsigned char *bytes, size_t size) {
    struct iovec here = {.iov_base = bytes, .iov_len = size};
    struct iovec there = {.iov_base = place(address), .iov_len = size};
    return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == (ssize_t)size;
}

bool kernel_write(uint64_t address, const unsigned char *bytes, size_t size) {
    // /proc/self/mem would write to guard pages too, and to some pages of a range where others are missing.
    unsigned char before[size];
    if (!kernel_read(address, before, size)) return false;
    ssize_t written = pwrite(memory, bytes, size, (off_t)(uintptr_t)place(address));
    if (written != (ssize_t)size) die("of %zu bytes, to readable pages, %zd were written", size, written);
    return true;
}

static bool exchange_in(int file, uint64_t at, unsigned char byte, unsigned char *before) {
    return pread(file, before, 1, (off_t)at) == 1 && pwrite(file, &byte, 1, (off_t)at) == 1;
}

/* Where the byte at this address of a linear area lies in its file. */
static bool find_linear(uint64_t address, uint64_t *at) {
    struct mapping mapping;
    for (bool found = first_mapping(&mapping); found; found = next_mapping(&mapping)) {
        if (address < mapping.start || address >= mapping.end) continue;
        *at = mapping.offset + (address - mapping.start);
        return mapping.inode == inode_of(LINEAR);
    }
    return false;
}

bool exchange_byte(uint64_t address, unsigned char byte, unsigned char *before) {
    if (exchange_in(memory, (uintptr_t)place(address), byte, before)) return true;
    // Shared pages are protected from /proc/self/mem too, but their file isn't.
    uint64_t at;
    return find_linear(address, &at) && exchange_in(file_of(LINEAR), at, byte, before);
}
