# SPDX-License-Identifier: Apache-2.0
"""Everything that an upstream can do wrong, many times over, against the real proxy: what the client got, to the byte, who was
asked how often, and which metric moved. WEND_FAULT_RUNS=200 is the full battery."""

import asyncio
import json
import time
import unittest

from battery import (CONNECT, FIRST_BYTE, IDLE, REQUEST, Battery, expect, expect_broken_stream, expect_error, expect_whole, moves,
                     post, sent_body)
from raw_client import get

SLACK = 0.05  # What a deadline may be late by, besides what the machine took away.


def expect_within(run, began, seconds):
    took = time.monotonic() - began
    expect(took <= seconds + SLACK + run.upstream.lag(began), f"took {took:.2f} s, at most {seconds} were allowed")


async def rescued(run, line, attempts=2):
    """The first model's upstream does that; the second answers, and the client sees nothing of it but the headers."""
    run.script(line, "answer text=rescued")
    answer = await run.ask("first", "second")
    expect_whole(run, answer, "second", attempts)
    expect(run.asked() == ["first", "second"], f"asked {run.asked()}")


async def unreachable(run, name):
    """An upstream that cannot be reached; the next one answers."""
    answer = await run.ask(name, "second")
    expect_whole(run, answer, "second", 2)
    expect(run.asked() == ["second"], f"asked {run.asked()}")


async def broken_off(run, line):
    """The upstream breaks off inside its body: the stream ends with an error event, the whole answer is told from a cut one."""
    run.script(line, "answer text=never")
    answer = await run.ask("first", "second")
    if run.streamed:
        expect_broken_stream(answer, sent_body(run.received()[0]))
        expect(len(run.received()) == 1, f"asked {run.asked()} after the first byte")
        return "stream: the bytes so far, then an error event"
    return told_apart(run, answer)


def told_apart(run, answer):
    """An answer that is no stream and broke: cut, so that no client takes it for whole, or not begun and rescued."""
    if answer.status == 200 and answer.ended == "whole":
        expect_whole(run, answer, "second", 2)
        return "whole: rescued by the second"
    if answer.status == 200:
        expect(sent_body(run.received()[0]).startswith(answer.body), f"other bytes: {answer.body[:200]!r}")
        expect(len(run.received()) == 1, f"asked {run.asked()} after the first byte")
        return f"whole: {answer.ended} after the bytes so far"
    expect_error(answer, 502, 504)
    return f"whole: {answer.status}"


# Connecting

async def f1_refused(run):
    """F1 the upstream refuses the connection"""
    await unreachable(run, "refused")


async def f1_refused_by_name(run):
    """F1 it refuses, and a concrete name has no other"""
    answer = await run.ask(model=run.models("refused")[0])
    expect_error(answer, 502, 503)
    return f"{answer.status}, x-wend-attempts {answer.header('x-wend-attempts')}"


async def f2_black_hole(run):
    """F2 connecting never ends"""
    began = time.monotonic()
    await unreachable(run, "blackhole")
    expect_within(run, began, CONNECT + FIRST_BYTE)


async def f18_expired(run):
    """F18 the certificate has expired"""
    await unreachable(run, "expired")
    expect(not run.stage.tls["expired"].received(), "it got a request all the same")


async def f18_self_signed(run):
    """F18 the certificate is self-signed"""
    await unreachable(run, "selfsigned")
    expect(not run.stage.tls["selfsigned"].received(), "it got a request all the same")


async def f18_other_name(run):
    """F18 the certificate is another's"""
    await unreachable(run, "othername")
    expect(not run.stage.tls["othername"].received(), "it got a request all the same")


async def f18_good(run):
    """F18 (control) a certificate of a trusted authority"""
    answer = await run.ask(model="secure")
    expect(answer.status == 200 and answer.ended == "whole", f"status {answer.status}: {answer.body[:200]!r}")


async def f19_unresolved(run):
    """F19 its name does not resolve"""
    await unreachable(run, "unresolved")


# Before the first byte

async def f3_reset_before_headers(run):
    """F3 reset before the headers"""
    await rescued(run, "answer broken=reset at=head")


async def f3_closed_before_headers(run):
    """F3 closed before the headers"""
    await rescued(run, "answer broken=close at=head")


