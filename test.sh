#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and runs the tests: the fast ones of the release preset and the named slices of its slow ones, the
# asan preset's (parsers, text, data, store, ml, net, llm, label; never torch), the tsan preset's of what runs on many threads (net, llm,
# serve), and the looks at the tree (format, layers, doors, headers, clang-tidy).
#
#   ./test.sh             what .ci/run runs; ends with ctest's own closing lines
#   ./test.sh --full      everything: the slow tests, all of the tsan preset, clang-tidy on the whole tree
#
# Tests that need real outcome data find it through WEND_DATA, by default the folder shared/data beside the checkout where there is one;
# without it they say that they were skipped.
set -euo pipefail
cd "$(dirname "$0")"
root=$PWD

say() { printf '== %4d s  %s\n' "$SECONDS" "$*" >&2; }

full=""
excluded='slow|live|db'
presets=(release asan tsan)
all_of_tsan=()
case "${1:-}" in
  "") ;;
  --full)
    full=--full
    excluded='live'
    all_of_tsan=(-DWEND_TESTS=)
    ;;
  *)
    echo "test.sh: unknown argument '$1'; usage: ./test.sh [--full]" >&2
    exit 2
    ;;
esac

prepare() {
  say "packages and weights"
  tools/install_packages.sh
  WEND_ENCODER=$(tools/fetch_encoder.sh)
  export WEND_ENCODER
  WEND_PYTHON=$(tools/python_env.sh tests/e2e/requirements.txt)
  export WEND_PYTHON
  if [[ -z "${WEND_DATA:-}" && -d ../shared/data ]]; then
    WEND_DATA=$(cd ../shared/data && pwd)
    export WEND_DATA
  fi
  say "outcome data: ${WEND_DATA:-none, so the tests that need it will be skipped}"
}

# One log a preset, shown where it failed.
build() {
  local preset=$1 log=build/$1.log targets=(all) options=()
  say "building the $preset preset"
  [[ "$preset" == release ]] && targets+=(wend_headers)
  [[ "$preset" == tsan ]] && options=("${all_of_tsan[@]}")
  if ! { cmake --preset "$preset" "${options[@]}" && cmake --build --preset "$preset" --target "${targets[@]}"; } >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    say "the $preset preset does not build; the whole log is $log"
    exit 1
  fi
}

# clang-tidy reads how the clang preset would compile; nothing of it is built.
configure_for_tidy() { cmake --preset clang >build/clang.log 2>&1 || { cat build/clang.log >&2; exit 1; }; }

# One ctest over all presets, so that one summary closes the run.
gather_tests() {
  mkdir -p build/ctest
  {
    local preset
    for preset in "${presets[@]}"; do
      printf 'subdirs("%s/build/%s")\n' "$root" "$preset"
    done
    printf 'add_test(check.tidy "%s/tools/check_tidy.sh" %s "%s/build/clang")\n' "$root" "$full" "$root"
    printf 'set_tests_properties(check.tidy PROPERTIES PROCESSORS %d TIMEOUT 7200)\n' "$(nproc)"
  } >build/ctest/CTestTestfile.cmake
}

# Two trainings side by side on two cores: threads of OpenMP that spin while they wait would only take time from each other.
export OMP_WAIT_POLICY=passive

mkdir -p build
prepare
for preset in "${presets[@]}"; do
  build "$preset"
done
configure_for_tidy
gather_tests
say "tests"
exec ctest --test-dir build/ctest --output-on-failure --no-tests=error -j "$(nproc)" -LE "$excluded"
