# SPDX-License-Identifier: Apache-2.0
"""Everything that an upstream can do wrong, many times over, against the real proxy: what the client got, to the byte, who was
asked how often, and which metric moved. WEND_FAULT_RUNS=200 is the full battery."""

import asyncio
import json
import time
import unittest

from battery import CHAT, CONNECT, FIRST_BYTE, IDLE, REQUEST, RUNS, Battery, attempt, dead, moves, soon
from gates import expect, expect_broken_stream, expect_error, expect_whole, sent_body
from http_bytes import LAST_CHUNK, request
from raw_client import RawClient, get

SLACK = 0.05  # What the deadline may be late by, in the median of all runs.
LEISURE = 2.5  # What one timeout and the second attempt may take together on a machine that builds beside it.


async def expect_within(run, began, seconds):
    """It is over by now, in the time allowed."""
    took = time.monotonic() - began
    await asyncio.sleep(0.02)
    expect(took <= seconds + run.upstream.lag(began), f"took {took:.2f} s, at most {seconds} were allowed")


async def note_deadline(run, began, ended, patience=1.0):
    """How late the deadline was, as the upstream saw it, which waits for no turn among the clients; @soon holds the median against
    its limit. The client's own times have a wider one."""
    expect(REQUEST - 0.1 <= ended - began <= REQUEST + patience, f"{ended - began:.2f} s for a deadline of {REQUEST}")
    await run.upstream.until(lambda u: run.received()[0].peer_closed_at)
    run.took = run.received()[0].peer_closed_at - run.received()[0].began_at - REQUEST


async def rescued(run, line, attempts=2):
    """The first model's upstream does that; the second answers, and the client sees nothing of it but the headers."""
    run.script(line, model="first")
    run.script("answer text=rescued", model="second")
    answer = await run.ask("first", "second")
    expect_whole(run, answer, "second", attempts)
    expect(run.asked() == ["first", "second"], f"asked {run.asked()}")


async def unreachable(run, name):
    """An upstream that cannot be reached; the next one answers, and is asked first while the dead one cools down."""
    answer = await run.ask(name, "second")
    expect_whole(run, answer, "second", 2)
    expect(run.asked() == ["second"], f"asked {run.asked()}")


async def broken_off(run, line):
    """The upstream breaks off inside its body: a stream ends with an error event; an answer that is not streamed was not begun,
    so the second rescues it."""
    if not run.streamed:
        await rescued(run, line)
        return "not streamed: rescued by the second"
    run.script(line, "answer text=never")
    answer = await run.ask("first", "second")
    expect_broken_stream(answer, sent_body(run.received()[0]))
    expect(answer.header("x-wend-attempts") == "1" and len(run.received()) == 1, f"asked {run.asked()} after the first byte")
    return "stream: the bytes so far, then an error event"


# Connecting

@dead
@moves("wend_upstream_cooldowns_total")
@moves("wend_fallbacks_total")
@attempt("unreachable")
async def f1_refused(run):
    """F1 the upstream refuses the connection"""
    await unreachable(run, "refused")


@dead
@attempt("unreachable")
async def f1_refused_by_name(run):
    """F1 it refuses, and a concrete name has no other"""
    answer = await run.ask(model=run.models("refused")[0])
    expect_error(answer, 502, 503)
    return f"{answer.status}, x-wend-attempts {answer.header('x-wend-attempts')}"


@dead
@moves("wend_fallbacks_total")
@attempt("timeout")
async def f2_black_hole(run):
    """F2 connecting never ends"""
    began = time.monotonic()
    await unreachable(run, "blackhole")
    await expect_within(run, began, CONNECT + LEISURE)


@dead
@moves("wend_fallbacks_total")
@attempt("unreachable")
async def f18_expired(run):
    """F18 the certificate has expired"""
    await unreachable(run, "expired")
    expect(not run.stage.tls["expired"].received(), "it got a request all the same")


@dead
@moves("wend_fallbacks_total")
@attempt("unreachable")
async def f18_self_signed(run):
    """F18 the certificate is self-signed"""
    await unreachable(run, "selfsigned")
    expect(not run.stage.tls["selfsigned"].received(), "it got a request all the same")


@dead
@moves("wend_fallbacks_total")
@attempt("unreachable")
async def f18_other_name(run):
    """F18 the certificate is another's"""
    await unreachable(run, "othername")
    expect(not run.stage.tls["othername"].received(), "it got a request all the same")


