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
import socket
import struct
import threading
import time

import behaviours
from http_bytes import BodyReader, find, head, split_head

STALL_SECONDS = 120  # Nothing waits longer for a peer that never goes.
LAG_SECONDS = 0.005  # Between looks at how late this process is.
MARKER = re.compile(rb"@@([A-Za-z0-9_.-]+)@@")
DO = re.compile(r"\[\[do: (.*?)\]\]")


@dataclasses.dataclass
class Received:
    """One request as it came, and what became of it. Times are of time.monotonic(); None: it did not come to that."""

    connection: int
    head: bytes
    body: bytes = b""
    began_at: float = 0.0
    complete_at: float = None
    answered_at: float = None
    peer_closed_at: float = None
    behaviour: str = None
    sent: int = 0  # Bytes that the kernel has taken.
    first_line: str = ""
    headers: list = dataclasses.field(default_factory=list)

    def header(self, name):
        return find(self.headers, name)

    def json(self):
        return json.loads(self.body)

    @property
    def marker(self):
        found = MARKER.search(self.body)
        return found.group(1).decode() if found else None


@dataclasses.dataclass
class Bill:
    """What was charged."""

    calls: int = 0
    repeated: int = 0  # Answered again for a key that was known; nothing was charged.
    keys: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    without_key: int = 0


class _Connection(asyncio.Protocol):
    """One connection: requests one after another, each answered before the next is read."""

    def __init__(self, upstream):
        self.upstream = upstream
        self.number = None
        self.buffer = bytearray()
        self.arrived = asyncio.Event()
        self.closed = asyncio.Event()
        self.writable = asyncio.Event()
        self.writable.set()
        self.current = None
        self.reset_at_next = False

    def connection_made(self, transport):
        self.transport = transport
        # Nothing is written ahead of the kernel. (At 0 asyncio's TLS would pause for ever.)
        transport.set_write_buffer_limits(high=1)
        self.number = self.upstream._count_connection(self)
        self.task = asyncio.get_running_loop().create_task(self._serve())

    def data_received(self, data):
        self.buffer += data
        self.arrived.set()

    def eof_received(self):
        self._peer_closed()
        return not self.upstream.tls  # A half-closed TLS connection cannot be kept.

    def connection_lost(self, error):
        del error
        self._peer_closed()
        self.upstream.open_connections.discard(self)
        self.writable.set()

    def pause_writing(self):
        self.writable.clear()

    def resume_writing(self):
        self.writable.set()

    def _peer_closed(self):
        if not self.closed.is_set():
            self.closed.set()
            self.closed_at = time.monotonic()
            if self.current and self.current.peer_closed_at is None and self.current.answered_at is None:
                self.current.peer_closed_at = self.closed_at
        self.arrived.set()

    async def _more(self):
        """Waits for bytes; False when there will be none."""
        if self.closed.is_set():
            return False
        self.arrived.clear()
        await self.arrived.wait()
        return bool(self.buffer) or not self.closed.is_set()

    async def _serve(self):
        try:
            while (request := await self._read()) is not None:
                await self._answer(request)
                request.answered_at = time.monotonic()
        except _Ended:
            pass
        finally:
            self.transport.close()

    async def _read(self):
        while b"\r\n\r\n" not in self.buffer:
            if not await self._more():
                return None
        if self.reset_at_next:
            self.upstream.resets_at_next += 1
            self._reset()
        began = time.monotonic()
        raw, _, rest = bytes(self.buffer).partition(b"\r\n\r\n")
        self.buffer[:] = rest
        request = Received(connection=self.number, head=raw + b"\r\n\r\n", began_at=began)
        request.first_line, request.headers = split_head(raw)
        self.current = request
        self.upstream._remember(request)
        reader = BodyReader(request.headers)
        while True:
            reader.feed(self.buffer)
            request.body = bytes(reader.decoded)
            if reader.done:
                request.complete_at = time.monotonic()
                return request
            if not await self._more():
                return None

    async def _answer(self, request):
        for step in self.upstream._steps(request):
            await self._do(step, request)

    async def _do(self, step, request):
        if isinstance(step, behaviours.Send):
            await self._write(step.data, request)
        elif isinstance(step, behaviours.Wait):
            await self._wait(step.seconds)
        elif isinstance(step, behaviours.Gated):
            for piece in step.pieces:
                await self._unless_closed(self.upstream.gate(request.marker).take())
                await self._write(piece, request)
        elif isinstance(step, behaviours.Flood):
            while request.sent < step.limit:
                await self._write(step.data, request)
        elif isinstance(step, behaviours.Stall):
            await self._wait(STALL_SECONDS)
            raise _Ended
        elif isinstance(step, behaviours.ResetAtNext):
            self.reset_at_next = True
        elif isinstance(step, behaviours.Reset):
            self._reset()
        else:
            raise _Ended

    async def _wait(self, seconds):
        await self._unless_closed(asyncio.sleep(seconds))

    async def _unless_closed(self, awaitable):
        """Waits for it, unless the peer goes first."""
        wanted = asyncio.ensure_future(awaitable)
        gone = asyncio.ensure_future(self.closed.wait())
        await asyncio.wait((wanted, gone), return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if not wanted.done():
            wanted.cancel()
            raise _Ended

    async def _write(self, data, request):
        if self.transport.is_closing():
            raise _Ended
        self.transport.write(data)
        await self.writable.wait()
        if self.transport.is_closing():
            raise _Ended
        request.sent += len(data)

    def _reset(self):
        found = self.transport.get_extra_info("socket")
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()
        raise _Ended


class _Ended(Exception):
    """This connection is over."""


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
        listening = self._loop.create_server(lambda: _Connection(self), "127.0.0.1", self._wanted_port, ssl=self.tls,
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

    def _count_connection(self, connection):
        self.open_connections.add(connection)
        self.connections += 1
        return self.connections

    def _remember(self, request):
        with self._lock:
            self._received.append(request)

    # Answers

    def _steps(self, request):
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
