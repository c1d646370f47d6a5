#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a decision costs beside the encoder alone, both in one interleaved run.

  python3 bench/route/run.py --artifact DIR [--wend build/release/bin/wend] [--rounds 5]

Prints one JSON object: seconds from start to first answer, then for streams of prompts of 32, 128 and 256 ids the time per
prompt of `wend route` and of `wend embed` on the same lines (start-up taken off both), and the median of their ratios.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time

WORDS = "the model routes every prompt to whoever answers it well and cheaply while river stone light paper".split()


def prompts(count, ids):
    """Lines of `count` prompts of about `ids` token ids: the words above are one piece each."""
    lines = []
    for i in range(count):
        words = [WORDS[(i * 7 + j * j) % len(WORDS)] for j in range(ids - 2)]
        lines.append(json.dumps({"id": i, "prompt": " ".join(words)}))
    return ("\n".join(lines) + "\n").encode()


def seconds(command, stdin):
    begun = time.perf_counter()
    done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}: {done.stderr.decode()[-500:]}")
    return time.perf_counter() - begun, done.stdout


def check_answers(output, count):
    answers = [json.loads(line) for line in output.splitlines()]
    if [str(a["id"]) for a in answers] != [str(i) for i in range(count)] or not all("model" in a for a in answers):
        sys.exit("wend route: answers missing or out of order")


def paired(route, embed, ids, count, rounds, threads):
    """Medians of the time per prompt of both, and of the ratio pair by pair."""
    lines, one = prompts(count, ids), prompts(1, ids)
    rows = []
    for _ in range(rounds):
        route_all, output = seconds(route, lines)
        check_answers(output, count)
        embed_all, _ = seconds(embed, lines)
        route_one, _ = seconds(route, one)
        embed_one, _ = seconds(embed, one)
        rows.append(((route_all - route_one) / (count - 1), (embed_all - embed_one) / (count - 1)))
    return {
        "ids": ids,
        "prompts": count,
        "threads": threads,
        "route_ms": round(1e3 * statistics.median(r for r, _ in rows), 3),
        "embed_ms": round(1e3 * statistics.median(e for _, e in rows), 3),
        "ratio": round(statistics.median(r / e for r, e in rows), 3),
        "ratios": [round(r / e, 3) for r, e in rows],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--artifact", required=True)
    parser.add_argument("--wend", default="build/release/bin/wend")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    wend, threads = arguments.wend, ["--threads", str(arguments.threads)]
    route = [wend, "route", "--artifact", arguments.artifact, "--in", "-", *threads]
    scratch = tempfile.TemporaryDirectory()
    # Into a binary file: printing 384 decimals a prompt would flatter the ratio.
    embed = [wend, "embed", "--in", "-", "--out", f"{scratch.name}/v.npy", "--quiet", *threads]
    first = [seconds([wend, "route", "--artifact", arguments.artifact, "Hello there"], b"")[0] for _ in range(7)]
    result = {
        "machine": platform.processor() or platform.machine(),
        "command": " ".join(sys.argv),
        "start_to_first_answer_s": round(statistics.median(first), 3),
        "streams": [
            paired(route, embed, ids, count, arguments.rounds, arguments.threads)
            for ids, count in ((32, 2000), (128, 600), (256, 300))
        ],
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
