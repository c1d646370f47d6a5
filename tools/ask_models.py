#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks the local models every question of the starter pack and makes its outcomes from their replies.

    tools/fetch_models.sh && nice -n 10 tools/ask_models.py     ask what is not in the ledger yet, then write the files
    tools/ask_models.py --write-only                            no model needed: the files from the ledger as it is

Each model runs in a llama.cpp server of its own on a free loopback port and gets the questions one at a time, greedily,
at most 160 new tokens. All models go through them in the same order, one of each kind first, so that the replies to a
run that was stopped are of use. Each reply goes at once into a ledger in the cache; it starts from
starter/replies.jsonl.zst, so that a fresh checkout asks nothing again. One thread a model, so that a busy machine does
not keep one thread waiting for another.
Written: starter/replies.jsonl.zst (the raw replies) and, scored from them, starter/outcomes.jsonl; printed: the table of
starter/README.md.
"""

import argparse
import concurrent.futures
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

from starter_lib import accuracy, files, ledger, scoring

SERVER = "llama.cpp-11434.0.0/build/bin/llama-server"
START_SECONDS = 120
CALL_SECONDS = 600


class Server:
    """A llama.cpp server with one model, alive inside a `with` block."""

    def __init__(self, model, threads):
        """Starts the process; `wait_until_ready` tells when it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [files.cache_dir() / SERVER, "-m", files.cache_dir() / "models" / f"{model}.gguf",
                   "--host", "127.0.0.1", "--port", str(self.port), "-t", str(threads), "-c", "4096",
                   "--parallel", "1", "--no-webui"]
        self.model = model
        # A session of its own: Ctrl-C reaches us alone, and the call under way is still answered.
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def url(self, path):
        """An address of this server."""
        return f"http://127.0.0.1:{self.port}{path}"

    def wait_until_ready(self):
        """Returns when /health says ok; a process that ended or took too long is a RuntimeError."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"llama-server for {self.model} ended with status {self.process.returncode}")
            try:
                with urllib.request.urlopen(self.url("/health"), timeout=5):
                    return
            except OSError:
                time.sleep(0.3)
        raise RuntimeError(f"llama-server for {self.model} was not ready after {START_SECONDS} s")

    def chat(self, messages):
        """The parsed answer to one chat request and the seconds it took."""
        body = ledger.compact_json({"messages": messages, **ledger.PARAMETERS}).encode()
        request = urllib.request.Request(self.url("/v1/chat/completions"), body, {"Content-Type": "application/json"})
        started = time.monotonic()
        with urllib.request.urlopen(request, timeout=CALL_SECONDS) as response:
            answer = json.load(response)
        return answer, time.monotonic() - started


def say(text):
    """A line of progress."""
    print(f"ask_models: {text}", file=sys.stderr, flush=True)


def call_cost(model, input_tokens, output_tokens):
    """The price of a call by the (made-up) price list of models.jsonl."""
    micro = input_tokens * model["input_price_per_mtok"] + output_tokens * model["output_price_per_mtok"]
    return round(micro / 1e6, 12)


def reply_row(query, model, messages, answer, seconds):
    """A ledger row from a server's answer."""
    choice, usage = answer["choices"][0], answer["usage"]
    return {
        "id": ledger.reply_key(messages, model["id"]),
        "query_id": query["id"],
        "prompt_sha256": ledger.sha256_hex(ledger.compact_json(messages)),
        "model": model["id"],
        "parameters": ledger.PARAMETERS,
        "draw": ledger.DRAW,
        "reply": choice["message"]["content"],
        "finish_reason": choice["finish_reason"],
        "input_tokens": usage["prompt_tokens"],
        "output_tokens": usage["completion_tokens"],
        "cost": call_cost(model, usage["prompt_tokens"], usage["completion_tokens"]),
        "latency_s": round(seconds, 3),
    }


