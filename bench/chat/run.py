#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A concrete model's name through `wend serve`, beside an nginx proxy and beside no proxy, in turns in one run.

    python3 bench/chat/run.py [--wend build/release/bin/wend] [--rounds 7] [--seconds 5] [--out bench/results/chat.json]

Needs Debian's packages wrk and nginx-light. An nginx answers every chat with the same 600 bytes at once; wrk posts a chat of
330 bytes over 32 connections, for the requests a second, and over one, for the latency. Answers are compared byte by byte
before any clock runs, and a request that fails ends the run. Both proxies keep their connections to the upstream and have as
many threads; a round is one turn of each, ratios are taken within a round, and their median is told with the least and the
greatest. The processor time of a proxy for each request is told too: it hardly depends on what else runs.
"""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import urllib.request

import servers

LUA = pathlib.Path(__file__).with_name("post.lua")
REQUEST_BYTES, ANSWER_BYTES = 330, 600


def padded(make, size):
    """JSON of exactly that many bytes: `make` is given the text that fills it up."""
    missing = size - len(json.dumps(make("")))
    words = "the quick brown fox jumps over the lazy dog and "
    return json.dumps(make((words * (missing // len(words) + 1))[:missing]))


def request_body():
    return padded(lambda text: {"model": "bench", "temperature": 0.7, "max_tokens": 256, "messages": [
        {"role": "system", "content": "You are a helpful assistant."}, {"role": "user", "content": text}]}, REQUEST_BYTES)


def answer_body():
    return padded(lambda text: {
        "id": "chatcmpl-0123456789", "object": "chat.completion", "created": 1700000000, "model": "bench",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 64, "completion_tokens": 80, "total_tokens": 144}}, ANSWER_BYTES)


def check(port, answer):
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    request = urllib.request.Request(url, request_body().encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        if reply.status != 200 or reply.read().decode() != answer:
            sys.exit(f"port {port}: not the answer that was expected; nothing to measure")


def load(port, pids, connections, seconds, body_file):
    """One turn of wrk."""
    before = servers.processor_seconds(pids)
    done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(LUA), f"http://127.0.0.1:{port}",
                           "--", body_file], capture_output=True, text=True, check=True)
    spent = servers.processor_seconds(pids) - before
    counts = json.loads(done.stdout.strip().splitlines()[-1])
    if counts["failed"] or not counts["requests"]:
        sys.exit(f"port {port}: {counts['failed']} of {counts['requests']} requests failed")
    return {"per_s": counts["requests"] / counts["seconds"], "p50_us": counts["p50_us"], "p99_us": counts["p99_us"],
            "cpu_us": 1e6 * spent / counts["requests"]}


def spread(values, digits):
    return {"median": round(statistics.median(values), digits), "least": round(min(values), digits),
            "greatest": round(max(values), digits)}


def of(rows, name, key):
    return [row[name][key] for row in rows]


def throughput(rows):
    result = {f"{name}_per_s": round(statistics.median(of(rows, name, "per_s"))) for name in rows[0]}
    for name in ("nginx", "wend"):
        result[f"{name}_cpu_us"] = round(statistics.median(of(rows, name, "cpu_us")), 1)
    result["wend_to_nginx"] = spread([row["wend"]["per_s"] / row["nginx"]["per_s"] for row in rows], 3)
    result["cpu_wend_to_nginx"] = spread([row["wend"]["cpu_us"] / row["nginx"]["cpu_us"] for row in rows], 3)
    return result


def latency(rows):
    result = {f"{name}_{key}": round(statistics.median(of(rows, name, key)))
              for name in rows[0] for key in ("p50_us", "p99_us")}
    for name in ("nginx", "wend"):
        for key in ("p50_us", "p99_us"):
            result[f"{name}_added_{key}"] = spread([row[name][key] - row["direct"][key] for row in rows], 0)
    return result


def measure(contenders, connections, options, body_file):
    names, rows = list(contenders), []
    for turn in range(options.rounds):
        order = names[turn % len(names):] + names[:turn % len(names)]
        row = {name: load(contenders[name].port, contenders[name].pids(), connections, options.seconds, body_file)
               for name in order}
        rows.append({name: row[name] for name in names})
        print(f"c={connections} {turn + 1}/{options.rounds}: "
              + ", ".join(f"{name} {row[name]['per_s']:.0f}/s p99 {row[name]['p99_us']:.0f} us" for name in names),
              file=sys.stderr)
    return rows


def compare(threads, options, scratch):
    """Both proxies with so many threads."""
    folder = pathlib.Path(scratch, str(threads))
    folder.mkdir()
    body_file, answer = folder / "body.json", answer_body()
    body_file.write_text(request_body())
    with contextlib.ExitStack() as stack:
        upstream = stack.enter_context(servers.Nginx(folder, "upstream", servers.answering(answer)))
        rival = stack.enter_context(servers.Nginx(folder, "proxy", servers.proxying(upstream.port), threads))
        wend = stack.enter_context(servers.Wend(options.wend, folder, upstream.port, threads))
        contenders = {"direct": upstream, "nginx": rival, "wend": wend}
        for contender in contenders.values():
            check(contender.port, answer)
        return {"threads": threads, "c=32": throughput(measure(contenders, 32, options, body_file)),
                "c=1": latency(measure(contenders, 1, options, body_file))}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wend", default="build/release/bin/wend")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--out")
    options = parser.parse_args()
    servers.expect_programs("wrk", "nginx")
    with tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o755)  # nginx's workers give up their rights.
        report = {**servers.about_this_run(), "rounds": options.rounds, "seconds": options.seconds,
                  "request_bytes": REQUEST_BYTES, "answer_bytes": ANSWER_BYTES,
                  "runs": [compare(threads, options, scratch) for threads in options.threads]}
    printed = json.dumps(report, indent=1)
    print(printed)
    if options.out:
        pathlib.Path(options.out).write_text(printed + "\n")


if __name__ == "__main__":
    main()
