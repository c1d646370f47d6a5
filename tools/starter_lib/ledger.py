# SPDX-License-Identifier: Apache-2.0
"""The ledger of replies: every answer of a model is kept under a key, so that nothing is asked twice.

Rendering: the template is its file's text, last newline included; its `{{question}}` is replaced by the query's routing
text (context, a blank line, prompt; here the prompt alone), which makes one user message. JSON is compact (no spaces),
keys sorted, UTF-8 unescaped; `prompt_sha256` of a reply is SHA-256 of the messages JSON.
Key: SHA-256 in hex of  messages JSON, NUL, model id, NUL, parameters JSON, NUL, draw in decimal.
"""

import fcntl
import hashlib
import json
import os
import threading

PARAMETERS = {"max_tokens": 160, "temperature": 0}
DRAW = 0


def compact_json(value):
    """The one rendering of a JSON value that is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_hex(text):
    """SHA-256 of the UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def messages_for(template, query):
    """The chat messages that ask a query: one user message."""
    text = "\n\n".join(part for part in (query.get("context"), query["prompt"]) if part)
    return [{"role": "user", "content": template.replace("{{question}}", text)}]


def reply_key(messages, model):
    """The ledger key of asking a model these messages with PARAMETERS, first draw."""
    return sha256_hex("\0".join([compact_json(messages), model, compact_json(PARAMETERS), str(DRAW)]))


class Ledger:
    """An append-only JSONL file of replies, each line flushed to disk before the next call is made."""

    def __init__(self, path):
        """Opens or creates the file for this process alone; a last line cut off by a crash is dropped."""
        self.rows = {}
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(path, "a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RuntimeError(f"{path} is in use by another run; wait for it to end") from error
        self._load()

    def _load(self):
        """Reads the complete lines and cuts off what follows them."""
        self._file.seek(0)
        data = self._file.read()
        whole = data.rfind(b"\n") + 1
        for line in data[:whole].splitlines():
            row = json.loads(line)
            self.rows[row["id"]] = row
        self._file.truncate(whole)

    def append(self, row):
        """Keeps a reply for good; several threads may call it."""
        with self._lock:
            self._file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
            self._file.flush()
            os.fsync(self._file.fileno())
            self.rows[row["id"]] = row