def spread(queries):
    """The queries with all kinds early: first one of each task and level, then the next of each, ..."""
    seen, keyed = {}, []
    for place, query in enumerate(queries):
        leaf = query["id"].rpartition(".")[0]
        seen[leaf] = seen.get(leaf, 0) + 1
        keyed.append((seen[leaf], place, query))
    return [query for _, _, query in sorted(keyed, key=lambda item: item[:2])]


def open_questions(queries, model, template, book):
    """The (query, messages) that the ledger has no reply of this model to, in the order of asking."""
    rendered = ((query, ledger.messages_for(template, query)) for query in spread(queries))
    return [(query, messages) for query, messages in rendered
            if ledger.reply_key(messages, model["id"]) not in book.rows]


def ask_one_model(model, questions, book, threads, stopping):
    """Asks one model its questions in turn; a call that fails is reported and left open for the next run."""
    if not questions:
        return
    with Server(model["id"], threads) as server:
        server.wait_until_ready()
        started = time.monotonic()
        for done, (query, messages) in enumerate(questions, 1):
            if stopping.is_set():
                return
            try:
                answer, seconds = server.chat(messages)
            except OSError as error:
                say(f"{model['id']} failed on {query['id']}: {error}")
                continue
            book.append(reply_row(query, model, messages, answer, seconds))
            if done % 50 == 0 or done == len(questions):
                left = (time.monotonic() - started) / done * (len(questions) - done)
                say(f"{model['id']}: {done}/{len(questions)} asked, about {left / 60:.0f} min left")


def ask(queries, models, template, book, threads):
    """Asks all models side by side, each at its own pace; the first error of one is raised when all have ended.

    SIGINT and SIGTERM end it after the calls under way.
    """
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with concurrent.futures.ThreadPoolExecutor(len(models)) as pool:
        runs = [pool.submit(ask_one_model, model, open_questions(queries, model, template, book), book, threads,
                            stopping) for model in models]
    for run in runs:
        run.result()


def outcome_row(query, reply):
    """The scored outcome of a reply."""
    return {
        "query_id": query["id"], "model": reply["model"], "draw": reply["draw"],
        "quality": scoring.score(query, reply["reply"]), "status": "ok",
        "input_tokens": reply["input_tokens"], "output_tokens": reply["output_tokens"],
        "cost": reply["cost"], "latency_s": reply["latency_s"], "reply_id": reply["id"],
    }


def write_results(queries, models, template, book):
    """Writes replies and outcomes of every cell that the ledger has; returns the outcomes."""
    replies, outcomes = [], []
    for query in queries:
        messages = ledger.messages_for(template, query)
        for model in models:
            reply = book.rows.get(ledger.reply_key(messages, model["id"]))
            if reply is not None:
                replies.append(reply)
                outcomes.append(outcome_row(query, reply))
    files.write_jsonl(files.STARTER / "replies.jsonl.zst", replies)
    files.write_jsonl(files.STARTER / "outcomes.jsonl", outcomes)
    return outcomes


def open_ledger():
    """The ledger in the cache, with the committed replies taken in."""
    book = ledger.Ledger(files.cache_dir() / "starter_replies.jsonl")
    committed = files.STARTER / "replies.jsonl.zst"
    for row in files.read_jsonl(committed) if committed.exists() else []:
        if row["id"] not in book.rows:
            book.append(row)
    return book


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write-only", action="store_true", help="ask nothing, write the files from the ledger")
    parser.add_argument("--threads", type=int, default=1, help="threads of each server (default 1)")
    return parser.parse_args()


def main():
    """Asks, then writes."""
    arguments = parse_arguments()
    template = files.TEMPLATE.read_text(encoding="utf-8")
    queries = files.read_jsonl(files.STARTER / "queries.jsonl")
    models = files.read_jsonl(files.STARTER / "models.jsonl")
    book = open_ledger()
    if not arguments.write_only:
        ask(queries, models, template, book, arguments.threads)
    outcomes = write_results(queries, models, template, book)
    say(f"wrote {len(outcomes)} outcomes; {len(queries) * len(models) - len(outcomes)} cells missing")
    print(accuracy.markdown_table(queries, outcomes, [model["id"] for model in models]))


if __name__ == "__main__":
    main()
