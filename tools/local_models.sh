# SPDX-License-Identifier: Apache-2.0
# To be sourced: the starter pack's models, each in a llama.cpp server of its own, at the addresses of starter/wend.yaml.
# WEND_LLAMA_THREADS is how many threads a server takes (2); it changes no reply.
models=(smollm2-135m qwen2.5-coder-0.5b qwen2.5-coder-1.5b)
ports=(8091 8092 8093)
server_pid=

die() {
  printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2
  exit 1
}

path_of() { tools/fetch_models.sh --where | awk -F'\t' -v name="$1" '$1 == name {print $2}'; }

stop_server() {
  [[ -z "$server_pid" ]] && return
  kill "$server_pid" 2>/dev/null || true
  wait "$server_pid" 2>/dev/null || true
  server_pid=
}

# start_server MODEL LOG
start_server() {
  local i port=
  for i in "${!models[@]}"; do
    [[ "${models[i]}" != "$1" ]] || port=${ports[i]}
  done
  "$(path_of llama-server)" -m "$(path_of "$1")" --host 127.0.0.1 --port "$port" -t "${WEND_LLAMA_THREADS:-2}" -c 4096 \
    --parallel 1 --no-webui >"$2" 2>&1 &
  server_pid=$!
  local until=$((SECONDS + 120))
  until curl -sf -o /dev/null --max-time 2 "http://127.0.0.1:$port/health"; do
    kill -0 "$server_pid" 2>/dev/null || die "the server of $1 ended; see $2"
    ((SECONDS < until)) || die "the server of $1 is not ready after 120 s; see $2"
    sleep 0.3
  done
}

trap stop_server EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
