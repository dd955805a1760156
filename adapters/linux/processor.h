/* What a program does: real accesses by this processor, with faults taken by a signal handler. */
#ifndef PROCESSOR_H
#define PROCESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once, before anything else. */
void catch_faults(void);

/* Inside one page. Each is false if the processor takes a fault that the kernel doesn't handle. */
bool load(uint64_t address, unsigned char *bytes, size_t size);
bool store(uint64_t address, const unsigned char *bytes, size_t size);
/* Reads a byte, writes it back, executes it: whichever of these `access` says. The byte stays as it is. */
bool access_memory(uint64_t address, int access);
/* Whether the kernel's page-fault handler can make way for all of what `access` says. */
bool handle_fault(uint64_t address, int access);

#endif
