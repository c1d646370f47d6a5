#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the tables of docs/results/finerouter.md: FineRouter, its stages and its ablations beside trouter and best_static, on the
# outcome sets in $WEND_DATA. Usage: WEND_DATA=DIR tools/record_finerouter.sh [SET[:POOL]...]
set -euo pipefail
cd "$(dirname "$0")/.."

wend=${WEND_BINARY:-build/release/bin/wend}
work=${WEND_WORK:-build/finerouter}
sets=("$@")
((${#sets[@]})) || sets=(mmlupro-cot:instruct11 routerdc7 fusionbench zeroeval:spread12 bfcl:priced12)
routers=best_static,knn,ridge,trouter
routers+=,finerouter,finerouter_tasks,finerouter_general
routers+=,'finerouter{tasks=coarse}','finerouter{tasks=kmeans}','finerouter{rbo=off}','finerouter{iterations=1}','finerouter{enough=0,finer=8}'
routers+=,'finerouter{encodings=centres}','finerouter{projection=on}','finerouter{profile=paper}',task_oracle,oracle

if [[ ! -d "${WEND_DATA:-}" ]]; then
  echo "record_finerouter: WEND_DATA names no folder of outcome sets" >&2
  exit 1
fi
mkdir -p "$work" docs/results/finerouter
for entry in "${sets[@]}"; do
  set=${entry%%:*}
  pool=()
  [[ "$entry" == *:* ]] && pool=(--pool "${entry#*:}")
  echo "== $entry" >&2
  "$wend" import "$WEND_DATA/$set" --name "$set" --store "$work/wend.db" --quiet >/dev/null
  "$wend" eval --dataset "$set" "${pool[@]}" --routers "$routers" --seeds 5 --store "$work/wend.db" --out "$work/$set" --quiet \
    >"docs/results/finerouter/$set.txt"
done
