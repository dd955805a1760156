/* An adapter between mapcheck and the mmap, munmap and mprotect of the Linux kernel that it runs on. */
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "channel.h"
#include "hello.h"
#include "kernel_copy.h"
#include "mapping_limit.h"
#include "mappings.h"
#include "processor.h"
#include "request.h"
#include "space.h"

static const char *const ANSWERS[] = {
    [OK] = "ok",
    [YES] = "ok true",
    [NO] = "ok false",
    [FAULT] = "ok fault",
    [NONE] = "ok none",
    [INVALID_PARAM] = "err InvalidParam",
    [ALREADY_EXISTS] = "err AlreadyExists",
    [NO_MEMORY] = "err NoMemory",
    [NOT_MAPPED] = "err NotMapped",
    [UNSUPPORTED] = "err Unsupported",
};

/* Whether there are so many mappings that no more can be made soon. */
static bool near_limit;
/* What the request that is at hand reads or writes. */
static unsigned char bytes[MAX_BYTES];

static enum answer truth(bool is_true) {
    return is_true ? YES : NO;
}

/* The start and the size of a range, which stand behind the verb in most requests. */
static bool parse_range(const struct request *request, uint64_t *start, uint64_t *size) {
    return parse_number(request->word[1], start) && parse_number(request->word[2], size);
}

/* The address and the access of `fault` and `access`. */
static bool parse_attempt(const struct request *request, uint64_t *address, int *access) {
    return parse_number(request->word[1], address) && parse_access(request->word[2], access);
}

/* The address of `store` and `write`, and what to put there, which goes to `bytes`. */
static bool parse_new_bytes(const struct request *request, uint64_t *address, size_t *size) {
    return parse_number(request->word[1], address) && parse_bytes(request->word[2], bytes, size);
}

static bool parse_source(const char *word, struct source *source) {
    static const char PREFIX[] = "linear:";
    source->backend = LINEAR;
    size_t length = strlen(PREFIX);
    if (strncmp(word, PREFIX, length) == 0) return parse_number(word + length, &source->physical);
    source->backend = strcmp(word, "alloc:eager") == 0 ? EAGER : LAZY;
    return source->backend == EAGER || strcmp(word, "alloc:lazy") == 0;
}

static void put_area(const struct mapping *mapping) {
    put_hex(mapping->start);
    put_char('-');
    put_hex(mapping->end);
    put_char(' ');
    if ((mapping->flags & READ) != 0) put_char('r');
    if ((mapping->flags & WRITE) != 0) put_char('w');
    if ((mapping->flags & EXECUTE) != 0) put_char('x');
    if (mapping->flags == 0) put_char('-');
    if (mapping->inode == 0 && !mapping->shared) {
        put(" alloc:lazy");
    } else if (mapping->inode == inode_of(EAGER) && !mapping->shared) {
        put(" alloc:eager");
    } else if (mapping->inode == inode_of(LINEAR) && mapping->shared) {
        put(" linear:");
        put_hex(mapping->offset);
    } else {
        die("nobody asked for what is mapped at 0x%lx: inode %lu", mapping->start, mapping->inode);
    }
}

static enum answer answer_hello(struct request *request) {
    if (strcmp(request->word[1], "1") != 0) return UNSUPPORTED;
    put_hello(near_limit);
    return ANSWERED;
}

static enum answer answer_reset(struct request *request) {
    static const char *const KEYS[] = {"base=", "size=", "page=", "frames="};
    uint64_t values[4] = {0};
    for (int at = 1; at < request->words; at++) {
        for (int key = 0; key < 4; key++) {
            size_t length = strlen(KEYS[key]);
            if (strncmp(request->word[at], KEYS[key], length) != 0) continue;
            if (!parse_number(request->word[at] + length, &values[key])) return INVALID_PARAM;
        }
    }
    return reset(values[0], values[1], values[2], values[3]);
}

static enum answer answer_drop(struct request *request) {
    (void)request;
    return drop();
}

static enum answer answer_sync(struct request *request) {
    (void)request;
    return OK;
}

static enum answer answer_map(struct request *request) {
    uint64_t start, size;
    int flags;
    struct source source;
    bool replace = request->words == 6;
    if (replace && strcmp(request->word[5], "replace") != 0) return INVALID_PARAM;
    if (!parse_range(request, &start, &size) || !parse_flags(request->word[3], &flags)) return INVALID_PARAM;
    if (!parse_source(request->word[4], &source)) return INVALID_PARAM;
    return map(start, size, flags, source, replace);
}

static enum answer answer_unmap(struct request *request) {
    uint64_t start, size;
    return parse_range(request, &start, &size) ? unmap(start, size) : INVALID_PARAM;
}

static enum answer answer_protect(struct request *request) {
    uint64_t start, size;
    int flags;
    if (!parse_range(request, &start, &size) || !parse_flags(request->word[3], &flags)) return INVALID_PARAM;
    return protect(start, size, flags);
}

static enum answer answer_clear(struct request *request) {
    (void)request;
    return clear();
}

static enum answer answer_fault(struct request *request) {
    uint64_t address;
    int access;
    if (!parse_attempt(request, &address, &access)) return INVALID_PARAM;
    return address < ADDR_LIMIT ? truth(handle_fault(address, access)) : NO;
}

static enum answer answer_access(struct request *request) {
    uint64_t address;
    int access;
    if (!parse_attempt(request, &address, &access)) return INVALID_PARAM;
    return address < ADDR_LIMIT && access_memory(address, access) ? OK : FAULT;
}

/* Whether a request about `size` bytes keeps to what the language allows, and to addresses that there are. */
static bool is_addressable(uint64_t address, uint64_t size) {
    return size > 0 && size <= MAX_BYTES && address < ADDR_LIMIT && size <= ADDR_LIMIT - address;
}

