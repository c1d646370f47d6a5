#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh Debian 12 machine to a trained router in one command: installs what is missing, builds, learns from the outcomes of
# starter/, shows how good the routers are, and routes six prompts. It calls no language model and changes nothing outside build/
# and the cache of the weights (${WEND_CACHE:-~/.cache/wend}).
#
#   ./quickstart.sh               the whole trip
#   ./quickstart.sh --build-only  install, build, stop: the program is build/release/bin/wend
set -euo pipefail
cd "$(dirname "$0")"

run=build/quickstart
wend=build/release/bin/wend

step_name=""
step_begun=0

# Closes the step before with its time, and names the next.
step() {
  if [[ -n "$step_name" ]]; then
    printf '   (%s: %d s)\n' "$step_name" $((SECONDS - step_begun))
  fi
  step_name=$1
  step_begun=$SECONDS
  [[ -z "$1" ]] || printf '\n== %s\n' "$1"
}

build() {
  step "Packages and the encoder's weights"
  tools/install_packages.sh
  tools/fetch_encoder.sh >/dev/null
  step "Build"
  mkdir -p build
  if ! { cmake --preset release && cmake --build --preset release --target wend; } >build/quickstart.log 2>&1; then
    tail -n 40 build/quickstart.log >&2
    echo "quickstart: the build failed; the whole log is build/quickstart.log" >&2
    exit 1
  fi
}

# The store and every artifact of this run lie in one folder, which each run begins anew.
wend_here() { "$wend" --store "$run/wend.db" "$@"; }

learn() {
  rm -rf "$run"
  mkdir -p "$run"
  step "Import: questions, task types and three models' outcomes (starter/)"
  wend_here --quiet import starter --name starter
  step "Train: TRouter, and knn beside it"
  wend_here --quiet train --router trouter --dataset starter --out "$run/trouter"
  wend_here --quiet train --router knn --dataset starter --out "$run/knn"
}

evaluate() {
  step "Evaluate: three seeds, each with its own split; best_static is the single best model, oracle knows the answers"
  wend_here --quiet eval --dataset starter --routers smallest,largest,best_static,knn,trouter,oracle --seeds 3 --out "$run/eval"
}

route_prompts() {
  step "Route: which model, and why"
  local prompt
  for prompt in \
    "What is 17 + 26?" \
    "A train leaves at 14:35 and arrives at 17:10. It stops twice for 12 minutes. How many minutes is it moving?" \
    "Which planet is closest to the Sun? A) Venus B) Mercury C) Mars D) Earth" \
    "What does this Python expression give: sorted({3: 'a', 1: 'b'}, reverse=True)[0]?" \
    "All bloops are razzies and no razzies are lazzies. Can a bloop be a lazzie? Answer yes or no." \
    "Give the past participle of the verb 'to swim'."; do
    printf '\n> %s\n' "$prompt"
    wend_here route --artifact "$run/trouter" --explain "$prompt"
  done
}

main() {
  case "${1:-}" in
    --build-only) build ;;
    "")
      build
      learn
      evaluate
      route_prompts
      ;;
    *)
      echo "quickstart: unknown argument '$1'; usage: ./quickstart.sh [--build-only]" >&2
      exit 2
      ;;
  esac
  step ""
  printf '\nDone in %d s. ' "$SECONDS"
  if [[ "${1:-}" == --build-only ]]; then
    printf 'The program: %s\n' "$wend"
  else
    printf 'Next: %s route --artifact %s/trouter --explain "your prompt"\n' "$wend" "$run"
  fi
}

main "$@"
