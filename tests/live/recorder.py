# SPDX-License-Identifier: Apache-2.0
"""A wire between the proxy and a real upstream that keeps what passes: the request's bytes, and each piece of the answer as it came.

An exchange is a JSON file:
    {"name", "client": {"target", "body"}, "upstream": {"target", "body"}, "answer": [{"after": seconds, "text" | "base64": bytes}, ...]}
The client's request and the upstream's are kept without their heads' addresses: method and path, and the body to the byte. Pieces of
the answer hold its head and framing too; one that is no UTF-8 (a character cut in two) is base64.
"""

import asyncio
import base64
import json
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from http_bytes import BodyReader, split_head  # noqa: E402

READ_SECONDS = 300


def piece_to_json(after, data):
    """A piece of an answer as a file holds it."""
    try:
        return {"after": round(after, 4), "text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"after": round(after, 4), "base64": base64.b64encode(data).decode()}


async def read_message(reader, default_length, on_piece):
    """Reads one HTTP message, handing every piece on as it comes; (first line, headers, decoded body)."""
    buffer = bytearray()
    while b"\r\n\r\n" not in buffer:
        data = await asyncio.wait_for(reader.read(65536), READ_SECONDS)
        if not data:
            return None
        await on_piece(data)
        buffer += data
    raw, _, rest = bytes(buffer).partition(b"\r\n\r\n")
    first, headers = split_head(raw)
    body = BodyReader(headers, default_length)
    buffer[:] = rest
    body.feed(buffer)
    while not body.done:
        data = await asyncio.wait_for(reader.read(65536), READ_SECONDS)
        if not data:
            break
        await on_piece(data)
        buffer += data
        body.feed(buffer)
    return first, headers, bytes(body.decoded)


class Recorder:
    """Listens on a free port inside a `with` block; `exchanges` are those that are over, in their order."""

    def __init__(self, upstream_port):
        self.upstream_port = upstream_port
        self.exchanges = []

    def __enter__(self):
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        if not ready.wait(10):
            raise RuntimeError("the recorder does not listen")
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self, ready):
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        server.close()

    async def _serve(self, reader, writer):
        """The requests of one kept connection, each over a connection of its own to the real upstream."""
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, asyncio.TimeoutError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader, writer):
        """One request and its answer; whether there was one."""
        raw = bytearray()

        async def keep(data):
            raw.extend(data)

        request = await read_message(reader, 0, keep)
        if request is None:
            return False
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.upstream_port)
        up_writer.write(bytes(raw))
        pieces, last = [], time.monotonic()

        async def pass_on(data):
            nonlocal last
            now = time.monotonic()
            pieces.append(piece_to_json(now - last, data))
            last = now
            writer.write(data)
            await writer.drain()

        await read_message(up_reader, None, pass_on)
        up_writer.close()
        first, _, body = request
        self.exchanges.append({"target": first.rpartition(" ")[0], "body": body.decode(), "answer": pieces})
        return True


def load_exchange(path):
    """An exchange from its file."""
    return json.loads(path.read_text(encoding="utf-8"))


def save_exchange(path, exchange):
    """One piece a line, so that a person can read it."""
    head = {key: value for key, value in exchange.items() if key != "answer"}
    pieces = ",\n  ".join(json.dumps(piece, ensure_ascii=False) for piece in exchange["answer"])
    text = json.dumps(head, ensure_ascii=False, indent=1)[:-2] + f',\n "answer": [\n  {pieces}\n ]\n}}\n'
    json.loads(text)
    path.write_text(text, encoding="utf-8")