@attempt("ok")
async def f18_good(run):
    """F18 (control) a certificate of a trusted authority"""
    answer = await run.ask(model="secure")
    expect(answer.status == 200 and answer.ended == "whole", f"status {answer.status}: {answer.body[:200]!r}")


@dead
@moves("wend_fallbacks_total")
@attempt("unreachable")
async def f19_unresolved(run):
    """F19 its name does not resolve"""
    await unreachable(run, "unresolved")


# Before the first byte

@moves("wend_fallbacks_total")
@attempt("unreachable")
async def f3_reset_before_headers(run):
    """F3 reset before the headers"""
    await rescued(run, "answer broken=reset at=head")


@moves("wend_fallbacks_total")
@attempt("unreachable")
async def f3_closed_before_headers(run):
    """F3 closed before the headers"""
    await rescued(run, "answer broken=close at=head")


@moves("wend_fallbacks_total")
async def f4_reset_after_headers(run):
    """F4 reset after the headers, before the first byte of the body"""
    await rescued(run, "answer broken=reset at=0")


@moves("wend_fallbacks_total")
@attempt("timeout")
async def f6_stall_before_headers(run):
    """F6 stalls before the first byte"""
    began = time.monotonic()
    await rescued(run, "answer broken=stall at=head")
    await expect_within(run, began, FIRST_BYTE + LEISURE)
    expect(run.received()[0].peer_closed_at is not None, "the stalled connection was left open")


@attempt("timeout", 3)
async def f6_all_stall(run):
    """F6 every candidate stalls: at most three attempts, then 504"""
    began = time.monotonic()
    run.script("answer broken=stall at=head")
    answer = await run.ask("first", "second", "third")
    expect_error(answer, 504)
    await expect_within(run, began, REQUEST)
    expect(len(run.received()) <= 3, f"asked {run.asked()}")
    return f"504 after {len(run.received())} attempts"


@moves("wend_fallbacks_total")
@attempt("bad_answer")
async def f16_big_header(run):
    """F16 a header of 64 KB"""
    await rescued(run, "answer big_header=65536")


# Inside the body

@moves("wend_fallbacks_total", 0.5)
@moves("wend_streams_broken_total", 0.5)
async def f5_cut_in_a_chunk(run):
    """F5 closed inside a chunk"""
    return await broken_off(run, "answer broken=half_chunk at=2 gap=0.02")


@moves("wend_fallbacks_total", 0.5)
@moves("wend_streams_broken_total", 0.5)
async def f5_reset_in_the_body(run):
    """F5 reset inside the body"""
    return await broken_off(run, "answer broken=reset at=2 gap=0.02")


@moves("wend_streams_broken_total", 0.5)
@attempt("timeout", 0.5)
async def f7_stall_in_the_body(run):
    """F7 stalls inside the body"""
    began = time.monotonic()
    words = await broken_off(run, "answer broken=stall at=2")
    await expect_within(run, began, IDLE + LEISURE)
    expect(run.received()[0].peer_closed_at is not None, "the stalled connection was left open")
    return words


@moves("wend_deadline_exceeded_total")
@moves("wend_streams_broken_total", 0.5)
@soon(SLACK)
async def f8_slow_drip(run):
    """F8 one byte a second: the deadline ends it"""
    began = time.monotonic()
    run.script("answer broken=drip at=1", "answer text=never")
    answer = await run.ask("first", "second")
    await note_deadline(run, began, answer.ended_at)
    expect(len(run.received()) == 1, f"asked {run.asked()}")
    if not run.streamed:
        expect_error(answer, 504)
        return "not streamed: 504"
    relayed = answer.body[: answer.body.rindex(b"data: ")].rstrip(b"\n")
    expect(sent_body(run.received()[0]).startswith(relayed), f"not what the upstream sent: {answer.body!r}")
    expect_broken_stream(answer, relayed)
    return "stream: the bytes so far, then an error event"


@moves("wend_streams_broken_total", 0.5)
@attempt("bad_answer", 0.5)
async def f12_too_short(run):
    """F12 a Content-Length above the body"""
    return await broken_off(run, "answer framing=length wrong_length=9")


