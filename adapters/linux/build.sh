#!/usr/bin/env bash
# Builds the adapter, if anything has changed since it was built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

program=linux-adapter
changed=$(find . -maxdepth 1 \( -name '*.[ch]' -o -name build.sh \) -newer $program 2>&1 || true)
if [[ -z $changed ]]; then exit 0; fi
"${CC:-cc}" -std=gnu11 -O2 -Wall -Wextra -Wshadow -Wconversion -fPIE -pie -o $program ./*.c
