#!/usr/bin/env bash
# Installs the Unicorn package that requirements.txt pins into .venv.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# The stamp is written last, so that an interrupted installation is done again.
stamp=.venv/installed.txt
if cmp -s requirements.txt "$stamp" && .venv/bin/python -c 'import unicorn' 2>/dev/null; then
  exit 0
fi
python3 -m venv --clear .venv
.venv/bin/pip install --quiet --disable-pip-version-check --no-input -r requirements.txt
cp requirements.txt "$stamp"
