#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tools/check_tidy.sh finds planted violations in what changed, in a header too, and leaves what did not change alone.
set -euo pipefail
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
export WEND_TREE="$root"
cd "$root"

say() { printf 'tidy_test: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
commit() { git add -A && git -c user.name=test -c user.email=test@localhost commit -qm "$1"; }

# compile_commands.json with one entry a file: what the clang preset would have written.
configure() {
  local file comma=""
  mkdir -p build/headers/wend
  { echo '['
    for file in "$@"; do
      printf '%s{"directory": "%s", "command": "clang++ -std=c++20 -I. -c %s",\n "file": "%s"}\n' "$comma" "$root" "$file" "$file"
      comma=","
    done
    echo ']'; } >build/compile_commands.json
}

expect_clean() { "$source_dir/tools/check_tidy.sh" build >said 2>&1 || { cat said >&2; fail "expected nothing to be found $1"; }; }

expect_finding() {
  if "$source_dir/tools/check_tidy.sh" build >said 2>&1; then fail "expected '$1' to be found"; fi
  grep -q "$1" said || { cat said >&2; fail "expected '$1' among what was said"; }
}

git init -q -b main .
cp "$source_dir/.clang-tidy" .
mkdir wend
echo build >.gitignore
echo said >>.gitignore
printf 'int* nothing() { return 0; }\n' >wend/old.cc
configure "$root/wend/old.cc" "$root/wend/new.cc" "$root/build/headers/wend/alone.h.cc"
printf '#include "wend/alone.h"\n' >build/headers/wend/alone.h.cc

commit "a root commit has no parent"
expect_finding modernize-use-nullptr

printf '# text\n' >README.md
commit "nothing in C++"
expect_clean "where only a text changed"

git checkout -q -b work
printf 'int BadName() { return 1; }\n' >wend/new.cc
expect_finding "invalid case style for function 'BadName'"
commit "the same once committed"
expect_finding "invalid case style for function 'BadName'"

printf 'int good_name() { return 1; }\n' >wend/new.cc
expect_clean "after the name was mended"

printf '#pragma once\nstruct bad_type {};\n' >wend/alone.h
expect_finding "invalid case style for struct 'bad_type'"
rm wend/alone.h

printf '#pragma once\nstruct worse_type {};\n' >wend/new.h
printf '#include "wend/new.h"\n' >wend/new.cc
expect_finding "invalid case style for struct 'worse_type'"
