#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh Debian 12 machine to a proxy that routes, in one command: installs what is missing, builds, learns from the outcomes of
# starter/, shows how good the routers are, starts small local models and the proxy, and sends prompts through it. It changes nothing
# outside build/ and the cache of downloads (${WEND_CACHE:-~/.cache/wend}), and ends what it started.
#
#   ./quickstart.sh               the whole trip, with the two smallest models; a first run fetches them and builds llama.cpp's server
#   ./quickstart.sh --large       with all three (2.2 GB of memory)
#   ./quickstart.sh --keep        leaves the proxy and the models running until Ctrl-C
#   ./quickstart.sh --no-models   asks no language model: routes six prompts and says why
#   ./quickstart.sh --build-only  install, build, stop: the program is build/release/bin/wend
set -euo pipefail
cd "$(dirname "$0")"

run=build/quickstart
wend=build/release/bin/wend
models=(smollm2-135m qwen2.5-coder-0.5b)
live=yes
keep=
build_only=

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

die() {
  printf 'quickstart: %s\n' "$*" >&2
  exit 1
}

# What was started in the background, ended on every way out.
started=()

end_what_was_started() {
  local pid
  for pid in "${started[@]}"; do
    kill "$pid" 2>/dev/null || true
  done
  for pid in "${started[@]}"; do
    wait "$pid" 2>/dev/null || true
  done
  started=()
}

build() {
  step "Packages and the encoder's weights"
  tools/install_packages.sh
  tools/fetch_encoder.sh >/dev/null
  step "Build"
  mkdir -p build
  if ! { cmake --preset release && cmake --build --preset release --target wend; } >build/quickstart.log 2>&1; then
    tail -n 40 build/quickstart.log >&2
    die "the build failed; the whole log is build/quickstart.log"
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

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# wait_for SECONDS WHAT COMMAND...: until the command succeeds; everything started must stay alive meanwhile.
wait_for() {
  local until=$((SECONDS + $1)) what=$2 pid
  shift 2
  until "$@"; do
    for pid in "${started[@]}"; do
      kill -0 "$pid" 2>/dev/null || die "$what ended early; see the logs in $run"
    done
    ((SECONDS < until)) || die "$what is not ready in time; see the logs in $run"
    sleep 0.2
  done
}

answers() { curl -sf -o /dev/null --max-time 2 "$1"; }

# One llama.cpp server a model, and the configuration that names them. The prices are those of starter/models.jsonl: made up.
start_models() {
  step "Models: ${models[*]} on llama.cpp's server"
  tools/fetch_models.sh
  local server model port
  server=$(tools/fetch_models.sh --where | awk -F'\t' '$1 == "llama-server" {print $2}')
  local urls=()
  for model in "${models[@]}"; do
    port=$(free_port)
    "$server" -m "$(tools/fetch_models.sh --where | awk -F'\t' -v m="$model" '$1 == m {print $2}')" --alias "$model" \
      --host 127.0.0.1 --port "$port" -t 2 -c 4096 --parallel 1 --no-webui >"$run/$model.log" 2>&1 &
    started+=($!)
    urls+=("$model=http://127.0.0.1:$port")
  done
  tools/quickstart_lib.py config "$run/trouter" "${urls[@]}" >"$run/wend.yaml"
  for model in "${urls[@]}"; do
    wait_for 120 "the server of ${model%%=*}" answers "${model#*=}/health"
  done
}

start_proxy() {
  step "Proxy: wend serve"
  # Not by wend_here: the process that is to be ended must be wend itself, not a shell around it.
  "$wend" --store "$run/wend.db" --config "$run/wend.yaml" serve --listen 127.0.0.1:0 --admin 127.0.0.1:0 \
    >"$run/serve.out" 2>"$run/serve.log" &
  started+=($!)
  wait_for 30 "the proxy" grep -qs '"listen"' "$run/serve.out"
  proxy=$(tools/quickstart_lib.py listen "$run/serve.out")
  wait_for 30 "the proxy" answers "$(tools/quickstart_lib.py admin "$run/serve.out")/readyz"
  printf '%s\n' "$proxy/v1"
}

# The record is written behind the answer, so it may come a moment later.
fetch_decision() { curl -sf --max-time 5 -o "$run/decision" "$proxy/v1/decisions/$1"; }

# ask MODEL whole|stream PROMPT: one chat through the proxy, and what the proxy says of it.
ask() {
  local id
  tools/quickstart_lib.py body "$@" >"$run/request.json"
  curl -sS --no-buffer --max-time 120 -D "$run/head" -o "$run/answer" -H 'Content-Type: application/json' \
    --data-binary "@$run/request.json" "$proxy/v1/chat/completions" || die "the proxy did not answer; see $run/serve.log"
  id=$(tools/quickstart_lib.py decision "$run")
  wait_for 10 "the record of decision $id" fetch_decision "$id"
  tools/quickstart_lib.py show "$run" "$@"
}

send_prompts() {
  step "Chat: the model is named auto, auto:cost or auto:quality; wend chooses"
  : >"$run/bill.jsonl"
  ask auto whole "What is 17 + 26?"
  ask auto whole "Which planet is closest to the Sun? A) Venus B) Mercury C) Mars D) Earth"
  ask auto whole "What does this Python line print? print(sorted([3, 1, 2])[0])"
  ask auto:cost whole "Give the past participle of the verb 'to swim'."
  ask auto:quality whole "All bloops are razzies and no razzies are lazzies. Can a bloop be a lazzie? Answer yes or no."
  ask auto whole "How many minutes are there between 14:35 and 17:10?"
  ask auto whole "Text: Ana sold 4 of her 9 goats. How many goats does Ana have left?"
  ask auto whole "Write the word 'planet' backwards."
  ask auto:quality stream "Name three rivers of South America, one a line."
  ask auto:cost stream "Say hello in one short sentence."
  printf '\n'
  tools/quickstart_lib.py bill "$run"
}

say_how_to_go_on() {
  cat <<END

From Python:   client = openai.OpenAI(base_url="$proxy/v1", api_key="none")
               client.chat.completions.create(model="auto", messages=[{"role": "user", "content": "..."}])
Its decisions: curl $proxy/v1/decisions/ID     (the ID is in the answer's header x-wend-decision)
END
}

talk() {
  start_models
  start_proxy
  send_prompts
  step ""
  say_how_to_go_on
  if [[ -n "$keep" ]]; then
    printf 'Running until Ctrl-C.\n'
    wait
  else
    printf 'Everything is ended now; ./quickstart.sh --keep leaves it running.\n'
  fi
}

parse_arguments() {
  local argument
  for argument in "$@"; do
    case "$argument" in
      --build-only) build_only=yes ;;
      --no-models) live= ;;
      --large) models+=(qwen2.5-coder-1.5b) ;;
      --keep) keep=yes ;;
      *)
        echo "quickstart: unknown argument '$argument'; usage: ./quickstart.sh [--large] [--keep] | --no-models | --build-only" >&2
        exit 2
        ;;
    esac
  done
}

main() {
  parse_arguments "$@"
  trap end_what_was_started EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  build
  if [[ -z "$build_only" ]]; then
    learn
    evaluate
    if [[ -n "$live" ]]; then talk; else route_prompts; fi
  fi
  step ""
  printf '\nDone in %d s. ' "$SECONDS"
  if [[ -n "$build_only" ]]; then
    printf 'The program: %s\n' "$wend"
  else
    printf 'Next: %s route --artifact %s/trouter --explain "your prompt"\n' "$wend" "$run"
  fi
}

main "$@"
