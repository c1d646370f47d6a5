# SPDX-License-Identifier: Apache-2.0
"""A recorded upstream: it answers a request with what the real server answered to the same body, and knows when it is asked anything else.

A line of the file is an exchange: {"body": the request's, "answer": the reply's, both parsed}.
"""

import collections
import http.server
import json
import threading

from behaviours import recorded_bytes
from http_bytes import BodyReader, split_head


def exchange_of(recorded):
    """The line of what recorder.py kept of one exchange that was not streamed."""
    raw, _, rest = b"".join(map(recorded_bytes, recorded["answer"])).partition(b"\r\n\r\n")
    _, headers = split_head(raw)
    reader = BodyReader(headers, None)
    reader.feed(bytearray(rest))
    answer = json.loads(reader.decoded)
    return {"body": json.loads(recorded["body"]), "answer": {key: answer[key] for key in ("choices", "usage")}}


def key_of(body):
    """What tells requests apart, whatever the order of their keys."""
    return json.dumps(body, sort_keys=True)


class Replayed:
    """Listens on a free port inside a `with` block. `unknown` are the bodies that were never recorded, `left` counts exchanges not used."""

    def __init__(self, rows):
        self._answers = collections.defaultdict(collections.deque)
        for row in rows:
            self._answers[key_of(row["body"])].append(row["answer"])
        self.unknown = []
        self._lock = threading.Lock()

    @property
    def left(self):
        return sum(map(len, self._answers.values()))

    def answer(self, body):
        """The next answer to that body, or None."""
        with self._lock:
            answers = self._answers.get(key_of(body))
            if answers:
                return answers.popleft()
            self.unknown.append(body)
            return None

    def __enter__(self):
        replayed = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """One request."""

            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                answer = replayed.answer(body)
                text = json.dumps(answer or {"error": {"message": "this request was never recorded"}}).encode()
                self.send_response(200 if answer else 400)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)
