#!/usr/bin/env bash
# There is nothing to build: this only makes sure that Python is recent enough.
set -euo pipefail
exec python3 -c 'import sys; sys.version_info >= (3, 9) or sys.exit("Python 3.9 or newer is needed")'
