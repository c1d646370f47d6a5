# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 as bytes, for both ends of a test: what was received is kept as it came, what is sent is written by hand."""

import dataclasses
import json


def split_head(raw):
    """The head of a message: (first line, [(name, value), ...]), all text."""
    lines = raw.decode("latin-1").split("\r\n")
    pairs = [line.partition(":") for line in lines[1:] if line]
    return lines[0], [(name, value.strip()) for name, _, value in pairs]


def find(headers, name):
    """The first value of that name, or None."""
    return next((value for key, value in headers if key.lower() == name.lower()), None)


class BodyReader:
    """Takes the body of one message from a growing buffer. `length` is None for a body that ends with the connection."""

    def __init__(self, headers, default_length=0):
        self.chunked = (find(headers, "transfer-encoding") or "").lower() == "chunked"
        length = find(headers, "content-length")
        self.length = int(length) if length is not None else default_length
        self.decoded = bytearray()
        self.raw = bytearray()
        self.done = not self.chunked and self.length == 0
        self._chunk = None

    def feed(self, buffer):
        """Removes what belongs to the body from the bytearray `buffer`."""
        before = len(self.decoded)
        while not self.done and self._step(buffer):
            pass
        return bytes(self.decoded[before:])

    def _take(self, buffer, count):
        taken = bytes(buffer[:count])
        del buffer[:count]
        self.raw += taken
        return taken

    def _step(self, buffer):
        if not buffer:
            return False
        if not self.chunked:
            wanted = len(buffer) if self.length is None else self.length - len(self.decoded)
            self.decoded += self._take(buffer, wanted)
            self.done = len(self.decoded) == self.length
            return not self.done
        if self._chunk:
            taken = self._take(buffer, self._chunk)
            self.decoded += taken
            self._chunk -= len(taken)
            return True
        return self._chunk_line(buffer)

    def _chunk_line(self, buffer):
        skip = 2 if self._chunk == 0 else 0  # The CRLF behind the chunk before.
        end = buffer.find(b"\r\n", skip)
        if end < 0:
            return False
        self._chunk = int(buffer[skip:end].split(b";")[0], 16)
        if self._chunk == 0:
            if len(buffer) < end + 4:
                self._chunk = 0 if skip else None
                return False
            self._take(buffer, end + 4)
            self.done = True
            return False
        self._take(buffer, end + 2)
        return True


@dataclasses.dataclass
class Message:
    """A whole message, or as much of it as came."""

    first_line: str
    headers: list
    body: bytes
    complete: bool = True

    @property
    def status(self):
        return int(self.first_line.split(" ")[1])

    def header(self, name):
        return find(self.headers, name)

    def json(self):
        return json.loads(self.body)


def head(status, headers, reason="Scripted"):
    """The head of a response as bytes."""
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def chunk(data):
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


LAST_CHUNK = b"0\r\n\r\n"


def request(method, target, body=b"", headers=(), host="test"):
    """A request with its length, as bytes."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in headers)]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def sse_data(body):
    """The data of each server-sent event in a body, in order."""
    events = bytes(body).decode("utf-8", "replace").replace("\r\n", "\n").split("\n\n")
    return [event[len("data: "):] for event in events if event.startswith("data: ")]
