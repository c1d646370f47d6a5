# SPDX-License-Identifier: Apache-2.0
"""What clients do wrong, many times over, against the real proxy: they go away at every point, read slowly, or not at all."""

import asyncio
import json
import time
import unittest

from battery import CHAT, RUNS, Battery, soon
from gates import expect
from http_bytes import request
from raw_client import RawClient, post

GONE = 0.1  # Seconds in which the upstream must see that the client has gone, in the median of all runs.
LATEST = 1.0  # And in each of them, on a machine that builds beside it.
ENDPOINTS = (CHAT, "/v1/route")


def raw_request(run, *names, target=CHAT, **more):
    return request("POST", target, json.dumps(run.body(*names, **more)).encode())


async def leave(run, client):
    """The client goes: every other run by FIN, the others by RST. When."""
    gone_at = time.monotonic()
    if int(run.marker.rpartition("-")[2]) // 2 % 2:
        client.reset()
    else:
        client.writer.close()
    await asyncio.sleep(0)
    return gone_at


async def upstream_sees_it(run, gone_at):
    """The upstream's connection ends within the limit."""
    await run.upstream.until(lambda u: [r for r in run.received() if r.peer_closed_at])
    run.took = max(r.peer_closed_at for r in run.received() if r.peer_closed_at) - gone_at
    expect(run.took <= LATEST, f"the upstream saw it after {run.took * 1000:.0f} ms")
    expect(len(run.received()) == 1, "another attempt for a client that has gone")
    return "the upstream is told"


async def c1_in_the_headers(run):
    """C1 leaves inside the headers"""
    for target in (*ENDPOINTS, "/v1/models"):
        async with RawClient(run.stage.proxy.port) as client:
            await client.send(f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Le".encode())
            await leave(run, client)
    expect(not run.received(), "something went upstream")


async def c1_in_the_body(run):
    """C1 leaves inside the body"""
    for target in ENDPOINTS:
        async with RawClient(run.stage.proxy.port) as client:
            await client.send(raw_request(run, target=target, model="small")[:-5])
            await asyncio.sleep(0.01)
            await leave(run, client)
    await asyncio.sleep(0.05)
    expect(not run.received(), "something went upstream")


async def c1_while_it_is_decided(run):
    """C1 leaves while the decision waits or is made (queue, encoding)"""
    text = f"{run.marker} " * 300  # Takes its time to encode; with all lanes at once most wait in the queue.
    for target in ENDPOINTS:
        async with RawClient(run.stage.proxy.port) as client:
            run.script("answer after=30")
            await client.send(raw_request(run, "first", "second", target=target, text=text))
            gone_at = await leave(run, client)
    await asyncio.sleep(LATEST)
    for received in run.received():
        expect(received.peer_closed_at is not None, "its upstream goes on")
        took = received.peer_closed_at - max(gone_at, received.began_at)
        expect(took <= LATEST, f"the upstream saw it after {took * 1000:.0f} ms")


@soon(GONE)
async def c1_before_the_first_byte(run):
    """C1 leaves before the upstream's first byte"""
    run.script("answer broken=stall at=head")
    async with RawClient(run.stage.proxy.port) as client:
        await client.send(raw_request(run, model=run.models("first")[0]))
        await run.upstream.until(lambda u: [r for r in run.received() if r.complete_at])
        return await upstream_sees_it(run, await leave(run, client))


@soon(GONE)
async def c1_in_the_middle(run):
    """C1 leaves in the middle of the answer (stream, or a body that is being sent)"""
    run.script("answer broken=stall at=2")
    async with RawClient(run.stage.proxy.port) as client:
        await client.send(raw_request(run, model=run.models("first")[0]))
        if run.streamed:
            await client.head()
        else:
            await run.upstream.until(lambda u: [r for r in run.received() if r.sent])
        return await upstream_sees_it(run, await leave(run, client))


@soon(GONE)
async def c1_while_an_answer_floods(run):
    """C1 leaves while the upstream sends as fast as it can"""
    run.streamed = True
    run.script("answer broken=flood at=1")
    async with RawClient(run.stage.proxy.port) as client:
        await client.send(raw_request(run, model=run.models("first")[0]))
        await client.head()
        return await upstream_sees_it(run, await leave(run, client))


async def byte_by_byte(run):
    """Every byte of the upstream is with the client before the next one is sent"""
    run.streamed = True
    run.script("answer gated=yes text=ab")
    gate = run.upstream.gate(run.marker)
    async with RawClient(run.stage.proxy.port, patience=10) as client:
        await client.send(raw_request(run, model=run.models("first")[0]))
        gate.permit()
        await client.head()
        wanted = run.upstream.body_of(run.received()[0])
        for count, byte in enumerate(wanted):
            chunk = b"1\r\n%c\r\n" % byte
            while len(client.buffer) < len(chunk):
                expect(await client.more() != b"", f"it ended after {count} bytes")
            expect(bytes(client.buffer) == chunk, f"byte {count} came as {bytes(client.buffer)!r}")
            client.buffer.clear()
            gate.permit()
        while bytes(client.buffer) != b"0\r\n\r\n":
            expect(await client.more() != b"", "it ended without its last chunk")
    return f"{len(wanted)} bytes, one by one"


class Leaving(Battery):
    """Client"""

    sets = ()

    def test_c1(self):
        self.run_rows(c1_in_the_headers, c1_in_the_body, c1_while_it_is_decided, c1_before_the_first_byte, c1_in_the_middle,
                      c1_while_an_answer_floods)
        asyncio.run(self.everything_still_works())

    async def everything_still_works(self):
        proxy = self.stage.proxy
        until = time.monotonic() + 5
        while any(value for name, value in proxy.metrics().items() if "in_flight" in name):
            self.assertLess(time.monotonic(), until, "something is in flight still")
            await asyncio.sleep(0.02)
        answer = await post(proxy.port, CHAT, {"model": "small", "messages": [{"role": "user", "content": "hi"}]})
        self.assertEqual(answer.status, 200)

    def test_every_byte_arrives(self):
        self.run_rows(byte_by_byte)


async def c2_slow_reader(run):
    """C2 a client that does not read: the upstream is read no further"""
    run.streamed = True
    run.script("answer broken=flood at=1")
    async with RawClient(run.stage.proxy.port) as client:
        client.writer.transport.pause_reading()
        await client.send(raw_request(run, model=run.models("first")[0]))
        received = (await run.upstream.until(lambda u: [r for r in run.received() if r.sent]))[0]
        last, still = -1, 0
        until = time.monotonic() + 10
        while still < 10:
            still = still + 1 if received.sent == last else 0
            last = received.sent
            expect(time.monotonic() < until, f"the upstream still sends: {last} bytes")
            await asyncio.sleep(0.03)
        began = time.monotonic()
        await run.upstream.until(lambda u: received.peer_closed_at, 10)
        took = time.monotonic() - began
        return f"stopped; cut {'in time' if took <= 3 else f'after {took:.1f} s'}"


class SlowReaders(Battery):
    """Slow reader"""

    sets = ("serve.write_timeout_s=2",)

    def test_c2(self):
        idle = self.stage.proxy.resident_bytes()
        self.run_rows(c2_slow_reader)
        grown = self.stage.proxy.resident_bytes() - idle
        print(f"| C2 memory of {min(RUNS, 20)} at once | | {grown >> 20} MB above idle |")
        self.assertLess(grown, 64 << 20)
        self.assertGreaterEqual(self.stage.proxy.metric("wend_slow_readers_cut_total"), RUNS)


if __name__ == "__main__":
    unittest.main(verbosity=1)
