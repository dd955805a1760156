#ifndef HELLO_H
#define HELLO_H

#include <stdbool.h>

/* Answers `hello 1`. `near_limit`: whether the number of mappings will come near its limit. */
void put_hello(bool near_limit);

#endif
