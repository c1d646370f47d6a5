# SPDX-License-Identifier: Apache-2.0
"""Reading and writing the starter pack: JSONL, plain or compressed with the `zstd` command."""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
STARTER = ROOT / "starter"
TEMPLATE = ROOT / "prompts" / "answer.txt"


def cache_dir():
    """The folder of everything downloaded or kept between runs: WEND_CACHE, else ~/.cache/wend."""
    return Path(os.environ.get("WEND_CACHE") or Path.home() / ".cache" / "wend")


def read_text(path):
    """The text of a file; of a .zst file, the text inside it."""
    if path.suffix == ".zst":
        return subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout.decode()
    return path.read_text(encoding="utf-8")


def read_jsonl(path):
    """The rows of a JSONL file in order; a broken line is a ValueError that names file and line."""
    rows = []
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError as error:
            raise ValueError(f"{path.name}:{number}: not JSON: {error}") from error
    return rows


def write_jsonl(path, rows):
    """Writes rows aside and renames, so that no reader sees half a file; .zst is compressed."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    aside = path.with_name(path.name + ".partial")
    if path.suffix == ".zst":
        subprocess.run(["zstd", "-19", "-q", "-f", "-o", aside, "-"], check=True, input=text.encode())
    else:
        aside.write_text(text, encoding="utf-8")
    aside.replace(path)
