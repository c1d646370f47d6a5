# SPDX-License-Identifier: Apache-2.0
"""Texts a second of our WordPiece against the tokenizers library, one thread each, in turns on the same texts.

    python run.py BUILD_DIR [FOLDER_WITH_TOKENIZER_JSON] [--rounds 5] [--out results.json]

Ids are compared on every text before any clock runs. Texts: prompts of the outcome sets in WEND_DATA, where that is
set, and multilingual text and code of tests/golden/wordpiece. The library is given its best: encode_batch_fast (no
offsets), a single thread, one call a set. Times are processor time, which other work on the machine hardly stretches;
each contender's best round counts, the ratio of medians is shown beside it.
"""

import argparse
import json
import os
import platform
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "golden" / "wordpiece"))

import reference  # noqa: E402
import text_maker  # noqa: E402


def prompts(data_set, most=1000):
    import zstandard

    path = Path(os.environ["WEND_DATA"], data_set, "queries.jsonl.zst")
    lines = zstandard.decompress(path.read_bytes(), max_output_size=1 << 30).decode().rstrip("\n").split("\n")
    step = max(1, len(lines) // most)
    return [json.loads(line)["prompt"] for line in lines[::step]]


def text_sets():
    sets = {}
    if os.environ.get("WEND_DATA"):
        for name in ("mmlupro-cot", "mix11", "routerdc7", "alpacaeval1", "livecodebench"):
            sets[name] = prompts(name)
    fragments = text_maker.fragments()
    sets["multilingual"] = [" ".join(fragments[i : i + 4]) for i in range(0, len(fragments), 2)] * 20
    return sets


class Ours:
    def __init__(self, program, folder, texts, scratch):
        self.command = [str(program), str(folder), f"{scratch}/texts"]
        self.answers = f"{scratch}/ids"
        with open(f"{scratch}/texts", "wb") as out:
            for text in texts:
                raw = text.encode()
                out.write(struct.pack("<I", len(raw)) + raw)

    def ids(self):
        subprocess.run([*self.command, "ids", self.answers], check=True)
        raw = Path(self.answers).read_bytes()
        numbers = struct.unpack(f"<{len(raw) // 4}I", raw)
        at, answers = 0, []
        while at < len(numbers):
            answers.append(list(numbers[at + 1 : at + 1 + numbers[at]]))
            at += 1 + numbers[at]
        return answers

    def __enter__(self):
        self.process = subprocess.Popen([*self.command, "time"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def seconds(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


class Library:
    def __init__(self, texts):
        self.texts = texts
        self.tokenizer = reference.load()

    def ids(self):
        return reference.pieces(self.tokenizer, self.texts)

    def seconds(self):
        start = time.process_time()
        self.tokenizer.encode_batch_fast(self.texts, add_special_tokens=False)
        return time.process_time() - start


def measure(texts, program, folder, rounds):
    with tempfile.TemporaryDirectory() as scratch:
        ours, library = Ours(program, folder, texts, scratch), Library(texts)
        if ours.ids() != library.ids():
            raise SystemExit("the ids differ: nothing to measure")
        with ours:
            pairs = [(ours.seconds(), library.seconds()) for _ in range(rounds)]
    mine, theirs = zip(*pairs)
    size = sum(len(text.encode()) for text in texts)
    return {
        "texts": len(texts),
        "bytes": size,
        "ours_texts_per_s": round(len(texts) / min(mine)),
        "ours_mb_per_s": round(size / min(mine) / 1e6, 1),
        "tokenizers_texts_per_s": round(len(texts) / min(theirs)),
        "tokenizers_mb_per_s": round(size / min(theirs) / 1e6, 2),
        "ratio_of_best": round(min(theirs) / min(mine), 1),
        "ratio_of_medians": round(statistics.median(theirs) / statistics.median(mine), 1),
    }


def cpu_name():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def compiler(build_dir):
    """The compiler's own first line and the build type, from the build's cache."""
    cache = Path(build_dir, "CMakeCache.txt").read_text().splitlines()
    known = dict(line.split("=", 1) for line in cache if "=" in line and not line.startswith(("#", "//")))
    program = next(value for key, value in known.items() if key.startswith("CMAKE_CXX_COMPILER:"))
    version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    return f"{version}, {known.get('CMAKE_BUILD_TYPE:STRING', '')}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build_dir")
    parser.add_argument("folder", nargs="?", default=str(reference.weights_folder()))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out")
    options = parser.parse_args()
    program = Path(options.build_dir, "bin", "bench_tokenize")
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    report = {
        "command": "python bench/tokenize/run.py " + " ".join(sys.argv[1:]),
        "machine": f"{cpu_name()}, {os.cpu_count()} cores",
        "compiler": compiler(options.build_dir),
        "commit": commit.stdout.strip(),
        "rival": "tokenizers 0.23.3, encode_batch_fast, one thread",
        "time": "processor seconds, best round",
        "ids": "equal on every text",
        "sets": {name: measure(texts, program, options.folder, options.rounds) for name, texts in text_sets().items()},
    }
    printed = json.dumps(report, indent=1)
    print(printed)
    if options.out:
        Path(options.out).write_text(printed + "\n")


if __name__ == "__main__":
    main()
