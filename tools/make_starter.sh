#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes starter/outcomes.jsonl and starter/replies.jsonl.zst by `wend label`, and prints the table of starter/README.md.
#
#   tools/make_starter.sh              from the replies that are there; asks no model and fails where a reply is missing
#   tools/make_starter.sh --ask        asks what has no reply yet: one model after another, each in a llama.cpp server of its own
#   tools/make_starter.sh --out DIR    writes the two files there instead of into starter/
#
# Works in build/starter, whose store keeps every reply as it comes: a run that was stopped goes on where it was.
set -euo pipefail
cd "$(dirname "$0")/.."

wend=${WEND_BINARY:-build/release/bin/wend}
work=build/starter
out=starter
ask=
source tools/local_models.sh

# The questions, labels and replies of starter/, without the outcomes, which are what is made.
import_questions() {
  mkdir -p "$work/starter"
  rm -f "$work"/starter/*
  cp starter/queries.jsonl starter/task_labels.jsonl starter/taxonomy.json starter/models.jsonl starter/pools.json "$work/starter/"
  : >"$work/starter/outcomes.jsonl"
  [[ ! -f starter/replies.jsonl.zst ]] || cp starter/replies.jsonl.zst "$work/starter/"
  "$wend" --store "$work/wend.db" --quiet import "$work/starter" --name starter >&2
}

label() { "$wend" --store "$work/wend.db" --config starter/wend.yaml label --dataset starter --yes "$@" >&2; }

# missing [--models MODEL]: how many replies are not there yet.
missing() {
  "$wend" --store "$work/wend.db" --config starter/wend.yaml --json label --dataset starter --dry-run "$@" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["calls"])'
}

ask_models() {
  tools/fetch_models.sh
  local model
  for model in "${models[@]}"; do
    [[ "$(missing --models "$model")" != 0 ]] || continue
    start_server "$model" "$work/$model.log"
    label --models "$model"
    stop_server
  done
}

main() {
  while [[ $# -gt 0 ]]; do
    case "$1" in
      --ask) ask=yes ;;
      --out)
        [[ $# -ge 2 ]] || die "--out: expected a folder"
        out=$2
        shift
        ;;
      *) printf "make_starter: unknown argument '%s'; usage: tools/make_starter.sh [--ask] [--out DIR]\n" "$1" >&2; exit 2 ;;
    esac
    shift
  done
  import_questions
  [[ -z "$ask" ]] || ask_models
  local left
  left=$(missing)
  [[ "$left" == 0 ]] || die "$left replies are missing; tools/make_starter.sh --ask asks for them"
  mkdir -p "$out"
  label --export-replies "$out/replies.jsonl.zst"
  tools/starter_outcomes.py "$work/wend.db" "$out/outcomes.jsonl"
}

main "$@"