async def f4_reset_after_headers(run):
    """F4 reset after the headers"""
    run.script("answer broken=reset at=0", "answer text=rescued")
    answer = await run.ask("first", "second")
    if len(run.received()) == 2:
        expect_whole(run, answer, "second", 2)
        return "rescued by the second"
    if run.streamed:
        expect_broken_stream(answer, b"")
        return "stream: an error event"
    return told_apart(run, answer)


async def f6_stall_before_headers(run):
    """F6 stalls before the first byte"""
    began = time.monotonic()
    await rescued(run, "answer broken=stall at=head")
    expect_within(run, began, 2 * FIRST_BYTE)
    expect(run.received()[0].peer_closed_at is not None, "the stalled connection was left open")


async def f6_all_stall(run):
    """F6 every candidate stalls: at most three attempts, then 504"""
    began = time.monotonic()
    run.script("answer broken=stall at=head")
    answer = await run.ask("first", "second", "third")
    expect_error(answer, 504)
    expect_within(run, began, REQUEST)
    expect(len(run.received()) <= 3, f"asked {run.asked()}")
    return f"504 after {len(run.received())} attempts"


async def f16_big_header(run):
    """F16 a header of 64 KB"""
    await rescued(run, "answer big_header=65536")


# Inside the body

async def f5_cut_in_a_chunk(run):
    """F5 closed inside a chunk"""
    return await broken_off(run, "answer broken=half_chunk at=2 gap=0.02")


async def f5_reset_in_the_body(run):
    """F5 reset inside the body"""
    return await broken_off(run, "answer broken=reset at=2 gap=0.02")


async def f7_stall_in_the_body(run):
    """F7 stalls inside the body"""
    began = time.monotonic()
    words = await broken_off(run, "answer broken=stall at=2")
    expect_within(run, began, IDLE + FIRST_BYTE)
    expect(run.received()[0].peer_closed_at is not None, "the stalled connection was left open")
    return words


async def f8_slow_drip(run):
    """F8 one byte a second: the deadline ends it"""
    began = time.monotonic()
    run.script("answer broken=drip at=1", "answer text=never")
    answer = await run.ask("first", "second")
    expect_within(run, began, REQUEST)
    whole = sent_body(run.received()[0])
    if not run.streamed:
        expect(answer.ended != "whole" or answer.status == 504, f"status {answer.status}, {answer.ended}")
        return f"whole: {answer.status}, {answer.ended}"
    relayed = answer.body[: answer.body.rindex(b"data: ")].rstrip(b"\n")
    expect(whole.startswith(relayed), f"not what the upstream sent: {answer.body!r}")
    expect_broken_stream(answer, relayed)
    expect(time.monotonic() - began >= REQUEST - 1, "ended long before the deadline")
    return "stream: the bytes so far, then an error event"


async def f12_too_short(run):
    """F12 a Content-Length above the body"""
    return await broken_off(run, "answer framing=length wrong_length=9")


async def f12_too_long(run):
    """F12 a Content-Length below the body: what it says counts, and the connection is not used again"""
    first = run.models("first")[0]
    run.script("answer framing=length wrong_length=-9", "answer text=next")
    answer = await run.ask(model=first)
    expect(answer.status == 200 and answer.ended == "whole", f"{answer.status} {answer.ended}")
    declared = len(sent_body(run.received()[0]))
    expect(len(answer.body) == declared, f"{len(answer.body)} bytes for {declared}")
    expect_whole(run, await run.ask(model=first), "first", 1)
    expect(run.received()[0].connection != run.received()[1].connection, "its connection was used again")


async def f13_invalid_chunk(run):
    """F13 a chunk without a size"""
    return await broken_off(run, "answer broken=bad_chunk at=2 gap=0.02")


async def f15_endless(run):
    """F15 a body without end: the deadline ends it, and nobody holds it in memory"""
    run.script("answer broken=flood at=2")
    began = time.monotonic()
    try:
        answer = await post(run.stage.proxy.port, "/v1/chat/completions", run.body("first"), patience=REQUEST + 2)
    except asyncio.TimeoutError as error:
        raise AssertionError("it went on after the deadline") from error
    expect_within(run, began, REQUEST + 1)
    expect(answer.ended != "whole" or b'"error"' in answer.body[-2000:], f"{answer.status} {answer.ended}")
    expect(run.stage.proxy.resident_bytes() < 1 << 30, "memory grows with it")


