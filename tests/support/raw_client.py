# SPDX-License-Identifier: Apache-2.0
"""A client of plain sockets: it sends exactly the bytes it is given and keeps exactly those it gets, with the time of each."""

import asyncio
import dataclasses
import json
import socket
import struct
import time

from http_bytes import BodyReader, Message, request, split_head


class TooShort(Exception):
    """The connection ended inside a message."""


@dataclasses.dataclass
class Answer(Message):
    """A response with what a client sees of its end: `ended` is whole, cut (FIN too early) or reset."""

    ended: str = "whole"
    began_at: float = 0.0  # The first byte.
    ended_at: float = 0.0
    raw: bytes = b""


class RawClient:
    """One connection. Every wait ends after `patience` seconds with asyncio.TimeoutError."""

    def __init__(self, port, patience=30.0, host="127.0.0.1"):
        self.address = (host, port)
        self.patience = patience
        self.buffer = bytearray()

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection(*self.address, limit=1 << 20)
        return self

    async def __aexit__(self, *_):
        self.writer.close()

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    def half_close(self):
        self.writer.write_eof()

    def reset(self):
        """Ends the connection with RST."""
        found = self.writer.get_extra_info("socket")
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def more(self):
        """The next bytes as they arrive, put into the buffer too; b'' at the end. ConnectionResetError as it comes."""
        data = await asyncio.wait_for(self.reader.read(65536), self.patience)
        self.buffer += data
        return data

    async def head(self):
        """The head of the next response: (status line, headers)."""
        while b"\r\n\r\n" not in self.buffer:
            if not await self.more():
                raise TooShort(bytes(self.buffer))
        raw, _, rest = bytes(self.buffer).partition(b"\r\n\r\n")
        self.buffer[:] = rest
        return split_head(raw)

    async def answer(self, is_head_only=False):
        """The next whole response, or as much of it as came; interim ones (100 Continue) are passed over."""
        first_line, headers = await self.head()
        while first_line.split(" ")[1].startswith("1"):
            first_line, headers = await self.head()
        found = Answer(first_line, headers, b"", began_at=time.monotonic())
        reader = BodyReader(headers, default_length=None)
        if is_head_only or found.status in (204, 304):
            reader.done = True
        try:
            while True:
                reader.feed(self.buffer)
                if reader.done:
                    break
                if not await self.more():
                    found.complete = reader.length is None and not reader.chunked
                    found.ended = "whole" if found.complete else "cut"
                    break
        except ConnectionResetError:
            found.complete, found.ended = False, "reset"
        found.body, found.raw, found.ended_at = bytes(reader.decoded), bytes(reader.raw), time.monotonic()
        return found

    async def is_closed(self, seconds=2.0):
        """Whether the peer ends the connection within that time, without further bytes."""
        try:
            return await asyncio.wait_for(self.reader.read(1), seconds) == b""
        except ConnectionResetError:
            return True
        except asyncio.TimeoutError:
            return False


async def post(port, target, body, headers=(), patience=30.0):
    """One request on a connection of its own; body: bytes, or what becomes JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with RawClient(port, patience) as client:
        await client.send(request("POST", target, data, [("Content-Type", "application/json"), *headers]))
        return await client.answer()


async def get(port, target, headers=()):
    """One GET on a connection of its own."""
    async with RawClient(port) as client:
        await client.send(request("GET", target, headers=headers))
        return await client.answer()
