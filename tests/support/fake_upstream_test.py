# SPDX-License-Identifier: Apache-2.0
"""The scripted upstream does what it is told, seen from a plain socket."""

import asyncio
import json
import pathlib
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import behaviours
import certificates
import dead_ports
from fake_upstream import FakeUpstream
from http_bytes import request, sse_data
from raw_client import RawClient, TooShort, get, post

CHAT = "/v1/chat/completions"


def chat(text, **more):
    return {"model": "small", "messages": [{"role": "user", "content": text}], **more}


class Answers(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        self.upstream = self.enterContext(FakeUpstream())

    def ask(self, text, headers=(), **more):
        return post(self.upstream.port, CHAT, chat(text, **more), headers)

    async def test_a_plain_answer_says_the_same_for_the_same_question(self):
        first, second, other = [await self.ask(text) for text in ("a", "a", "b")]
        self.assertEqual(first.body, second.body)
        self.assertNotEqual(first.body, other.body)
        self.assertEqual(first.json()["usage"], {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12})
        self.assertEqual((await self.ask("[[say: 42]]")).json()["choices"][0]["message"]["content"], "42")

    async def test_a_stream_has_its_events_and_usage_when_asked(self):
        self.upstream.when("m", "answer text=abcdef events=3")
        events = sse_data((await self.ask("@@m@@", stream=True)).body)
        self.assertEqual(events[-1], "[DONE]")
        deltas = [json.loads(event)["choices"][0]["delta"] for event in events[:-1]]
        self.assertEqual([d.get("content") for d in deltas], ["", "ab", "cd", "ef", None])
        asked = sse_data((await self.ask("@@m@@", stream=True, stream_options={"include_usage": True})).body)
        self.assertEqual(json.loads(asked[-2])["usage"]["total_tokens"], 12)

    async def test_tools_are_called_streamed_or_not(self):
        self.upstream.when("m", """answer tool=clock arguments='{"zone":"UTC"}' events=2""")
        whole = (await self.ask("@@m@@")).json()["choices"][0]
        self.assertEqual(whole["message"]["tool_calls"][0]["function"]["arguments"], '{"zone":"UTC"}')
        events = sse_data((await self.ask("@@m@@", stream=True)).body)
        calls = [json.loads(e)["choices"][0]["delta"].get("tool_calls") for e in events[:-1]]
        self.assertEqual("".join(c[0]["function"].get("arguments", "") for c in calls if c), '{"zone":"UTC"}')

    async def test_lines_of_a_marker_come_one_after_another(self):
        self.upstream.when("m", "status code=429 retry_after=2", "status code=503 retry_date=5", "answer")
        found = [await self.ask("@@m@@") for _ in range(4)]
        self.assertEqual([a.status for a in found], [429, 503, 200, 200])
        self.assertEqual(found[0].header("Retry-After"), "2")
        self.assertIn("GMT", found[1].header("Retry-After"))
        self.assertEqual((await self.ask("[[do: status code=401]]")).status, 401)
        self.upstream.when_model("small", "status code=400")
        self.assertEqual((await self.ask("x")).status, 400)

    async def test_faults_look_as_they_are_called(self):
        for options, ended in (
            ("broken=reset at=1", "reset"), ("broken=close at=1", "cut"), ("broken=half_chunk at=1", "cut"),
            ("wrong_length=5", "cut"), ("cut_json=9", "whole"), ("type=text/html text=<p>", "whole"),
        ):
            self.upstream.when("m", f"answer {options}")
            found = await self.ask("@@m@@")
            self.assertEqual(found.ended, ended, options)
        with self.assertRaises(ConnectionResetError):
            self.upstream.when("m", "answer broken=reset at=head")
            await self.ask("@@m@@")
        with self.assertRaises(TooShort):
            self.upstream.when("m", "answer broken=close at=head")
            await self.ask("@@m@@")
        with self.assertRaises(ValueError):
            self.upstream.when("m", "answer broken=bad_chunk at=1")
            await self.ask("@@m@@")
        self.upstream.when("m", "answer done=no")
        self.assertNotIn(b"[DONE]", (await self.ask("@@m@@", stream=True)).body)
        self.upstream.when("m", "answer broken=error at=2")
        self.assertIn(b'"error"', (await self.ask("@@m@@", stream=True)).body)
        self.upstream.when("m", "answer big_header=65536")
        self.assertEqual(len((await self.ask("@@m@@")).header("X-Big")), 65536)
        self.upstream.when("m", r'raw data="HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"')
        self.assertEqual((await self.ask("@@m@@")).body, b"hi")
        with self.assertRaises(ValueError):
            self.upstream.when("m", "anser")

    async def test_too_long_a_body_leaves_its_rest_on_the_connection(self):
        self.upstream.when("m", "answer wrong_length=-3")
        async with RawClient(self.upstream.port) as client:
            await client.send(request("POST", CHAT, json.dumps(chat("@@m@@")).encode()))
            await client.answer()
            while len(client.buffer) < 3:
                self.assertTrue(await client.more())
            self.assertEqual(bytes(client.buffer), b"###")

    async def test_a_stall_ends_when_the_peer_goes_and_that_is_remembered(self):
        self.upstream.when("m", "answer broken=stall at=0")
        async with RawClient(self.upstream.port) as client:
            await client.send(request("POST", CHAT, json.dumps(chat("@@m@@")).encode()))
            await client.head()
            gone_at = time.monotonic()
            client.reset()
        received = (await self.upstream.until(lambda u: [r for r in u.received("m") if r.peer_closed_at]))[0]
        self.assertLess(received.peer_closed_at - gone_at, 1.0)

    async def test_a_gate_lets_one_byte_through_a_permit(self):
        self.upstream.when("m", "answer gated=yes text=ab")
        gate = self.upstream.gate("m")
        async with RawClient(self.upstream.port) as client:
            await client.send(request("POST", CHAT, json.dumps(chat("@@m@@")).encode()))
            await client.head()
            for _ in range(20):
                gate.permit()
                self.assertEqual(len(client.buffer) or len(await client.more()), 1)
                client.buffer.clear()

    async def test_kept_connections_are_reused_and_end_as_told(self):
        async with RawClient(self.upstream.port) as client:
            for line in ("answer", "answer", "answer closes=next"):
                self.upstream.when("m", line)
                await client.send(request("POST", CHAT, json.dumps(chat("@@m@@")).encode()))
                self.assertEqual((await client.answer()).status, 200)
            await client.send(request("POST", CHAT, json.dumps(chat("x")).encode()))
            with self.assertRaises(ConnectionResetError):
                await client.answer()
        self.assertEqual(self.upstream.connections, 1)
        self.upstream.when("m", "answer closes=idle")
        async with RawClient(self.upstream.port) as client:
            await client.send(request("POST", CHAT, json.dumps(chat("@@m@@")).encode()))
            await client.answer()
            self.assertTrue(await client.is_closed())

    async def test_requests_are_kept_as_they_came(self):
        raw = b'POST /x/v1/chat/completions HTTP/1.1\r\nhOst: h\r\nTransfer-Encoding: chunked\r\n\r\n'
        body = b'{ "model" : "\\u0073mall", "messages":[] }'
        async with RawClient(self.upstream.port) as client:
            await client.send(raw + b"5\r\n" + body[:5] + b"\r\n")
            await asyncio.sleep(0.02)
            await client.send(f"{len(body) - 5:x}\r\n".encode() + body[5:] + b"\r\n0\r\n\r\n")
            self.assertEqual((await client.answer()).json()["model"], "small")
        received = self.upstream.received()[0]
        self.assertEqual((received.head, received.body), (raw, body))

    async def test_a_key_is_billed_once_and_gets_the_same_bytes(self):
        key = [("Idempotency-Key", "k1")]
        first, second = await self.ask("a", key), await self.ask("a", key)
        await self.ask("a")
        self.assertEqual(first.body, second.body)
        bill = (await get(self.upstream.port, "/fake/bill")).json()
        self.assertEqual(bill, {"calls": 2, "distinct": 1, "repeated": 1, "without_key": 1, "requests": 4})
        self.upstream.honour_keys = False
        await self.ask("a", key)
        self.assertEqual(self.upstream.bill.keys["k1"], 2)


class OtherPorts(unittest.TestCase):
    def test_nobody_answers_at_dead_ports(self):
        async def connect(port):
            await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 0.3)

        with dead_ports.refusing() as port, self.assertRaises(ConnectionRefusedError):
            asyncio.run(connect(port))
        with dead_ports.black_hole() as port, self.assertRaises(asyncio.TimeoutError):
            asyncio.run(connect(port))

    def test_certificates_are_what_they_are_called(self):
        with tempfile.TemporaryDirectory() as scratch:
            made = certificates.make(pathlib.Path(scratch) / "tls")
            client = ssl.create_default_context(cafile=str(made.authority))
            for pair, says in ((made.good, None), (made.self_signed, "self-signed"), (made.expired, "expired"),
                               (made.other_name, "mismatch")):
                with FakeUpstream(tls=made.context(pair)) as upstream:
                    try:
                        asked = urllib.request.Request(upstream.url() + "/chat/completions", json.dumps(chat("a")).encode())
                        with urllib.request.urlopen(asked, context=client, timeout=10) as reply:
                            self.assertEqual((reply.status, says), (200, None))
                            self.assertIn(b"usage", reply.read())
                    except urllib.error.URLError as error:
                        self.assertIn(says or "no error", str(error))

    def test_it_is_a_program_too(self):
        program = pathlib.Path(__file__).with_name("fake_upstream.py")
        with subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True) as process:
            try:
                port = int(process.stdout.readline())
                wish = json.dumps({"marker": "m", "lines": ["status code=418"]}).encode()
                asyncio.run(post(port, "/fake/script", wish))
                self.assertEqual(asyncio.run(post(port, CHAT, chat("@@m@@"))).status, 418)
            finally:
                process.terminate()

    def test_the_examples_of_the_head_are_understood(self):
        examples = [line.strip().split("   ")[0] for line in behaviours.__doc__.splitlines() if "=" in line.split("   ")[0]
                    or line.startswith("    ") and line.strip().split(" ")[0] in behaviours.BEHAVIOURS]
        self.assertGreaterEqual(len(examples), 5)
        for line in examples:
            name, _ = behaviours.parse(line)
            if name != "replay":  # It needs a file.
                self.assertTrue(behaviours.steps(line, {}))


if __name__ == "__main__":
    unittest.main(verbosity=1)
