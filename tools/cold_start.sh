#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the tables of docs/results/cold_start.md: routers trained on the starter pack's questions, and on a small synthetic set,
# scored on benchmark prompts that the same local models answered.
#
#   WEND_DATA=DIR tools/cold_start.sh          from the outcomes in docs/results/cold_start; asks no model, some minutes
#   WEND_DATA=DIR tools/cold_start.sh --ask    asks the models first, one after another, and writes the outcomes there; an hour
#
# Works in build/cold_start, whose store keeps every reply as it comes: a run that was stopped goes on where it was.
set -euo pipefail
cd "$(dirname "$0")/.."

: "${WEND_DATA:?WEND_DATA names the folder of the public sets}"
binary=${WEND_BINARY:-build/release/bin/wend}
work=build/cold_start
results=docs/results/cold_start
source tools/local_models.sh

wend() { "$binary" --store "$work/wend.db" --config starter/wend.yaml "$@"; }

# label_kind short|written MODEL: Alpaca's instructions are sent as they are and answered at some length.
label_kind() {
  local how=()
  [[ "$1" == short ]] || how=(--set label.prompt_template= --set label.max_tokens=96)
  wend label --dataset "$1" --models "$2" --yes "${how[@]}" >&2
}

ask_models() {
  tools/fetch_models.sh
  local model kind
  for kind in short written; do
    wend --quiet import "$work/$kind" --name "$kind" >&2
  done
  for model in "${models[@]}"; do
    start_server "$model" "$work/$model.log"
    label_kind short "$model"
    label_kind written "$model"
    stop_server
  done
  for kind in short written; do
    tools/export_collection.py "$work/wend.db" "$kind" "$work/answered/$kind"
  done
  cat "$work"/answered/{short,written}/outcomes.jsonl | zstd -qf19 -o "$results/outcomes.jsonl.zst"
}

# The prompts of both kinds and the outcomes as one collection, and proof that the starter pack has none of them.
import_benchmark() {
  mkdir -p "$work/benchmark"
  cat "$work"/{short,written}/queries.jsonl >"$work/benchmark/queries.jsonl"
  cp starter/models.jsonl "$results/pools.json" "$results/outcomes.jsonl.zst" "$work/benchmark/"
  wend --quiet import "$work/benchmark" --name benchmark >&2
  wend --quiet embed --in starter/queries.jsonl --out "$work/starter_vectors.jsonl"
  wend --quiet embed --in "$work/benchmark/queries.jsonl" --out "$work/benchmark_vectors.jsonl"
  tools/overlap.py 0.95 "$work/starter_vectors.jsonl" "$work/benchmark_vectors.jsonl" >&2
}

# evaluate TRAIN_ON POOL
evaluate() {
  wend eval --train-on "$1" --dataset benchmark --pool "$2" --split 0.25:0.05:0.7 --seeds 3 \
    --routers best_static,trouter,'trouter{level=domain}','trouter{level=subcategory}',agentic_free,metric,knn,smallest,largest,oracle \
    --out "$work/$1-$2" --decisions "$work/$1-$2.decisions.jsonl" >"$results/$1-$2.txt"
}

main() {
  mkdir -p "$work" "$results"
  tools/cold_start_prompts.py "$work" >&2
  [[ "${1:-}" != --ask ]] || ask_models
  import_benchmark
  wend --quiet import starter --name starter >&2
  wend --quiet import "$results/synthetic" --name synthetic >&2
  evaluate starter main
  evaluate starter pair
  evaluate synthetic pair
}

main "$@"
