/*
 * The address space that the harness talks about, and what is asked of the kernel to change it.
 *
 * Addresses of the harness are those of the kernel less ORIGIN: all that there can be lie in a part of this
 * process's address space where nothing else is.
 *
 *     0        ORIGIN                          ORIGIN + 2^46                            2^47
 *                | the addresses of the harness |    program, heap, libraries, stack |
 */
#ifndef SPACE_H
#define SPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "answer.h"

#define PAGE_SIZE 0x1000ul
#define ADDR_BITS 46
#define ADDR_LIMIT (1ul << ADDR_BITS)
/* The kernel puts programs from two thirds of 2^47 on, and everything else far above that. */
#define ORIGIN 0x110000000000ul

enum backend { LINEAR, EAGER, LAZY };

struct source {
    enum backend backend;
    /* Of linear ones. */
    uint64_t physical;
};

/* Where an address of the harness lies. */
static inline void *place(uint64_t address) {
    return (void *)(ORIGIN + address);
}

/* Once, before anything else. Ends the process where something lies in the way. */
void prepare_space(void);

enum answer reset(uint64_t base, uint64_t size, uint64_t page, uint64_t frames);
enum answer drop(void);
enum answer map(uint64_t start, uint64_t size, int flags, struct source source, bool replace);
enum answer unmap(uint64_t start, uint64_t size);
enum answer protect(uint64_t start, uint64_t size, int flags);
enum answer clear(void);

/* Whether a range lies in the space. */
bool is_inside(uint64_t start, uint64_t size);

/* The files that linear and eager areas map. */
int file_of(enum backend backend);
uint64_t inode_of(enum backend backend);

#endif
