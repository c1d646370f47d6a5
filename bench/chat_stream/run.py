#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A thousand streams at once through `wend serve`, beside nginx without buffering and beside no proxy, in turns in one run.

    python3 bench/chat_stream/run.py [--build build/release] [--streams 1000] [--seconds 60] [--out bench/results/chat_stream.json]

Needs Debian's package nginx-light. The source (main_source.cc) sends 20 events of about 190 bytes a second on each stream,
numbered and stamped; the reader checks every byte of every event, that none is missing and none comes before its turn, and
tells how long they were under way. What a proxy adds is the difference to the way without one. The resident memory of `wend
serve` is looked at twice a second and compared with what it was before the first stream.
"""

import argparse
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "chat"))

import servers  # noqa: E402

PER_SECOND = 20
SLACK_SECONDS = 30  # To begin all streams and to end them.
LIMIT_MIB = 64
UNBUFFERED = "proxy_buffering off;"


class Source:
    def __init__(self, program, events):
        self.command = [program, "source", str(events), str(PER_SECOND)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def pids(self):
        return [self.process.pid]


class MemoryWatch:
    """The most resident memory of a process inside a `with` block, in MiB above what it was at its begin."""

    def __init__(self, wend):
        self.wend = wend
        self.over = threading.Event()

    def __enter__(self):
        self.idle = self.most = self.wend.resident_bytes()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def _watch(self):
        while not self.over.wait(0.5):
            self.most = max(self.most, self.wend.resident_bytes())

    def above_idle(self):
        return round((self.most - self.idle) / 2**20, 1)


def read(program, contender, options, events):
    before = servers.processor_seconds(contender.pids())
    done = subprocess.run([program, "read", str(contender.port), str(options.streams), str(events),
                           str(options.seconds + SLACK_SECONDS)], capture_output=True, text=True, check=True)
    row = json.loads(done.stdout)
    spent = servers.processor_seconds(contender.pids()) - before
    row["lost"] = options.streams * events - row["events"]
    row["cpu_us_per_event"] = round(1e6 * spent / max(1, row["events"]), 1)
    return row


def complete(row):
    return row["whole"] == row["streams"] and row["lost"] == row["out_of_order"] == 0


def measure(options, scratch):
    program, events = str(pathlib.Path(options.build, "bin", "bench_chat_stream")), options.seconds * PER_SECOND
    with contextlib.ExitStack() as stack:
        source = stack.enter_context(Source(program, events))
        rival = stack.enter_context(
            servers.Nginx(scratch, "proxy", servers.proxying(source.port, UNBUFFERED), options.threads))
        wend = stack.enter_context(servers.Wend(pathlib.Path(options.build, "bin", "wend"), scratch, source.port,
                                                options.threads))
        rows = {"direct": read(program, source, options, events), "nginx": read(program, rival, options, events)}
        with MemoryWatch(wend) as memory:
            rows["wend"] = read(program, wend, options, events)
        rows["wend"]["idle_mib"] = round(memory.idle / 2**20, 1)
        rows["wend"]["above_idle_mib"] = memory.above_idle()
    for name in ("nginx", "wend"):
        for key in ("p50_us", "p99_us"):
            rows[name][f"added_{key}"] = rows[name][key] - rows["direct"][key]
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out")
    options = parser.parse_args()
    servers.expect_programs("nginx")
    with tempfile.TemporaryDirectory() as scratch:
        os.chmod(scratch, 0o755)  # nginx's workers give up their rights.
        about = servers.about_this_run()
        rows = measure(options, scratch)
    report = {**about, "streams": options.streams, "events_per_second": PER_SECOND, "seconds": options.seconds,
              "threads": options.threads, "contenders": rows}
    printed = json.dumps(report, indent=1)
    print(printed)
    if options.out:
        pathlib.Path(options.out).write_text(printed + "\n")
    if not all(complete(row) for row in rows.values()) or rows["wend"]["above_idle_mib"] > LIMIT_MIB:
        sys.exit("a stream was not whole, or the memory went above its limit")


if __name__ == "__main__":
    main()
