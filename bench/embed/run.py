# SPDX-License-Identifier: Apache-2.0
"""Texts a second of our encoder against onnxruntime, both in fp32 on the same weights and the same unpadded token ids, in turns.

    python run.py BUILD_DIR [FOLDER] [--texts 200] [--rounds 7] [--out results.json]

Vectors are compared on every text before any clock runs. Texts: prompts of data/mmlupro-cot in WEND_DATA, cut at 256 ids; where that is not
set, random ids of like lengths. onnxruntime gets its best: the graph of tests/golden/encoder/bert_onnx.py with all optimisations, one
text a call, once with two intra-op threads and once with two Python threads of one each (the lock is free during a run); the better
counts. Then single texts of 32, 128 and 256 ids on one thread, in milliseconds. The ratio is that of the medians; its spread is
that of the rounds, pair by pair.
"""

import argparse
import concurrent.futures
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

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "golden" / "encoder"))

import bert_onnx  # noqa: E402


def default_folder():
    cache = os.environ.get("WEND_CACHE", str(Path.home() / ".cache" / "wend"))
    return os.environ.get("WEND_ENCODER", f"{cache}/encoder/all-MiniLM-L6-v2")


def prompt_ids(folder, count):
    import zstandard
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    path = Path(os.environ["WEND_DATA"], "mmlupro-cot", "queries.jsonl.zst")
    lines = zstandard.decompress(path.read_bytes(), max_output_size=1 << 30).decode().rstrip("\n").split("\n")
    return [tokenizer.encode(json.loads(line)["prompt"]).ids for line in lines[:: max(1, len(lines) // count)]][:count]


def random_ids(lengths):
    random = np.random.default_rng(7)
    return [[101, *random.integers(1000, 30522, length - 2).tolist(), 102] for length in lengths]


def bulk_texts(folder, count):
    if os.environ.get("WEND_DATA"):
        return "mmlupro-cot, cut at 256 ids", prompt_ids(folder, count)
    lengths = np.clip(np.random.default_rng(8).lognormal(4.6, 0.6, count), 8, 256).astype(int)
    return "random ids", random_ids(lengths)


class Ours:
    def __init__(self, program, folder, texts, scratch):
        self.command = [str(program), str(folder), f"{scratch}/ids"]
        self.answers, self.count = f"{scratch}/vectors", len(texts)
        with open(f"{scratch}/ids", "wb") as out:
            for ids in texts:
                out.write(struct.pack(f"<{len(ids) + 1}I", len(ids), *ids))

    def vectors(self):
        subprocess.run([*self.command, "vectors", self.answers], check=True)
        return np.fromfile(self.answers, np.float32).reshape(self.count, -1)

    def load_milliseconds(self):
        done = subprocess.run([*self.command, "load"], check=True, capture_output=True, text=True)
        return [float(number) for number in done.stdout.split()]

    def __enter__(self):
        self.process = subprocess.Popen([*self.command, "time"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def seconds(self, mode):
        self.process.stdin.write(mode + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


class Onnxruntime:
    def __init__(self, folder, texts, intra_threads, callers):
        self.runner = bert_onnx.session(folder, intra_threads)
        self.texts, self.callers = texts, concurrent.futures.ThreadPoolExecutor(callers)

    def vectors(self):
        return np.stack(list(self.callers.map(lambda ids: bert_onnx.pooled(self.runner, ids), self.texts)))

    def seconds(self):
        start = time.perf_counter()
        self.vectors()
        return time.perf_counter() - start


def check(ours, theirs):
    unit = [v / np.linalg.norm(v, axis=1, keepdims=True) for v in (ours, theirs)]
    largest = float(np.abs(unit[0] - unit[1]).max())
    if not largest <= 1e-5:
        raise SystemExit(f"the vectors differ by {largest}: nothing to measure")
    return largest


def spread(theirs, mine):
    ratios = [a / b for a, b in zip(theirs, mine)]
    return [round(min(ratios), 2), round(max(ratios), 2)]


def measure_bulk(program, folder, count, rounds):
    name, texts = bulk_texts(folder, count)
    with tempfile.TemporaryDirectory() as scratch:
        ours = Ours(program, folder, texts, scratch)
        rivals = {"2 intra-op threads": Onnxruntime(folder, texts, 2, 1), "2 callers": Onnxruntime(folder, texts, 1, 2)}
        report = {"texts": name, "number": len(texts), "ids": sum(map(len, texts)),
                  "largest_difference": check(ours.vectors(), rivals["2 callers"].vectors())}
        with ours:
            rows = [[ours.seconds("bulk 2"), *(rival.seconds() for rival in rivals.values())] for _ in range(rounds + 1)][1:]
    mine, *theirs = zip(*rows)
    report["ours_texts_per_s"] = round(len(texts) / statistics.median(mine), 1)
    for name, seconds in zip(rivals, theirs):
        report[f"onnxruntime, {name}"] = {"texts_per_s": round(len(texts) / statistics.median(seconds), 1),
                                          "ratio": round(statistics.median(seconds) / statistics.median(mine), 2),
                                          "ratio_of_best": round(min(seconds) / min(mine), 2),
                                          "spread": spread(seconds, mine)}
    return report


def measure_single(program, folder, length, rounds):
    texts = random_ids([length] * 4)
    with tempfile.TemporaryDirectory() as scratch:
        ours, rival = Ours(program, folder, texts, scratch), Onnxruntime(folder, texts, 1, 1)
        check(ours.vectors(), rival.vectors())
        with ours:
            pairs = [(ours.seconds("single"), rival.seconds()) for _ in range(3 * rounds + 1)][1:]
    mine, theirs = ([seconds / len(texts) * 1000 for seconds in column] for column in zip(*pairs))
    return {"ours_ms": round(statistics.median(mine), 2), "onnxruntime_ms": round(statistics.median(theirs), 2),
            "best_ms": [round(min(mine), 2), round(min(theirs), 2)],
            "ratio": round(statistics.median(theirs) / statistics.median(mine), 2),
            "ratio_of_best": round(min(theirs) / min(mine), 2), "spread": spread(theirs, mine)}


def measure_load(program, folder):
    with tempfile.TemporaryDirectory() as scratch:
        ours = Ours(program, folder, random_ids([32]), scratch)
        loads = [ours.load_milliseconds() for _ in range(7)]
    return {"load_ms": round(statistics.median(load for load, _ in loads)),
            "load_and_first_text_ms": round(statistics.median(first for _, first in loads))}


def cpu_name():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build_dir")
    parser.add_argument("folder", nargs="?", default=default_folder())
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--out")
    options = parser.parse_args()
    program = Path(options.build_dir, "bin", "bench_embed")
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    report = {
        "command": "python bench/embed/run.py " + " ".join(sys.argv[1:]),
        "machine": f"{cpu_name()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start",
        "commit": commit.stdout.strip(),
        "rival": "onnxruntime 1.32.0, fp32",
        "bulk, two threads": measure_bulk(program, options.folder, options.texts, options.rounds),
        "single texts, one thread": {str(n): measure_single(program, options.folder, n, options.rounds) for n in (32, 128, 256)},
        "start": measure_load(program, options.folder),
    }
    printed = json.dumps(report, indent=1)
    print(printed)
    if options.out:
        Path(options.out).write_text(printed + "\n")


if __name__ == "__main__":
    main()
