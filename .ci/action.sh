#!/usr/bin/env bash
# What the steps of action.yml do: `action.sh build`, then `run`, then `collect`. Inputs come in MAPCHECK_ variables,
# so that no input is ever read as shell. The exit status is mapcheck's: 0 all agree, 1 a finding, 2 wrong usage, and
# 3 also where one of the commands here fails.
set -Eeuo pipefail
trap 'exit 3' ERR

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Builds mapcheck where the action was checked out to.
build() {
  cd "$root"
  npm ci --ignore-scripts --include=dev --no-audit --no-fund
  npm run -s build
}

# Runs mapcheck with the words from $2 on. What it prints is also kept, without colours, in the file $1.
mapcheck() {
  env -u FORCE_COLOR NO_COLOR=1 node "$root/dist/src/cli/main.js" "${@:2}" | tee "$directory/$1"
}

# Checks a small scope, where one is asked for, and verifies. A finding of the first doesn't keep the second from running.
run() {
  mkdir -p -- "$MAPCHECK_CORPUS"
  directory=$(mktemp -d "$RUNNER_TEMP/mapcheck.XXXXXX")
  # Cases that are saved from now on are newer.
  touch "$directory/.begun"
  echo "directory=$directory" >>"$GITHUB_OUTPUT"

  local target=("--corpus=$MAPCHECK_CORPUS") behind=() check verify checked=0
  [[ -z $MAPCHECK_SUBJECT ]] || target+=("--subject=$MAPCHECK_SUBJECT")
  [[ -z $MAPCHECK_FORMAT ]] || target+=("--format=$MAPCHECK_FORMAT")
  while IFS= read -r word; do
    [[ -z $word ]] || behind+=("$word")
  done <<<"$MAPCHECK_COMMAND"
  ((${#behind[@]} == 0)) || behind=(-- "${behind[@]}")
  # At the end of the text `read` fails, and has read all of it.
  IFS=$' \t\n' read -r -d '' -a check <<<"$MAPCHECK_CHECK" || true
  IFS=$' \t\n' read -r -d '' -a verify <<<"$MAPCHECK_VERIFY" || true

  if ((${#check[@]} > 0)); then
    mapcheck check.txt check "${target[@]}" "${check[@]}" "${behind[@]}" || checked=$?
    ((checked < 2)) || exit "$checked"
  fi
  local search=("--time=$MAPCHECK_TIME" "--seed=${MAPCHECK_SEED:-$GITHUB_SHA}")
  local reports=("--junit=$directory/junit.xml" "--markdown=$directory/report.md")
  mapcheck verify.txt verify "${target[@]}" "${search[@]}" "${reports[@]}" "${verify[@]}" "${behind[@]}" || exit $?
  exit "$checked"
}

# git in the corpus. In a container the files belong to another user, which git refuses unless told that it is fine.
in_corpus() {
  git -c safe.directory='*' -C "$MAPCHECK_CORPUS" "$@"
}

# Gathers what `run` has left, however it ended: the cases that it saved, and a patch with all that is not in the commit.
collect() {
  directory=$MAPCHECK_DIRECTORY
  mkdir -p "$directory/corpus"
  (
    CDPATH='' cd -- "$MAPCHECK_CORPUS"
    find . -type f -name '*.json' -newer "$directory/.begun" -exec cp --parents -t "$directory/corpus" {} +
  )

  local patch=$directory/corpus.patch
  if in_corpus rev-parse --quiet --verify HEAD >/dev/null; then
    # An index of its own: the user's stays as it is.
    export GIT_INDEX_FILE=$directory/.index
    in_corpus read-tree HEAD
    in_corpus add --force --all -- .
    in_corpus diff-index --cached --patch --binary HEAD -- . >"$patch"
    rm "$directory/.index"
  else
    echo "mapcheck: the corpus is in no git repository, so there is no patch; see the input corpus" >&2
  fi
  if [[ ! -s $patch ]]; then
    rm -f "$patch"
    patch=
  fi

  local findings
  findings=$(find "$directory" -maxdepth 1 -name '*.txt' -exec sed -n 's/^FINDING //p' {} + | sort -u | wc -l)
  printf '%s\n' "findings=$findings" "patch=$patch" >>"$GITHUB_OUTPUT"
}

case ${1-} in
  build | run | collect) "$1" ;;
  *)
    echo "usage: action.sh build, run or collect" >&2
    exit 2
    ;;
esac
