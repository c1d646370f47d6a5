#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two commits in alternation: builds a program of each and runs it A B A B ..., so that a machine that grows busy or hot slows both alike.
# Prints the seconds of each and the ratio B / A of each pair: median, least and greatest.
#
#   tools/ab.sh COMMIT_A COMMIT_B PROGRAM [ARGUMENT...]       PROGRAM is a target such as wend or embed_bench
#   RUNS=20 tools/ab.sh HEAD^ HEAD wend embed --in texts.jsonl --out /dev/null
set -euo pipefail

if [[ $# -lt 3 ]]; then
  sed -n '3,8s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
root=$(cd "$(dirname "$0")/.." && pwd)
runs=${RUNS:-10}
program=$3

# The program of a commit, built in a work tree of its own below build/ab.
built() {
  local sha tree
  sha=$(git -C "$root" rev-parse --short "$1^{commit}")
  tree=$root/build/ab/$sha
  [[ -d "$tree" ]] || git -C "$root" worktree add --quiet --detach "$tree" "$sha"
  (cd "$tree" && cmake --preset release && cmake --build --preset release --target "$program") >"$root/build/ab-$sha.log" 2>&1 ||
    { echo "ab: $1 does not build; see build/ab-$sha.log" >&2; return 1; }
  find "$tree/build/release/bin" "$tree/build/release/libexec" -name "$program" -type f -print -quit
}

seconds_of() {
  local begun=$EPOCHREALTIME
  "$@" >/dev/null
  awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.4f", b - a }'
}

mkdir -p "$root/build"
a=$(built "$1")
b=$(built "$2")
shift 3
"$a" "$@" >/dev/null # one run each that does not count: files in memory
"$b" "$@" >/dev/null
pairs=$(for ((run = 0; run < runs; run++)); do
  printf '%s %s\n' "$(seconds_of "$a" "$@")" "$(seconds_of "$b" "$@")"
done)
awk '{ printf "A %s s   B %s s   B/A %.3f\n", $1, $2, $2 / $1 }' <<<"$pairs"
awk '{ print $2 / $1 }' <<<"$pairs" | sort -n |
  awk '{ ratio[NR] = $1 } END { printf "B/A: median %.3f, from %.3f to %.3f\n", ratio[int((NR + 1) / 2)], ratio[1], ratio[NR] }'
