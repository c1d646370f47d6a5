#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a virtual environment with the Python packages of a requirements file in the cache and prints its interpreter.
#
#   tools/python_env.sh tests/e2e/requirements.txt     a second run does nothing and needs no network
#
# Its folder is named by the hash of the file and the interpreter's version, and gets that name only when it is whole. (A virtual
# environment cannot be moved, so it is made at its place and marked when it is done.)
set -euo pipefail

say() { printf 'python_env: %s\n' "$*" >&2; }

if [[ $# -ne 1 || ! -f "$1" ]]; then
  say "expected the path of a requirements file; usage: tools/python_env.sh FILE"
  exit 2
fi
requirements=$1
version=$(python3 -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')
key=$( (echo "$version"; cat "$requirements") | sha256sum | cut -c1-16)
folder="${WEND_CACHE:-$HOME/.cache/wend}/python/$key"

if [[ ! -f "$folder/whole" ]]; then
  say "installing $(grep -c '==' "$requirements") packages of $requirements"
  mkdir -p "$(dirname "$folder")"
  exec 9>"$folder.lock"
  flock 9  # Two that begin at once make one.
  if [[ ! -f "$folder/whole" ]]; then
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements" >&2
    touch "$folder/whole"
  fi
fi
printf '%s\n' "$folder/bin/python"