static bool is_in_page(uint64_t address, uint64_t size) {
    return is_addressable(address, size) && address % PAGE_SIZE + size <= PAGE_SIZE;
}

static enum answer answer_bytes(uint64_t size) {
    put("ok ");
    put_bytes(bytes, size);
    put_char('\n');
    return ANSWERED;
}

static enum answer answer_load(struct request *request) {
    uint64_t address, size;
    if (!parse_range(request, &address, &size) || !is_in_page(address, size)) return INVALID_PARAM;
    return load(address, bytes, size) ? answer_bytes(size) : FAULT;
}

static enum answer answer_store(struct request *request) {
    uint64_t address;
    size_t size;
    if (!parse_new_bytes(request, &address, &size)) return INVALID_PARAM;
    if (!is_in_page(address, size)) return INVALID_PARAM;
    return store(address, bytes, size) ? OK : FAULT;
}

static enum answer answer_read(struct request *request) {
    uint64_t address, size;
    if (!parse_range(request, &address, &size) || !is_addressable(address, size)) return INVALID_PARAM;
    if (!is_inside(address, size)) return INVALID_PARAM;
    return kernel_read(address, bytes, size) ? answer_bytes(size) : NOT_MAPPED;
}

static enum answer answer_write(struct request *request) {
    uint64_t address;
    size_t size;
    if (!parse_new_bytes(request, &address, &size)) return INVALID_PARAM;
    if (!is_inside(address, size)) return INVALID_PARAM;
    return kernel_write(address, bytes, size) ? OK : NOT_MAPPED;
}

static enum answer answer_areas(struct request *request) {
    (void)request;
    struct mapping mapping;
    if (!first_mapping(&mapping)) return NONE;
    put("ok ");
    put_area(&mapping);
    while (next_mapping(&mapping)) {
        put_char(';');
        put_area(&mapping);
    }
    put_char('\n');
    return ANSWERED;
}

static enum answer answer_find(struct request *request) {
    uint64_t address;
    struct mapping mapping;
    if (!parse_number(request->word[1], &address) || address >= ADDR_LIMIT) return INVALID_PARAM;
    if (!query_mapping(address, 0, &mapping)) return NONE;
    put("ok ");
    put_area(&mapping);
    put_char('\n');
    return ANSWERED;
}

static enum answer answer_overlaps(struct request *request) {
    uint64_t start, size;
    struct mapping mapping;
    if (!parse_range(request, &start, &size) || start >= ADDR_LIMIT) return INVALID_PARAM;
    return truth(query_mapping_or_next(start, &mapping) && mapping.start < start + size);
}

static enum answer answer_can_access(struct request *request) {
    uint64_t start, size;
    int access;
    if (!parse_range(request, &start, &size)) return INVALID_PARAM;
    if (!parse_access(request->word[3], &access)) return INVALID_PARAM;
    if (!is_inside(start, size)) return NO;
    struct mapping mapping;
    for (uint64_t at = start; at < start + size; at = mapping.end) {
        if (!query_mapping(at, access, &mapping)) return NO;
    }
    return YES;
}

/* What is asked, and of how many words that consists. */
static const struct {
    const char *verb;
    int least, most;
    enum answer (*answer)(struct request *request);
} REQUESTS[] = {
    {"areas", 1, 1, answer_areas},
    {"map", 5, 6, answer_map},
    {"unmap", 3, 3, answer_unmap},
    {"protect", 4, 4, answer_protect},
    {"clear", 1, 1, answer_clear},
    {"fault", 3, 3, answer_fault},
    {"access", 3, 3, answer_access},
    {"load", 3, 3, answer_load},
    {"store", 3, 3, answer_store},
    {"read", 3, 3, answer_read},
    {"write", 3, 3, answer_write},
    {"find", 2, 2, answer_find},
    {"overlaps", 3, 3, answer_overlaps},
    {"can-access", 4, 4, answer_can_access},
    {"reset", 5, MAX_WORDS, answer_reset},
    {"drop", 1, 1, answer_drop},
    {"sync", 1, 1, answer_sync},
    {"hello", 2, 2, answer_hello},
};

static enum answer answer(struct request *request) {
    for (size_t at = 0; at < sizeof REQUESTS / sizeof *REQUESTS; at++) {
        if (strcmp(request->word[0], REQUESTS[at].verb) != 0) continue;
        if (request->words < REQUESTS[at].least || request->words > REQUESTS[at].most) return INVALID_PARAM;
        return REQUESTS[at].answer(request);
    }
    return UNSUPPORTED;
}

static void serve(void) {
    struct request request;
    for (char *line; (line = read_line()) != NULL;) {
        bool whole = split(line, &request);
        if (request.words == 0 || request.word[0][0] == '#') continue;
        if (strcmp(request.word[0], "quit") == 0) return;
        enum answer answered = whole ? answer(&request) : INVALID_PARAM;
        if (answered == ANSWERED) continue;
        put(ANSWERS[answered]);
        put_char('\n');
    }
}

/* LINUX_MAPPINGS says how many mappings are to be left. */
static void come_near_limit(void) {
    const char *mappings = getenv("LINUX_MAPPINGS");
    near_limit = mappings != NULL;
    if (!near_limit) return;
    uint64_t left;
    if (!parse_number(mappings, &left)) die("LINUX_MAPPINGS is no number: %s", mappings);
    leave_mappings(left);
}

int main(void) {
    open_mappings();
    open_memory();
    catch_faults();
    come_near_limit();
    prepare_space();
    serve();
    flush();
    return EXIT_SUCCESS;
}
