#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy on what changed against the merge base with main (on main itself against the first parent), uncommitted changes
# included; on the whole tree where there is no such commit, or with --full.
#
#   tools/check_tidy.sh [--full] BUILD_DIR       BUILD_DIR is configured by the clang preset; nothing needs to be built
#   tools/check_tidy.sh --list                   the changed C++ files, one a line
#
# Every file is a process of its own, one a processor. A changed header is looked at through its own .cc file where that is among the
# files, else through the file of the header check that includes it alone (tools/check_headers.cmake). The files that see libtorch take a
# minute each, the others some ten seconds.
set -euo pipefail
cd "${WEND_TREE:-$(dirname "$0")/..}"

say() { printf 'check_tidy: %s\n' "$*" >&2; }

all_files() { git ls-files --cached --others --exclude-standard -- '*.cc' '*.h'; }

# The commit that the work began from, or nothing.
base_commit() {
  local main base
  for main in main origin/main; do
    if base=$(git merge-base HEAD "$main" 2>/dev/null); then
      [[ "$base" == "$(git rev-parse HEAD)" ]] && base=$(git rev-parse --quiet --verify 'HEAD^1') || true
      printf '%s' "$base"
      return
    fi
  done
}

changed_files() {
  local base
  base=$(base_commit)
  if [[ -z "$base" ]]; then
    say "no commit to compare with: the whole tree"
    all_files
  else
    { git diff --name-only --diff-filter=d "$base" -- '*.cc' '*.h'
      git ls-files --others --exclude-standard -- '*.cc' '*.h'; } | sort -u
  fi
}

# What clang-tidy is given for the files on stdin: the sources, and for a header without one the file that includes it alone.
compiled_files() {
  local file files
  mapfile -t files
  for file in "${files[@]}"; do
    case "$file" in
      *.h) [[ " ${files[*]} " == *" ${file%.h}.cc "* ]] || printf '%s/headers/%s.cc\n' "$build" "$file" ;;
      *) printf '%s/%s\n' "$PWD" "$file" ;;
    esac
  done
}

# Only what the configured build compiles: a file that is left out of it (another processor, an option) has no command.
with_a_command() {
  local file
  while read -r file; do
    if grep -qF "\"file\": \"$file\"" "$build/compile_commands.json"; then
      printf '%s\n' "$file"
    fi
  done
}

tidy() {
  local listed=$1
  build=$(cd "$2" && pwd)
  mapfile -t files < <("$listed" | compiled_files | with_a_command)
  if [[ ${#files[@]} -eq 0 ]]; then
    say "no C++ file has changed"
    return
  fi
  say "${#files[@]} files"
  # clang-tidy counts on stderr what it suppressed; only its findings, on stdout, are of use.
  printf '%s\0' "${files[@]}" |
    xargs -0 -n 1 -P "$(nproc)" clang-tidy -p "$build" --quiet 2> >(grep -vE '^[0-9]+ warnings? (generated|treated)' >&2 || true)
}

case "${1:-}" in
  --list) changed_files ;;
  --full) tidy all_files "${2:?usage: tools/check_tidy.sh [--full] BUILD_DIR}" ;;
  *) tidy changed_files "${1:?usage: tools/check_tidy.sh [--full] BUILD_DIR}" ;;
esac
