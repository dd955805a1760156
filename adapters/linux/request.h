/* What stands in a request. */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most bytes that one request reads or writes. */
#define MAX_BYTES 8192

/* The bits of flags: the kernel's own PROT_READ, PROT_WRITE and PROT_EXEC. */
#define READ 1
#define WRITE 2
#define EXECUTE 4

#define MAX_WORDS 8

struct request {
    char *word[MAX_WORDS];
    int words;
};

/* Cuts a line into words. False if it has too many. */
bool split(char *line, struct request *request);

/* Each of these is false where the word isn't one of its kind. */
bool parse_number(const char *word, uint64_t *number);
bool parse_flags(const char *word, int *flags);
/* As flags, but not empty. */
bool parse_access(const char *word, int *access);
bool parse_bytes(const char *word, unsigned char bytes[MAX_BYTES], size_t *size);

#endif
