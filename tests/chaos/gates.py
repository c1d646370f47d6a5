# SPDX-License-Identifier: Apache-2.0
"""What a client must have got, to the byte. Each gate raises AssertionError with a few words that fit a row of the table."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from fake_upstream import FakeUpstream  # noqa: E402
from http_bytes import sse_data  # noqa: E402

sent_body = FakeUpstream.body_of


def expect(condition, words):
    if not condition:
        raise AssertionError(words)


def expect_whole(run, answer, model, attempts):
    """200 with the very bytes of the upstream's last answer, from that model."""
    expect(answer.status == 200, f"status {answer.status}: {answer.body[:200]!r}")
    expect(answer.ended == "whole", f"the answer is {answer.ended}")
    expect(answer.header("x-wend-model") == f"{run.lane}-{model}", f"x-wend-model {answer.header('x-wend-model')}")
    expect(answer.header("x-wend-attempts") == str(attempts), f"x-wend-attempts {answer.header('x-wend-attempts')}")
    expect(answer.body == sent_body(run.received()[-1]), f"other bytes: {answer.body[:300]!r}")


def expect_error(answer, *statuses):
    """A whole error in OpenAI's shape with one of these statuses."""
    expect(answer.status in statuses, f"status {answer.status}, expected {statuses}: {answer.body[:200]!r}")
    expect(answer.ended == "whole", f"the error is {answer.ended}")
    error = answer.json()["error"]
    expect({"message", "type", "param", "code"} <= set(error), f"an error without its fields: {error}")
    expect("sk-upstream" not in answer.body.decode(), "a key in an error")


def expect_broken_stream(answer, relayed):
    """200, the bytes that came before the fault, then one SSE error event and nothing after it."""
    expect(answer.status == 200, f"status {answer.status}: {answer.body[:200]!r}")
    expect(answer.body.startswith(relayed), f"not what the upstream sent: {answer.body[:300]!r}")
    expect(answer.body[len(relayed):].strip().count(b"data: ") == 1, f"more than an event: {answer.body[len(relayed):]!r}")
    events = sse_data(answer.body)
    expect(bool(events) and events[-1].startswith('{"error":'), f"no error event at the end: {answer.body[-300:]!r}")
    expect({"message", "type", "param", "code"} <= set(json.loads(events[-1])["error"]), f"an error without its fields: {events[-1]}")
