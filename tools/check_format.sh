#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every C++ file of the tree stands as clang-format 14 (Debian 12's own) would set it. `tools/check_format.sh --fix` sets it so.
#
#   tools/check_format.sh [--fix] [ROOT]
set -euo pipefail

mode=(--dry-run -Werror)
if [[ "${1:-}" == --fix ]]; then
  mode=(-i)
  shift
fi
cd "${1:-$(dirname "$0")/..}"

mapfile -d '' files < <(find wend tests fuzz bench -name '*.h' -print0 -o -name '*.cc' -print0 2>/dev/null)
if [[ ${#files[@]} -eq 0 ]]; then
  echo "check_format: no C++ file found below $PWD" >&2
  exit 1
fi
printf '%s\0' "${files[@]}" | xargs -0 -n 25 -P "$(nproc)" clang-format --style=file "${mode[@]}"
