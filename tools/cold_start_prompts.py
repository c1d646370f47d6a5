#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the benchmark prompts of docs/results/cold_start.md from the public sets in $WEND_DATA, as two folders for `wend import`.

    WEND_DATA=DIR tools/cold_start_prompts.py OUT

OUT/short holds what has a short answer (GSM8K, MMLU-Pro, SQuAD with its passage), OUT/written the instructions of Alpaca, which are
sent as they are. The draw is by SHA-256 of seed and id, so it is the same on every machine. The prompts stay outside this
repository: their licences differ.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

SEED = "1"
ALIKE = ("alpaca-11",)  # Stands in the starter pack word for word (tools/overlap.py).
LONGEST = 9000  # Bytes: what surely leaves room for an answer in 4,096 tokens.
STARTER = Path(__file__).resolve().parent.parent / "starter"
KEPT = ("id", "dataset", "task", "prompt", "context", "reference", "metric")
# (folder of $WEND_DATA, prefix of `dataset`, how many of each data set, folder of OUT)
DRAWS = (("zeroeval", "gsm8k", 110, "short"), ("mmlupro-cot", "mmlu_pro/", 9, "short"),
         ("graphrouter4-prompts", "squad", 140, "short"), ("graphrouter4-prompts", "alpaca", 60, "written"))


def rows_of(path):
    """The rows of a JSONL file, compressed by zstd."""
    text = subprocess.run(["zstd", "-dcq", path], capture_output=True, check=True).stdout.decode()
    return [json.loads(line) for line in text.splitlines()]


def draw(rows, count):
    """The first `count` rows in the order of a seeded hash of their ids, without the longest and what the starter pack has."""
    fitting = [row for row in rows
               if row["id"] not in ALIKE and len((row.get("context", "") + row["prompt"]).encode()) <= LONGEST]
    return sorted(fitting, key=lambda row: hashlib.sha256(f"{SEED}\0{row['id']}".encode()).digest())[:count]


def drawn(data):
    """{folder of OUT: its queries}."""
    out = {"short": [], "written": []}
    for folder, prefix, count, to in DRAWS:
        groups = {}
        for row in rows_of(data / folder / "queries.jsonl.zst"):
            if row["dataset"].startswith(prefix):
                groups.setdefault(row["dataset"], []).append({key: row[key] for key in KEPT if key in row})
        for name in sorted(groups):
            out[to] += draw(groups[name], count)
    return out


def main():
    """Writes the folders and says what is in them."""
    if len(sys.argv) != 2 or not os.environ.get("WEND_DATA"):
        sys.exit(__doc__)
    for name, queries in drawn(Path(os.environ["WEND_DATA"])).items():
        folder = Path(sys.argv[1]) / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "queries.jsonl").write_text("".join(json.dumps(query) + "\n" for query in queries), encoding="utf-8")
        (folder / "models.jsonl").write_bytes((STARTER / "models.jsonl").read_bytes())
        (folder / "outcomes.jsonl").write_text("", encoding="utf-8")
        print(f"{folder}: {len(queries)} queries")


if __name__ == "__main__":
    main()
