#!/usr/bin/env bash
# Builds build/adapter, unless it is newer than everything that it is made of.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if [[ -z "$(find adapter.c space.c space.h build.sh -newer build/adapter 2>&1)" ]]; then exit; fi
mkdir -p build
"${CC:-gcc}" -std=c11 -O2 -Wall -Wextra -Werror -o build/adapter adapter.c space.c
