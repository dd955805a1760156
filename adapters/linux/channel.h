/* Lines in, answers out. */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <stddef.h>
#include <stdint.h>

/* The next line without its end, or NULL at the end of the input. It may be changed until the next call. */
char *read_line(void);

/* All of these add to the output, which goes out when it is flushed, or there is nothing to read for now. */
void put(const char *text);
void put_char(char character);
void put_hex(uint64_t number);
void put_bytes(const unsigned char *bytes, size_t size);
void flush(void);

/* Ends the process: something has happened that no answer can tell. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
