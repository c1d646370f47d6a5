#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a routed chat of 32 tokens costs beside the encoder's own time, on one core.

    python3 bench/chat/routed.py [--wend build/release/bin/wend] [--artifact DIR] [--rounds 7] [--out bench/results/chat_routed.json]

Without an artifact one is trained on tests/support/world.py's little world (needs libexec/wend-train beside wend).
`wend serve` is held to the first core with one I/O thread and one inference thread; wrk and the upstream have the others. The
time beside the encoder is the sum of two differences:

  around the decision   for each of many prompts, x-wend-overhead-us (the request read to the upstream asked) less the
                        overhead_us of its decision record (text to decision, on the inference thread): parse, queue, hop
  within the decision   `wend route` less `wend embed` for each prompt of the same lines (bench/route/run.py): scores, policy

As a check on both, wrk's p50 of the same prompt as `auto` and under the model's own name, with the encoder in between.
"""

import argparse
import contextlib
import http.client
import importlib.util
import json
import os
import pathlib
import statistics
import sys
import tempfile

import run
import servers

LIMIT_US = 300
IDS = 32


def load_route_bench():
    """bench/route/run.py, whose name is taken."""
    spec = importlib.util.spec_from_file_location("route_bench", pathlib.Path(__file__).parents[1] / "route" / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
    wend = servers.Wend(options.wend, scratch, upstream_port, 1, **more)
    wend.command = ["taskset", "-c", "0", *wend.command]
    return wend


def chat(model, prompt):
    return json.dumps({"model": model, "messages": [{"role": "user", "content": prompt}]})


def around_the_decision(port, prompts):
    """Of each prompt: (x-wend-overhead-us, overhead_us of its record)."""
    connection, rows = http.client.HTTPConnection("127.0.0.1", port, timeout=60), []
    for prompt in prompts:
        connection.request("POST", "/v1/chat/completions", chat("auto", prompt), {"Content-Type": "application/json"})
        reply = connection.getresponse()
        reply.read()
        if reply.status != 200:
            sys.exit(f"status {reply.status}: nothing to measure")
        whole, decision = float(reply.headers["x-wend-overhead-us"]), reply.headers["x-wend-decision"]
        connection.request("GET", f"/v1/decisions/{decision}")
        record = json.loads(connection.getresponse().read())
        rows.append((whole, record["overhead_us"]))
    return rows


def turns(contenders, options, scratch):
    """wrk's p50 over one connection of each (port, pids, body) in turns."""
    rows = {name: [] for name in contenders}
    for _ in range(options.rounds):
        for name, (server, body) in contenders.items():
            file = pathlib.Path(scratch, f"{name}.json")
            file.write_text(body)
            rows[name].append(run.load(server.port, server.pids(), 1, options.seconds, str(file))["p50_us"])
    return rows


def measure(options, artifact, scratch):
    route_bench = load_route_bench()
    prompts = [json.loads(line)["prompt"] for line in route_bench.prompts(options.prompts, IDS).decode().splitlines()]
    with contextlib.ExitStack() as stack:
        upstream = stack.enter_context(servers.Nginx(scratch, "upstream", servers.answering(run.answer_body())))
        wend = stack.enter_context(serving(options, artifact, scratch, upstream.port))
        around = around_the_decision(wend.port, prompts)[10:]  # The first find nothing warm.
        name = models_of(artifact)[0]
        p50 = turns({"direct": (upstream, chat(name, prompts[0])), "named": (wend, chat(name, prompts[0])),
                     "auto": (wend, chat("auto", prompts[0]))}, options, scratch)
    command = ["taskset", "-c", "0", options.wend]
    within = route_bench.paired([*command, "route", "--artifact", str(artifact), "--in", "-", "--threads", "1"],
                                [*command, "embed", "--in", "-", "--out", f"{scratch}/v.npy", "--quiet", "--threads", "1"],
                                IDS, options.lines, options.rounds, 1)
    return report(around, within, p50)


def report(around, within, p50):
    around_us = statistics.median(whole - decision for whole, decision in around)
    within_us = 1000 * (within["route_ms"] - within["embed_ms"])
    return {
        "ids": IDS,
        "beside_the_encoder_us": round(around_us + within_us),
        "limit_us": LIMIT_US,
        "around_the_decision_us": round(around_us),
        "around_the_decision_p99_us": round(sorted(w - d for w, d in around)[int(0.99 * (len(around) - 1))]),
        "within_the_decision_us": round(within_us),
        "overhead_header_us": round(statistics.median(whole for whole, _ in around)),
        "decision_us": round(statistics.median(decision for _, decision in around)),
        "route_and_embed": within,
        "wrk_p50_us": {name: round(statistics.median(values)) for name, values in p50.items()},
        "auto_less_named_us": run.spread([a - n for a, n in zip(p50["auto"], p50["named"])], 0),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wend", default="build/release/bin/wend")
    parser.add_argument("--artifact")
    parser.add_argument("--router", default="knn", help="what is trained where no artifact is named")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--prompts", type=int, default=300)
    parser.add_argument("--lines", type=int, default=500)
    parser.add_argument("--out")
    options = parser.parse_args()
    options.wend = os.environ["WEND_BINARY"] = str(pathlib.Path(options.wend).resolve())
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