@attempt("ok", 2)
async def f12_too_long(run):
    """F12 a Content-Length below the body: what it says counts, and the connection is not used again"""
    first = run.models("first")[0]
    run.script("answer framing=length wrong_length=-9", "answer text=next")
    expect_whole(run, await run.ask(model=first), "first", 1)
    expect_whole(run, await run.ask(model=first), "first", 1)
    expect(run.received()[0].connection != run.received()[1].connection, "its connection was used again")


@moves("wend_streams_broken_total", 0.5)
@attempt("bad_answer", 0.5)
async def f13_invalid_chunk(run):
    """F13 a chunk without a size"""
    return await broken_off(run, "answer broken=bad_chunk at=2 gap=0.02")


LAST_WORDS = 1.0  # A reader that is behind has so many seconds to come to the error event.


@attempt("bad_answer", 0.5)
@soon(SLACK)
async def f15_endless(run):
    """F15 a body without end: a bound or the deadline ends it"""
    began = time.monotonic()
    if not run.streamed:
        await rescued(run, "answer broken=flood at=1")
        return "not streamed: cut at the bound, rescued by the second"
    run.script("answer broken=flood at=2")
    async with RawClient(run.stage.proxy.port) as client:
        await client.send(request("POST", CHAT, json.dumps(run.body("first")).encode()))
        await client.head()
        tail = b""
        words = "an error event"
        try:
            while not tail.endswith(LAST_CHUNK):
                tail = (tail + await client.more())[-1000:]
                client.buffer.clear()
                await asyncio.sleep(0.005)  # So that the machine is not busy with nothing else.
        except ConnectionResetError:  # It was behind: a write that waits for its reader ends with the request.
            words = "cut"
    await note_deadline(run, began, time.monotonic(), 1.0 + LAST_WORDS)
    expect(words == "cut" or b'data: {"error"' in tail, f"no error event at the end: {tail!r}")
    return f"stream: {words} at the deadline"


# Whole, but no answer; and what only looks like a fault

@attempt("bad_answer")
async def f11_truncated_json(run):
    """F11 truncated JSON of an honest length is no answer"""
    run.streamed = False
    await rescued(run, "answer cut_json=20")


@attempt("bad_answer")
async def f14_html(run):
    """F14 200 with HTML is no answer"""
    await rescued(run, "answer type=text/html text='<html>It works!</html>'")


@attempt("ok")
async def f20_without_done(run):
    """F20 a stream without [DONE]: the client gets those bytes"""
    run.script("answer done=no")
    expect_whole(run, await run.ask("first"), "first", 1)


@attempt("ok")
async def f21_error_event(run):
    """F21 an error event inside a stream: the client gets that one, and no other"""
    run.streamed = True
    run.script("answer broken=error at=2")
    answer = await run.ask("first")
    expect_whole(run, answer, "first", 1)
    expect(answer.body.count(b'"error"') == 1, "two errors")


# Kept connections

@attempt("ok", 2)
async def f17_closed_idle(run):
    """F17 the pooled connection was closed while it idled"""
    run.script("answer closes=idle", "answer text=again")
    first = run.models("first")[0]
    expect_whole(run, await run.ask(model=first), "first", 1)
    await asyncio.sleep(0.1)
    expect_whole(run, await run.ask(model=first), "first", 1)
    expect(len(run.received()) == 2, f"asked {run.asked()}")


@moves("wend_upstream_stale_retries_total", 0.25)  # The lanes are one host: some connections wait for the next fault's requests.
@moves("wend_upstream_connections_reused_total", 0.25)
@attempt("ok", 2)
async def f17_reset_at_next(run):
    """F17 the pooled connection is reset by the next request: tried once more on a fresh one"""
    run.script("answer closes=next", "answer text=again")
    body = request("POST", CHAT, json.dumps(run.body(model=run.models("first")[0])).encode())
    async with RawClient(run.stage.proxy.port) as client:  # On one thread of the proxy, which has its own kept connections.
        for _ in range(2):
            await client.send(body)
            expect_whole(run, await client.answer(), "first", 1)
    expect(len(run.received()) == 2, f"asked {run.asked()}")


# Statuses, last, since they cool an upstream down

