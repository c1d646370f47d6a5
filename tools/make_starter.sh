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
models=(smollm2-135m qwen2.5-coder-0.5b qwen2.5-coder-1.5b)
ports=(8091 8092 8093)
work=build/starter
out=starter
ask=
server_pid=

die() {
  printf 'make_starter: %s\n' "$*" >&2
  exit 1
}

stop_server() {
  [[ -z "$server_pid" ]] && return
  kill "$server_pid" 2>/dev/null || true
  wait "$server_pid" 2>/dev/null || true
  server_pid=
}

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

path_of() { tools/fetch_models.sh --where | awk -F'\t' -v name="$1" '$1 == name {print $2}'; }

# start_server MODEL PORT
start_server() {
  "$(path_of llama-server)" -m "$(path_of "$1")" --host 127.0.0.1 --port "$2" -t 2 -c 4096 --parallel 1 --no-webui \
    >"$work/$1.log" 2>&1 &
  server_pid=$!
  local until=$((SECONDS + 120))
  until curl -sf -o /dev/null --max-time 2 "http://127.0.0.1:$2/health"; do
    kill -0 "$server_pid" 2>/dev/null || die "the server of $1 ended; see $work/$1.log"
    ((SECONDS < until)) || die "the server of $1 is not ready after 120 s; see $work/$1.log"
    sleep 0.3
  done
}

ask_models() {
  tools/fetch_models.sh
  local i
  for i in "${!models[@]}"; do
    [[ "$(missing --models "${models[i]}")" != 0 ]] || continue
    start_server "${models[i]}" "${ports[i]}"
    label --models "${models[i]}"
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
  trap stop_server EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
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
