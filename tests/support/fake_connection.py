# SPDX-License-Identifier: Apache-2.0
"""One connection to the scripted upstream: requests are read as they come, and answered step by step."""

import asyncio
import dataclasses
import json
import re
import socket
import struct
import time

import behaviours
from http_bytes import BodyReader, find, split_head

STALL_SECONDS = 120  # Nothing waits longer for a peer that never goes.
MARKER = re.compile(rb"@@([A-Za-z0-9_.-]+)@@")


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


class Ended(Exception):
    """This connection is over."""


class Connection(asyncio.Protocol):
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
        self.number = self.upstream.count_connection(self)
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
        except Ended:
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
        self.upstream.remember(request)
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
        for step in self.upstream.steps(request):
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
            raise Ended
        elif isinstance(step, behaviours.ResetAtNext):
            self.reset_at_next = True
        elif isinstance(step, behaviours.Reset):
            self._reset()
        else:
            raise Ended

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
            raise Ended

    async def _write(self, data, request):
        if self.transport.is_closing():
            raise Ended
        self.transport.write(data)
        await self.writable.wait()
        if self.transport.is_closing():
            raise Ended
        request.sent += len(data)

    def _reset(self):
        found = self.transport.get_extra_info("socket")
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()
        raise Ended
