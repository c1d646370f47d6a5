#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The shape of the code: files, lines, and how long its functions and files are. A mirror, not a judge.
#
#   tools/shape.sh [FOLDER...]        default: wend; sources without tests, tests, and headers apart
#
# Lines of functions come from universal-ctags (Debian: universal-ctags) where it is installed.
set -euo pipefail
cd "$(dirname "$0")/.."

folders=("$@")
[[ ${#folders[@]} -gt 0 ]] || folders=(wend)

# The numbers on stdin as "median p90 p99 longest".
quantiles() {
  sort -n | awk '
    { value[NR] = $1 }
    function at(share) { i = int(share * (NR - 1)) + 1; return value[i] }
    END { if (NR == 0) print "- - - -"; else print at(0.5), at(0.9), at(0.99), value[NR] }'
}

row() { printf '%-22s %6s %8s %8s %6s %6s %8s\n' "$@"; }

files_row() {
  local name=$1
  shift
  local lines count
  lines=$(find "${folders[@]}" "$@" -print0 | xargs -0 -r wc -l | awk '$2 != "total" { print $1 }')
  count=$(grep -c . <<<"$lines" || true)
  # shellcheck disable=SC2046  # four words on purpose
  row "$name" "$count" "$(awk '{ sum += $1 } END { print sum + 0 }' <<<"$lines")" $(quantiles <<<"$lines")
}

# "length file:line name" of every function.
functions() {
  find "${folders[@]}" '(' -name '*.cc' -o -name '*.h' ')' "$@" -print0 |
    xargs -0 -r ctags -f - --languages=C++ --map-C++=+.h --kinds-C++=f --fields=+ne --excmd=number 2>/dev/null |
    awk -F'\t' '{ begin = end = 0
      for (i = 4; i <= NF; i++) { if ($i ~ /^line:/) begin = substr($i, 6); if ($i ~ /^end:/) end = substr($i, 5) }
      if (end >= begin && begin > 0) print end - begin + 1, $2 ":" begin, $1 }'
}

functions_row() {
  local name=$1 found
  shift
  found=$(functions "$@")
  # shellcheck disable=SC2046
  row "$name" "$(grep -c . <<<"$found" || true)" "$(awk '{ sum += $1 } END { print sum + 0 }' <<<"$found")" \
    $(awk 'NF { print $1 }' <<<"$found" | quantiles)
}

row what count lines median p90 p99 longest
files_row 'sources (.cc)' -name '*.cc' ! -name '*_test.cc'
files_row 'headers (.h)' -name '*.h'
files_row 'tests (_test.cc)' -name '*_test.cc'
if ctags --version 2>/dev/null | grep -q Universal; then
  functions_row 'functions' ! -name '*_test.cc'
  functions_row 'functions of tests' -name '*_test.cc'
  printf '\nlongest functions\n'
  functions ! -name '*_test.cc' | sort -rn | head -n 8 | awk '{ printf "%6d  %s  %s\n", $1, $3, $2 }'
else
  echo 'functions: universal-ctags is not installed'
fi
printf '\nlongest files\n'
find "${folders[@]}" -name '*.cc' -print0 | xargs -0 -r wc -l | awk '$2 != "total"' | sort -rn | head -n 5