# What is no fault of framing goes through as it is

async def f11_truncated_json(run):
    """F11 truncated JSON of an honest length: the client gets those bytes"""
    run.script("answer cut_json=20")
    expect_whole(run, await run.ask("first"), "first", 1)


async def f14_html(run):
    """F14 200 with HTML: the client gets those bytes"""
    run.script("answer type=text/html text='<html>It works!</html>'")
    expect_whole(run, await run.ask("first"), "first", 1)


async def f20_without_done(run):
    """F20 a stream without [DONE]: the client gets those bytes"""
    run.script("answer done=no")
    expect_whole(run, await run.ask("first"), "first", 1)


async def f21_error_event(run):
    """F21 an error event inside a stream: the client gets that one, and no other"""
    if not run.streamed:
        run.streamed = True
    run.script("answer broken=error at=2")
    answer = await run.ask("first")
    expect_whole(run, answer, "first", 1)
    expect(answer.body.count(b'"error"') == 1, "two errors")


# Kept connections

async def f17_closed_idle(run):
    """F17 the pooled connection was closed while it idled"""
    run.script("answer closes=idle", "answer text=again")
    first = run.models("first")[0]
    expect_whole(run, await run.ask(model=first), "first", 1)
    await asyncio.sleep(0.1)
    expect_whole(run, await run.ask(model=first), "first", 1)
    expect(len(run.received()) == 2, f"asked {run.asked()}")


async def f17_reset_at_next(run):
    """F17 the pooled connection is reset by the next request: tried once more on a fresh one"""
    run.script("answer closes=next", "answer text=again")
    first = run.models("first")[0]
    expect_whole(run, await run.ask(model=first), "first", 1)
    resets = run.upstream.resets_at_next
    expect_whole(run, await run.ask(model=first), "first", 1)
    expect(run.upstream.resets_at_next > resets, "the kept connection was not used")
    expect(len(run.received()) == 2, f"asked {run.asked()}")


# Statuses, last, since they cool an upstream down

async def f9_busy(run, header):
    run.script(f"status code=429 {header}", "answer text=rescued")
    expect_whole(run, await run.ask("first", "second"), "second", 2)
    expect_whole(run, await run.ask("first", "second"), "second", 1)
    expect(run.asked() == ["first", "second", "second"], f"asked {run.asked()}")
    await asyncio.sleep(3.2)
    expect_whole(run, await run.ask("first", "second"), "first", 1)


async def f9_seconds(run):
    """F9 429 with Retry-After in seconds: the next one answers, and the first is left alone for so long"""
    await f9_busy(run, "retry_after=2")


async def f9_date(run):
    """F9 429 with Retry-After as a date"""
    await f9_busy(run, "retry_date=3")


async def f9_by_name(run):
    """F9 429 to a concrete name: the same model alone, then 429 with Retry-After"""
    run.script("status code=429 retry_after=1")
    answer = await run.ask(model=run.models("third")[0])
    expect_error(answer, 429)
    expect(float(answer.header("Retry-After") or 0) >= 1, f"Retry-After {answer.header('Retry-After')}")
    expect(set(run.asked()) == {"third"} and len(run.asked()) <= 3, f"asked {run.asked()}")
    await asyncio.sleep(1.2)
    return f"429 after {len(run.asked())} attempts"


async def f10_server_error(run):
    """F10 500, 502 or 503: the next one answers"""
    code = (500, 502, 503)[int(run.marker.rpartition("-")[2]) % 3]
    await rescued(run, f"status code={code}")


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

    def test_zz_statuses(self):
        self.run_rows(f9_seconds, f9_date, f9_by_name, f10_server_error, f10_all_fail)

    def test_zzz_nothing_is_left_over(self):
        metrics = self.stage.proxy.metrics()
        in_flight = {name: value for name, value in metrics.items() if "in_flight" in name}
        self.assertTrue(in_flight)
        self.assertEqual({name for name, value in in_flight.items() if value != 0}, set())
        answer = asyncio.run(get(self.stage.proxy.port, "/v1/models"))
        self.assertTrue(json.loads(answer.body)["data"])


if __name__ == "__main__":
    unittest.main(verbosity=1)
