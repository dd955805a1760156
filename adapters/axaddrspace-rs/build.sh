#!/usr/bin/env bash
# Builds target/release/mapcheck-axaddrspace from the versions that Cargo.lock names.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
CARGO_TARGET_DIR=target exec cargo build --release --locked --quiet --jobs 2
