#!/usr/bin/env bash
# Installs actionlint into bin with Go, and shellcheck, which it also calls, into .venv with pip.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# An interrupted installation leaves no program behind, or no stamp, and is done again.
version=v1.7.12
if [[ "$(bin/actionlint -version 2>/dev/null | head -n 1)" != "$version" ]]; then
  GOBIN=$PWD/bin go install "github.com/rhysd/actionlint/cmd/actionlint@$version"
fi

stamp=.venv/installed.txt
if ! cmp -s requirements.txt "$stamp"; then
  python3 -m venv --clear .venv
  .venv/bin/pip install --quiet --disable-pip-version-check --no-input --only-binary :all: -r requirements.txt
  cp requirements.txt "$stamp"
fi
