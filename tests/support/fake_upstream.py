#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An OpenAI-compatible upstream that does what its script says, to the byte, and remembers everything it received.

    with FakeUpstream() as upstream:
        upstream.when("run-7", "status code=503", "answer text=fine")     # requests with @@run-7@@ in them: one after another
        upstream.when_model("slow", "answer after=2")
        ...
        upstream.received("run-7")[0].body

A request is answered by the first of these that has something to say: the queue of its marker (`@@marker@@` anywhere in the
body; its last line stays in force), the prompt itself (`[[do: status code=500]]`), the line of its model, the default line
(`answer`). Lines are those of behaviours.py. It runs on a thread of its own, so that tests may block or be asyncio alike.

`Idempotency-Key`: a key that was answered before gets the same bytes again and is billed once (unless keys are ignored).

As a program it prints its port; GET /fake/bill tells the bill, POST /fake/script {"marker": M, "lines": [...]} scripts it.
"""

import argparse
import asyncio
import collections
import contextlib
import dataclasses
import json
import re
import threading
import time

import behaviours
from fake_connection import Connection
from http_bytes import BodyReader, head, split_head

LAG_SECONDS = 0.005  # Between looks at how late this process is.
DO = re.compile(r"\[\[do: (.*?)\]\]")


@dataclasses.dataclass
class Bill:
    """What was charged."""

    calls: int = 0
    repeated: int = 0  # Answered again for a key that was known; nothing was charged.
    keys: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    without_key: int = 0


class Gate:
    """Lets a scripted answer go on, a byte a permit."""

    def __init__(self, loop):
        self._loop = loop
        self._permits = asyncio.Semaphore(0)

    async def take(self):
        await self._permits.acquire()

    def permit(self, count=1):
        """From any thread."""
        for _ in range(count):
            self._loop.call_soon_threadsafe(self._permits.release)


class FakeUpstream:
    """See the head of this file. Public methods may be called from any thread."""

    def __init__(self, tls=None, models=("small", "large"), honour_keys=True, port=0):
        self.tls = tls
        self.models = list(models)
        self.honour_keys = honour_keys
        self.default = "answer"
        self.bill = Bill()
        self.connections = 0
        self.resets_at_next = 0
        self.open_connections = set()
        self._wanted_port = port
        self._lock = threading.Lock()
        self._received = []
        self._queues = {}
        self._by_model = {}
        self._stored = {}
        self._gates = {}
        self._lags = collections.deque(maxlen=100_000)

    # Its life

    def __enter__(self):
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait(10)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self, ready):
        asyncio.set_event_loop(self._loop)
        listening = self._loop.create_server(lambda: Connection(self), "127.0.0.1", self._wanted_port, ssl=self.tls,
                                             backlog=1024)
        self._server = self._loop.run_until_complete(listening)
        self.port = self._server.sockets[0].getsockname()[1]
        self._loop.create_task(self._watch_lag())
        ready.set()
        self._loop.run_forever()
        self._server.close()
        for connection in list(self.open_connections):
            connection.transport.abort()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    def url(self, prefix=""):
        """Where its API begins; any prefix of a path leads to the same upstream."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}{prefix}/v1"

    # The script

    def when(self, marker, *lines, model=None):
        """Requests that carry the marker (and are for that model) are answered by these lines, one after another, the last for
        good."""
        for line in lines:
            behaviours.parse(line)
        with self._lock:
            self._queues[marker, model] = collections.deque(lines)

    def when_model(self, model, line):
        """Requests for that model, where their marker or prompt says nothing else."""
        behaviours.parse(line)
        with self._lock:
            self._by_model[model] = line

    def gate(self, marker):
        """What `gated=yes` waits for in requests of that marker."""
        with self._lock:
            return self._gates.setdefault(marker, Gate(self._loop))

    def _line(self, request, content):
        with self._lock:
            model = content.get("model")
            queue = self._queues.get((request.marker, model)) or self._queues.get((request.marker, None))
            if queue:
                return queue.popleft() if len(queue) > 1 else queue[0]
            said = DO.search(behaviours.prompt_of(content))
            return said.group(1) if said else self._by_model.get(model, self.default)

    # What came

    def received(self, marker=None):
        """The requests so far in the order of their heads, all or those of one marker."""
        with self._lock:
            return [r for r in self._received if marker is None or r.marker == marker]

    def wait_for(self, condition, seconds=5.0):
        """Blocks until condition(self) holds; its value."""
        until = time.monotonic() + seconds
        while not (found := condition(self)):
            if time.monotonic() > until:
                raise AssertionError(f"the upstream waited {seconds} s for what did not come")
            time.sleep(0.002)
        return found

    async def until(self, condition, seconds=5.0):
        """wait_for(), for a test that is asyncio."""
        until = time.monotonic() + seconds
        while not (found := condition(self)):
            if time.monotonic() > until:
                raise AssertionError(f"the upstream waited {seconds} s for what did not come")
            await asyncio.sleep(0.002)
        return found

    def lag(self, since):
        """By how much this process was kept from running at most, from that time on: what a limit must allow for."""
        with self._lock:
            return max((late for at, late in self._lags if at >= since), default=0.0)

    async def _watch_lag(self):
        while True:
            began = time.monotonic()
            await asyncio.sleep(LAG_SECONDS)
            with self._lock:
                self._lags.append((began + LAG_SECONDS, time.monotonic() - began - LAG_SECONDS))

    @staticmethod
    def body_of(request):
        """The decoded body of the answer to a request, as far as its script sends it."""
        raw = b"".join(step.data if isinstance(step, behaviours.Send) else b"".join(step.pieces)
                       for step in behaviours.steps(request.behaviour, request.json())
                       if isinstance(step, (behaviours.Send, behaviours.Gated)))
        head_bytes, _, rest = raw.partition(b"\r\n\r\n")
        reader = BodyReader(split_head(head_bytes)[1], default_length=None)
        with contextlib.suppress(ValueError):  # A chunk without a size.
            reader.feed(bytearray(rest))
        return bytes(reader.decoded)

    def raw_bytes(self):
        """Everything that was received, for a search."""
        with self._lock:
            return b"".join(r.head + r.body for r in self._received)

    def count_connection(self, connection):
        self.open_connections.add(connection)
        self.connections += 1
        return self.connections

    def remember(self, request):
        with self._lock:
            self._received.append(request)

    # Answers

    def steps(self, request):
        method, target = request.first_line.split(" ")[:2]
        path = target.partition("?")[0]
        if path.startswith("/fake/"):
            return self._control(path, request)
        if method == "GET":
            listed = {"object": "list", "data": [{"id": m, "object": "model", "owned_by": "fake"} for m in self.models]}
            return _json(200, listed if path.endswith("/models") else {"status": "ok"})
        try:
            content = json.loads(request.body)
        except ValueError:
            return _json(400, {"error": {"message": "no JSON", "type": "invalid_request_error"}})
        return self._billed(request, content if isinstance(content, dict) else {})

    def _billed(self, request, content):
        key = request.header("idempotency-key")
        with self._lock:
            if key in self._stored and self.honour_keys:
                self.bill.repeated += 1
                request.behaviour = "stored"
                return self._stored[key]
        line = request.behaviour = self._line(request, content)
        found = behaviours.steps(line, content)
        if behaviours.is_billed(line):
            with self._lock:
                self.bill.calls += 1
                self.bill.keys[key] += key is not None
                self.bill.without_key += key is None
                if key is not None:
                    self._stored[key] = found
        return found

    def _control(self, path, request):
        if path == "/fake/bill":
            bill = self.bill
            return _json(200, {"calls": bill.calls, "distinct": len([k for k in bill.keys if k]), "repeated": bill.repeated,
                               "without_key": bill.without_key, "requests": len(self._received)})
        wish = json.loads(request.body)
        if "marker" in wish:
            self.when(wish["marker"], *wish["lines"])
        elif "model" in wish:
            self.when_model(wish["model"], wish["lines"][0])
        else:
            self.default = wish["lines"][0]
        return _json(200, {})


def _json(code, value):
    body = json.dumps(value).encode()
    return [behaviours.Send(head(code, [("Content-Type", "application/json"), ("Content-Length", len(body))]) + body)]


def main():
    """Runs until it is stopped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--models", default="small,large")
    parser.add_argument("--default", default="answer", help="the line for requests that nothing else is said about")
    parser.add_argument("--ignore-keys", action="store_true", help="bill every call, whatever its Idempotency-Key")
    options = parser.parse_args()
    upstream = FakeUpstream(models=options.models.split(","), honour_keys=not options.ignore_keys, port=options.port)
    upstream.default = options.default
    with upstream:
        print(upstream.port, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
