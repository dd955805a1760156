#define _GNU_SOURCE
#include "processor.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "channel.h"
#include "kernel_copy.h"
#include "request.h"
#include "space.h"

#ifdef __x86_64__
#define RETURN_INSTRUCTION 0xc3
#else
#error "To execute a page the byte of a return instruction is needed: add this processor's"
#endif

/* From <linux/mman.h>, since Linux 5.14. */
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

static sigjmp_buf before_access;
/* The page where a fault is expected, or NULL. */
static char *volatile accessed;

static void *page_of(void *at) {
    return (void *)((uintptr_t)at & ~(PAGE_SIZE - 1));
}

static void take_fault(int signal_number, siginfo_t *info, void *context) {
    (void)context;
    if (accessed != NULL && page_of(info->si_addr) == accessed) siglongjmp(before_access, 1);
    // A mistake of ours, or of the kernel elsewhere. The fault comes back on return, and ends the process.
    flush();
    signal(signal_number, SIG_DFL);
}

void catch_faults(void) {
    // The signal isn't blocked meanwhile, so there is no mask to be restored when the handler is left.
    struct sigaction action = {.sa_sigaction = take_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

enum kind { LOAD, STORE, CALL };

/* The compiler must not move an access out of the part where its fault is expected. */
#define ORDERED() __asm__ volatile("" ::: "memory")

static bool attempt(enum kind kind, char *at, unsigned char *bytes, size_t size) {
    accessed = page_of(at);
    if (sigsetjmp(before_access, 0) != 0) {
        accessed = NULL;
        return false;
    }
    ORDERED();
    if (kind == LOAD) memcpy(bytes, at, size);
    else if (kind == STORE) memcpy(at, bytes, size);
    else ((void (*)(void))at)();
    ORDERED();
    accessed = NULL;
    return true;
}

bool load(uint64_t address, unsigned char *bytes, size_t size) {
    return attempt(LOAD, place(address), bytes, size);
}

bool store(uint64_t address, const unsigned char *bytes, size_t size) {
    return attempt(STORE, place(address), (unsigned char *)bytes, size);
}

/*
 * Calls a function at `address`: a return instruction, which the kernel puts there as it does for a debugger,
 * until the call is over. Where it can't be put nothing can be executed, and the call must fault.
 */
static bool execute(uint64_t address) {
    unsigned char instruction = RETURN_INSTRUCTION;
    unsigned char byte;
    bool patched = exchange_byte(address, instruction, &byte);
    bool permitted = attempt(CALL, place(address), NULL, 0);
    if (patched) exchange_byte(address, byte, &instruction);
    return permitted;
}

bool access_memory(uint64_t address, int access) {
    unsigned char byte;
    if ((access & READ) != 0 && !load(address, &byte, 1)) return false;
    // What can be written can be read.
    if ((access & WRITE) != 0 && !(load(address, &byte, 1) && store(address, &byte, 1))) return false;
    return (access & EXECUTE) == 0 || execute(address);
}

bool handle_fault(uint64_t address, int access) {
    void *page = page_of(place(address));
    if ((access & READ) != 0 && madvise(page, PAGE_SIZE, MADV_POPULATE_READ) != 0) return false;
    if ((access & WRITE) != 0 && madvise(page, PAGE_SIZE, MADV_POPULATE_WRITE) != 0) return false;
    // There is no such call for execution.
    return (access & EXECUTE) == 0 || execute(address);
}
