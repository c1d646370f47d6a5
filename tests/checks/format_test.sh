#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tools/check_format.sh finds a planted line that is not set as clang-format would, and --fix mends it.
set -euo pipefail
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

mkdir "$root/wend"
cp "$source_dir/.clang-format" "$root"
printf 'int main() {\n  return 0;\n}\n' >"$root/wend/good.cc"
"$source_dir/tools/check_format.sh" "$root"

printf 'int  f( ){return 0;}\n' >"$root/wend/planted.cc"
if "$source_dir/tools/check_format.sh" "$root" 2>"$root/said"; then
  echo "the planted file was not found" >&2
  exit 1
fi
grep -q 'wend/planted.cc' "$root/said"

"$source_dir/tools/check_format.sh" --fix "$root"
"$source_dir/tools/check_format.sh" "$root"
