#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a routed chat of 32 tokens costs beside the encoder's own time, on one core.

    python3 bench/chat/routed.py [--build build/release] [--artifact DIR] [--rounds 7] [--out bench/results/chat_routed.json]

Needs Debian's packages wrk and nginx-light, and the encoder. Without an artifact one is trained on tests/support/world.py's
little world (needs wend-train in the build). `wend serve` is held to the first core with one I/O thread and one inference
thread. Each of many prompts is asked in turn with the encoder alone (bench_embed: one text of 32 ids, in a process that has
been idle as long, on the same core), so that whatever slows the machine slows both. Told are, as medians over the prompts:

  beside the encoder    x-wend-overhead-us (from the request read to the upstream asked) less the encoder's time at that moment
  around the decision   the same less overhead_us of its decision record (text to decision, on the inference thread): parsing,
                        the queue, the way between the threads

and, as a check from outside, wrk's p50 over one connection: direct, under the model's own name, and routed.
"""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import random
import statistics
import struct
import subprocess
import sys
import tempfile

import run
import servers

LIMIT_US = 300
IDS = 32
WORDS = "the model routes every prompt to whoever answers it well and soon while river stone light paper".split()


def prompt(number):
    """Of 32 ids: the words are one piece each."""
    return " ".join(WORDS[(number * 7 + j * j) % len(WORDS)] for j in range(IDS - 2))


def encoder_folder():
    cache = os.environ.get("WEND_CACHE", str(pathlib.Path.home() / ".cache" / "wend"))
    return os.environ.get("WEND_ENCODER", f"{cache}/encoder/all-MiniLM-L6-v2")


class Encoder:
    """bench_embed, which waits for its turns."""

    def __init__(self, build, scratch):
        ids = random.Random(7)
        text = [101, *(ids.randrange(1000, 30522) for _ in range(IDS - 2)), 102]
        file = pathlib.Path(scratch, "ids")
        file.write_bytes(struct.pack(f"<{IDS + 1}I", IDS, *text))
        self.command = ["taskset", "-c", "0", str(pathlib.Path(build, "bin", "bench_embed")), encoder_folder(), str(file), "time"]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def us(self):
        self.process.stdin.write("single\n")
        self.process.stdin.flush()
        return 1e6 * float(self.process.stdout.readline())


def trained(scratch, router):
    """An artifact of the tests' little world."""
    import world

    home = pathlib.Path(scratch)
    world.make_collection(home / "world", world.pool())
    world.wend_json("import", "world", cwd=home)
    world.wend_json("train", "--router", router, "--dataset", "world", "--out", "artifact", cwd=home)
    return home / "artifact"


def models_of(artifact):
    manifest = json.loads((pathlib.Path(artifact) / "manifest.json").read_text())
    return [model["id"] for model in manifest["models"]]


def serving(options, artifact, scratch, upstream_port):
    more = {"models": [{"id": model, "upstream": "up"} for model in models_of(artifact)],
            "router": {"artifact": str(artifact)}, "store": f"{scratch}/wend.db",
            "serve": {"threads": 1, "inference_threads": 1}}
    wend = servers.Wend(pathlib.Path(options.build, "bin", "wend"), scratch, upstream_port, 1, **more)
    wend.command = ["taskset", "-c", "0", *wend.command]
    return wend


def chat(model, text):
    return json.dumps({"model": model, "messages": [{"role": "user", "content": text}]})


def ask(connection, number):
    """(x-wend-overhead-us, overhead_us of the decision record) of one prompt."""
    connection.request("POST", "/v1/chat/completions", chat("auto", prompt(number)), {"Content-Type": "application/json"})
    reply = connection.getresponse()
    reply.read()
    if reply.status != 200:
        sys.exit(f"status {reply.status}: nothing to measure")
    connection.request("GET", f"/v1/decisions/{reply.headers['x-wend-decision']}")
    record = json.loads(connection.getresponse().read())
    return float(reply.headers["x-wend-overhead-us"]), record["overhead_us"]


def in_turns(port, encoder, count):
    """Of each prompt: what ask() tells, and the encoder's time after it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    rows = [(*ask(connection, number), encoder.us()) for number in range(count + 10)]
    return rows[10:]  # The first find nothing warm.


def turns(contenders, options, scratch):
    """In each round every contender's p50, in microseconds."""
    rows = []
    for _ in range(options.rounds):
        row = {}
        for name, (server, body) in contenders.items():
            file = pathlib.Path(scratch, f"{name}.json")
            file.write_text(body)
            row[name] = run.load(server.port, server.pids(), 1, options.seconds, str(file))["p50_us"]
        rows.append(row)
    return rows


def measure(options, artifact, scratch):
    with contextlib.ExitStack() as stack:
        upstream = stack.enter_context(servers.Nginx(scratch, "upstream", servers.answering(run.answer_body())))
        wend = stack.enter_context(serving(options, artifact, scratch, upstream.port))
        encoder = stack.enter_context(Encoder(options.build, scratch))
        pairs = in_turns(wend.port, encoder, options.prompts)
        named = chat(models_of(artifact)[0], prompt(0))
        contenders = {"direct": (upstream, named), "named": (wend, named), "auto": (wend, chat("auto", prompt(0)))}
        return report(pairs, turns(contenders, options, scratch))


def percentiles(values):
    ordered = sorted(values)
    return {f"p{part}": round(ordered[int(part / 100 * (len(ordered) - 1))]) for part in (10, 50, 90, 99)}


def report(pairs, rows):
    return {
        "ids": IDS,
        "prompts": len(pairs),
        "limit_p50_us": LIMIT_US,
        "beside_the_encoder_us": percentiles(whole - encoder for whole, _, encoder in pairs),
        "around_the_decision_us": percentiles(whole - decision for whole, decision, _ in pairs),
        "overhead_header_us": percentiles(whole for whole, _, _ in pairs),
        "encoder_us": percentiles(encoder for _, _, encoder in pairs),
        "wrk_p50_us": {name: round(statistics.median(row[name] for row in rows)) for name in rows[0]},
        "named_less_direct_us": run.spread([row["named"] - row["direct"] for row in rows], 0),
        "auto_less_named_us": run.spread([row["auto"] - row["named"] for row in rows], 0),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--artifact")
    parser.add_argument("--router", default="knn", help="what is trained where no artifact is named")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--prompts", type=int, default=300)
    parser.add_argument("--out")
    options = parser.parse_args()
    os.environ["WEND_BINARY"] = str(pathlib.Path(options.build, "bin", "wend").resolve())
    servers.expect_programs("wrk", "nginx", "taskset")
    with tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o755)  # nginx's workers give up their rights.
        about = servers.about_this_run()
        artifact = pathlib.Path(options.artifact).resolve() if options.artifact else trained(scratch, options.router)
        result = {**about, "router": options.artifact or options.router, **measure(options, artifact, scratch)}
    printed = json.dumps(result, indent=1)
    print(printed)
    if options.out:
        pathlib.Path(options.out).write_text(printed + "\n")


if __name__ == "__main__":
    main()
