/* What the kernel itself reads and writes, not the processor. */
#ifndef KERNEL_COPY_H
#define KERNEL_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once, before anything else. */
void open_memory(void);

/* Both are false, and nothing is written, where a page of the range isn't mapped or permits no access. */
bool kernel_read(uint64_t address, unsigned char *bytes, size_t size);
bool kernel_write(uint64_t address, const unsigned char *bytes, size_t size);

/* Puts a byte where another was, whatever is permitted there. False where that can't be done. */
bool exchange_byte(uint64_t address, unsigned char byte, unsigned char *before);

#endif