async def f9_busy(run, header):
    run.script(f"status code=429 {header}", "answer text=rescued")
    expect_whole(run, await run.ask("first", "second"), "second", 2)
    expect_whole(run, await run.ask("first", "second"), "second", 1)
    expect(run.sent_to() == ["first", "second", "second"], f"asked {run.sent_to()}")
    await asyncio.sleep(3.2)
    expect_whole(run, await run.ask("first", "second"), "first", 1)  # Its turn again.


@moves("wend_upstream_cooldowns_total")
@attempt("limited")
async def f9_seconds(run):
    """F9 429 with Retry-After in seconds: the next one answers, and the first is left alone for so long"""
    await f9_busy(run, "retry_after=2")


@moves("wend_upstream_cooldowns_total")
@attempt("limited")
async def f9_date(run):
    """F9 429 with Retry-After as a date"""
    await f9_busy(run, "retry_date=3")


@attempt("limited")
@attempt("ok")
async def f9_by_name(run):
    """F9 429 to a concrete name, with a short Retry-After: it is waited for, and the same model asked again"""
    run.script("status code=429 retry_after=1", "answer text=later")
    began = time.monotonic()
    expect_whole(run, await run.ask(model=run.models("third")[0]), "third", 2)
    expect(time.monotonic() - began >= 0.9, "asked again before its time")
    expect(run.sent_to() == ["third", "third"], f"asked {run.sent_to()}")


@attempt("limited")
async def f9_by_name_for_long(run):
    """F9 429 to a concrete name, with a long Retry-After: told at once"""
    run.script("status code=429 retry_after=30")
    began = time.monotonic()
    answer = await run.ask(model=run.models("third")[0])
    expect_error(answer, 429)
    await expect_within(run, began, LEISURE)
    expect(25 <= float(answer.header("Retry-After") or 0) <= 30, f"Retry-After {answer.header('Retry-After')}")
    expect(run.sent_to() == ["third"], f"asked {run.sent_to()}")


@moves("wend_upstream_cooldowns_total")
@moves("wend_fallbacks_total")
@attempt("server_error")
async def f10_server_error(run):
    """F10 500, 502 or 503: the next one answers"""
    code = (500, 502, 503)[int(run.marker.rpartition("-")[2]) % 3]
    await rescued(run, f"status code={code}")


@attempt("server_error", 3)
async def f10_all_fail(run):
    """F10 every candidate says 503: at most three attempts, then an error"""
    run.script("status code=503")
    answer = await run.ask("first", "second", "third")
    expect_error(answer, 500, 502, 503)
    expect(len(run.asked()) == len(set(run.asked())) <= 3, f"asked {run.asked()}")
    return f"{answer.status} after {len(run.asked())} attempts"


class Upstreams(Battery):
    """Upstream fault"""

    def test_connecting(self):
        self.run_rows(f1_refused, f1_refused_by_name, f2_black_hole, f18_expired, f18_self_signed, f18_other_name, f18_good,
                      f19_unresolved)

    def test_before_the_first_byte(self):
        self.run_rows(f3_reset_before_headers, f3_closed_before_headers, f4_reset_after_headers, f6_stall_before_headers,
                      f6_all_stall, f16_big_header)

    def test_inside_the_body(self):
        self.run_rows(f5_cut_in_a_chunk, f5_reset_in_the_body, f7_stall_in_the_body, f8_slow_drip, f12_too_short, f12_too_long,
                      f13_invalid_chunk, f15_endless)

    def test_what_goes_through(self):
        self.run_rows(f11_truncated_json, f14_html, f20_without_done, f21_error_event)

    def test_kept_connections(self):
        self.run_rows(f17_closed_idle, f17_reset_at_next)
        # Each run leaves one such connection to a pool that all share; which of them is used again is chance.
        self.assertGreaterEqual(self.stage.upstream.resets_at_next, RUNS / 4)

    def test_zz_statuses(self):
        self.run_rows(f9_seconds, f9_date, f9_by_name, f9_by_name_for_long, f10_server_error, f10_all_fail)

    def test_zzz_nothing_is_left_over(self):
        metrics = self.stage.proxy.metrics()
        in_flight = {name: value for name, value in metrics.items() if "in_flight" in name}
        self.assertTrue(in_flight)
        self.assertEqual({name for name, value in in_flight.items() if value != 0}, set())
        answer = asyncio.run(get(self.stage.proxy.port, "/v1/models"))
        self.assertTrue(json.loads(answer.body)["data"])


if __name__ == "__main__":
    unittest.main(verbosity=1)
