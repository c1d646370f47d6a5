#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the tables of docs/results/ again: imports the four sets of $WEND_DATA into a store in a folder of its own, evaluates every
# router on five seeds, and writes the text that `wend eval` prints.
#
#   WEND_DATA=DIR tools/record_results.sh [SCRATCH_DIR]      about an hour on two cores, 25 minutes of it for embeddings
set -euo pipefail
cd "$(dirname "$0")/.."

data=${WEND_DATA:?WEND_DATA names the folder of the outcome sets}
scratch=${1:-$(mktemp -d)}
wend=build/release/bin/wend

for set in fusionbench mix11 routerdc7 mmlupro-cot; do
  pool=()
  [[ "$set" == mmlupro-cot ]] && pool=(--pool instruct11)
  "$wend" --store "$scratch/wend.db" import "$data/$set"
  "$wend" --store "$scratch/wend.db" eval --dataset "$set" "${pool[@]}" --routers all --seeds 5 \
    --out "$scratch/$set" --decisions "$scratch/$set.decisions.jsonl" >"$scratch/$set.txt"
  mv "$scratch/$set.txt" "docs/results/$set.txt"
done
