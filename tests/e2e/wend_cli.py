# SPDX-License-Identifier: Apache-2.0
"""Runs the real binary and makes small collections for it."""

import contextlib
import hashlib
import json
import os
import pathlib
import random
import subprocess
import unicodedata

BINARY = pathlib.Path(os.environ.get("WEND_BINARY", "build/release/bin/wend")).resolve()


def wend(*arguments, cwd=None, stdin=None, check=None, timeout=600):
    """Runs `wend`; returns the finished process with text output. check: the exit status that is expected."""
    done = subprocess.run(
        [str(BINARY), *map(str, arguments)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    done.stdout = done.stdout.decode("utf-8")
    done.stderr = done.stderr.decode("utf-8", "replace")
    if check is not None and done.returncode != check:
        raise AssertionError(
            f"wend {' '.join(map(str, arguments))[:300]}: exit {done.returncode}, expected {check}\n"
            f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        )
    return done


def wend_json(*arguments, **keywords):
    """The one JSON document that `--json` prints."""
    return json.loads(wend(*arguments, "--json", "--quiet", check=0, **keywords).stdout)


@contextlib.contextmanager
def running(*arguments, cwd=None):
    """`wend` while it runs, with text pipes; killed at the end where it still does."""
    process = subprocess.Popen(
        [str(BINARY), *map(str, arguments)],
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def stop_at(stage, stop, *arguments, cwd=None):
    """Runs `wend` and sends it a signal as soon as stderr tells of the stage; the finished process."""
    with running(*arguments, cwd=cwd) as process:
        said = ""
        while stage not in said:
            line = process.stderr.readline()
            if not line:
                raise AssertionError(f"the stage '{stage}' never came:\n{said}")
            said += line
        process.send_signal(stop)
        # Not communicate(): it would pass over what the lines above have buffered.
        said += process.stderr.read()
        stdout = process.stdout.read()
        process.wait(timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, stdout, said)


def encoder_is_there():
    cache = os.environ.get("WEND_CACHE", os.path.expanduser("~/.cache/wend"))
    folder = os.environ.get("WEND_ENCODER", f"{cache}/encoder/all-MiniLM-L6-v2")
    return os.path.exists(f"{folder}/model.safetensors")


def write_jsonl(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


TOPICS = {
    "arithmetic": "What is {a} times {b}? Show the product of {a} and {b}.",
    "cooking": "How long should I roast {a} potatoes with {b} cloves of garlic in the oven?",
    "python": "Write a Python function that returns every {a}th item of a list of length {b}.",
    "geography": "Which river flows past the town that lies {a} km north and {b} km east of Paris?",
}
MODELS = [("tiny", 0.1, 0.4), ("middle", 0.5, 2.0), ("great", 2.0, 8.0)]
# Chance of a right answer by topic and model: every topic has a model worth it.
RATES = {
    "arithmetic": [0.2, 0.9, 0.9],
    "cooking": [0.85, 0.85, 0.9],
    "python": [0.1, 0.3, 0.95],
    "geography": [0.3, 0.8, 0.5],
}


def make_collection(folder, per_topic=100, seed=7):
    """A small collection with four topics and three models; returns (queries, outcomes)."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    queries, outcomes = [], []
    for topic, template in TOPICS.items():
        for i in range(per_topic):
            query = {
                "id": f"{topic}-{i}",
                "dataset": f"set-{topic}",
                "task": topic,
                "prompt": template.format(a=chance.randint(2, 999), b=chance.randint(2, 999)),
                "reference": "x",
                "metric": "exact",
            }
            queries.append(query)
            for m, (model, price_in, price_out) in enumerate(MODELS):
                tokens_in, tokens_out = 20, chance.randint(20, 60)
                outcomes.append(
                    {
                        "query_id": query["id"],
                        "model": model,
                        "quality": float(chance.random() < RATES[topic][m]),
                        "input_tokens": tokens_in,
                        "output_tokens": tokens_out,
                        "cost": (tokens_in * price_in + tokens_out * price_out) / 1e6,
                    }
                )
    write_jsonl(folder / "queries.jsonl", queries)
    write_jsonl(folder / "outcomes.jsonl", outcomes)
    write_jsonl(
        folder / "models.jsonl",
        [
            {"id": m, "params_b": p * 10, "input_price_per_mtok": p, "output_price_per_mtok": o}
            for m, p, o in MODELS
        ],
    )
    return queries, outcomes


def split_fraction(seed, text):
    """spec: the first 8 bytes of SHA-256(decimal seed, NUL, normalised text) as a fraction in [0, 1)."""
    normalised = " ".join(unicodedata.normalize("NFC", text).split())
    digest = hashlib.sha256(str(seed).encode() + b"\0" + normalised.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
