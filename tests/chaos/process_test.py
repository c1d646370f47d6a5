# SPDX-License-Identifier: Apache-2.0
"""The process under load: it is stopped, reloaded and overfilled, and no request is lost on the way."""

import asyncio
import collections
import json
import pathlib
import re
import signal
import subprocess
import time
import unittest

from battery import CHAT, Stage, why_not
from http_bytes import request, sse_data
from proxy import BINARY, Proxy
from raw_client import RawClient, TooShort, get, post

CLIENTS = 40
RELOADS = 100
RESTARTS = 5
READY_SECONDS = 1.0
STARTS = 10  # The best counts: what others do on the machine is no fault of the proxy.


def chat(text, model="small", **more):
    """For a model, or routed over the two that always answer."""
    routed = {"wend": {"models": ["small", "large"]}} if model == "auto" else {}
    return {"model": model, "messages": [{"role": "user", "content": text}], **routed, **more}


def setUpModule():
    if why_not():
        raise unittest.SkipTest(why_not())
    Process.stage = unittest.enterModuleContext(Stage(lanes=["p"]))


class Process(unittest.TestCase):
    """Every test has a proxy of its own beside the stage's upstream."""

    stage = None

    def setUp(self):
        self.upstream = self.stage.upstream
        self.marker = self._testMethodName

    def proxy(self, *sets, **more):
        return Proxy(self.stage.config, *sets, **more)

    def text(self, more=""):
        return f"@@{self.marker}@@ {more}"


async def in_the_background(function, *arguments):
    return await asyncio.get_running_loop().run_in_executor(None, function, *arguments)


class Stopping(Process):
    def test_sigterm_lets_everything_under_way_finish(self):
        for _ in range(3):
            proxy = self.proxy().__enter__()
            answers, after = asyncio.run(self.stopped_under_load(proxy))
            self.assertEqual(proxy.ended(), 0, proxy.log())
            self.assertEqual([(a.status, a.ended) for a in answers], [(200, "whole")] * CLIENTS)
            for answer in answers:
                text = b"slow answer" if answer.header("content-type").startswith("application/json") else b"[DONE]"
                self.assertIn(text, answer.body)
            self.assertEqual(after, "refused")

    async def stopped_under_load(self, proxy):
        self.upstream.when(self.marker, "answer text='slow answer' events=4 gap=0.25")
        known = len(self.upstream.received(self.marker))
        bodies = [chat(self.text(), stream=i % 2 == 0, model=("small", "auto")[i // 2 % 2]) for i in range(CLIENTS)]
        calls = [asyncio.create_task(post(proxy.port, CHAT, body)) for body in bodies]
        async with RawClient(proxy.port) as idle:
            await self.upstream.until(lambda u: len(u.received(self.marker)) - known == CLIENTS, 20)
            proxy.send(signal.SIGTERM)
            self.assertTrue(await idle.is_closed(2.0), "an idle connection was kept")
        ready, _ = await in_the_background(proxy.admin, "/readyz")
        self.assertNotEqual(ready, 200)
        try:
            await get(proxy.port, "/v1/models")
            after = "answered"
        except OSError:
            after = "refused"
        return await asyncio.gather(*calls), after

    def test_a_restart_under_load_loses_nothing(self):
        """A connection that was taken gets its answer. A kept one may end before the request that a client has just sent on it is
        seen; that is counted, since only the client can repeat it."""
        seen = collections.Counter()
        for _ in range(RESTARTS):
            proxy = self.proxy().__enter__()
            asyncio.run(self.restarted(proxy, seen))
            self.assertEqual(proxy.ended(), 0, proxy.log())
        lost = {words for words in seen if words.startswith("lost")}
        self.assertFalse(lost, seen)
        print(f"| K1 SIGTERM under load, {RESTARTS} times | {seen['whole']} of {seen['whole']} | no answer lost or cut; "
              f"{seen['kept']} kept connections ended under a new request |")

    async def restarted(self, proxy, seen):
        until = asyncio.Event()
        clients = [asyncio.create_task(self.client(proxy, until, seen, is_kept)) for is_kept in (False, True) for _ in range(12)]
        await asyncio.sleep(0.5)
        proxy.send(signal.SIGTERM)
        await asyncio.sleep(0.3)
        until.set()
        await asyncio.gather(*clients)

    async def client(self, proxy, until, seen, is_kept):
        body = request("POST", CHAT, json.dumps(chat(self.text())).encode())
        while not until.is_set():
            try:
                async with RawClient(proxy.port) as client:
                    await self.ask_on(client, body, until, seen, is_kept)
            except ConnectionRefusedError:
                await asyncio.sleep(0.01)

    async def ask_on(self, client, body, until, seen, is_kept):
        """Requests on one connection: one, or as many as it takes."""
        count = 0
        while not until.is_set():
            try:
                await client.send(body)
                answer = await client.answer()
            except (TooShort, ConnectionResetError, BrokenPipeError) as error:
                is_race = is_kept and count and not client.buffer
                seen["kept" if is_race else f"lost: {error!r}"] += 1
                return
            count += 1
            is_whole = answer.status == 200 and answer.ended == "whole"
            seen["whole" if is_whole else f"lost: {answer.status} {answer.ended}"] += 1
            if not is_kept or (answer.header("connection") or "").lower() == "close":
                return

    def test_what_outlasts_the_drain_is_cut_with_an_error_event(self):
        self.upstream.when(self.marker, "answer broken=stall at=3")

        async def stopped(proxy):
            async with RawClient(proxy.port) as client:
                await client.send(request("POST", CHAT, json.dumps(chat(self.text(), stream=True)).encode()))
                await client.more()
                began = time.monotonic()
                proxy.send(signal.SIGTERM)
                return await client.answer(), time.monotonic() - began

        proxy = self.proxy("serve.drain_s=1").__enter__()
        answer, took = asyncio.run(stopped(proxy))
        self.assertEqual(proxy.ended(), 0, proxy.log())
        self.assertIn('"error"', sse_data(answer.body)[-1])
        self.assertGreater(took, 0.8)
        self.assertLess(took, 3)


class Reloading(Process):
    async def load(self, proxy, until, results):
        """One client that asks again and again on a kept connection."""
        i = 0
        async with RawClient(proxy.port) as client:
            while not until.is_set():
                i += 1
                body = chat(self.text(str(i)), model=("auto", "small")[i % 2], stream=i % 3 == 0)
                await client.send(request("POST", CHAT, json.dumps(body).encode()))
                answer = await client.answer()
                results.append((answer.status, answer.ended))

    async def under_load(self, proxy, what):
        until, results = asyncio.Event(), []
        clients = [asyncio.create_task(self.load(proxy, until, results)) for _ in range(8)]
        try:
            await what()
        finally:
            until.set()
            await asyncio.gather(*clients)
        return results

    def written(self, path, **more):
        """Another configuration than the one before."""
        path.write_text(json.dumps({**self.stage.content, **more}))

    def test_a_hundred_reloads_drop_nothing(self):
        path = self.stage.home / "reloaded.yaml"
        self.written(path)

        async def reloads(proxy):
            for i in range(RELOADS):
                self.written(path, policy={"preference": ("cost", "quality")[i % 2]})
                if i % 2:
                    status, text = await in_the_background(proxy.admin, "/admin/reload", "POST")
                    self.assertEqual(status, 200, text)
                else:
                    known = proxy.metric("wend_reloads_total", outcome="ok")
                    proxy.send(signal.SIGHUP)
                    await self.eventually(lambda: proxy.metric("wend_reloads_total", outcome="ok") > known)

        with Proxy(path) as proxy:
            results = asyncio.run(self.under_load(proxy, lambda: reloads(proxy)))
            self.assertEqual(set(results), {(200, "whole")})
            self.assertGreater(len(results), RELOADS)
            self.assertEqual(proxy.metric("wend_reloads_total", outcome="ok"), RELOADS)
            # The last one holds.
            decided = asyncio.run(post(proxy.port, "/v1/route", chat("hi", model="auto"))).json()
            self.assertEqual(decided["preference"], 0.8)
            print(f"| K4 {RELOADS} reloads under load | {len(results)} of {len(results)} | every answer whole |")

    async def eventually(self, condition, seconds=20):
        until = time.monotonic() + seconds
        while not await in_the_background(condition):
            self.assertLess(time.monotonic(), until, "it never came")
            await asyncio.sleep(0.01)

    def test_a_bad_configuration_is_refused_whole(self):
        path = self.stage.home / "refused.yaml"
        broken = self.stage.home / "broken"
        broken.mkdir()
        (broken / "manifest.json").write_text("{}")
        worse = {
            "unknown": "polcy: {}\n",
            "no yaml": "models: [",
            "no artifact": json.dumps({**self.stage.content, "router": {"artifact": "nowhere"}}),
            "broken artifact": json.dumps({**self.stage.content, "router": {"artifact": str(broken)}}),
            "bad value": json.dumps({**self.stage.content, "policy": {"preference": "cheap"}}),
        }
        self.written(path, policy={"preference": "quality"})
        with Proxy(path) as proxy:
            def preference():
                return asyncio.run(post(proxy.port, "/v1/route", chat("hi", model="auto"))).json()["preference"]

            for name, text in worse.items():
                with self.subTest(name):
                    path.write_text(text)
                    status, said = proxy.admin("/admin/reload", "POST")
                    self.assertGreaterEqual(status, 400, said)
                    self.assertTrue(json.loads(said)["error"]["message"])
                    known = proxy.metric("wend_reloads_total", outcome="refused")
                    proxy.send(signal.SIGHUP)
                    asyncio.run(self.eventually(lambda: proxy.metric("wend_reloads_total", outcome="refused") > known))
                    self.assertEqual(preference(), 0.8)
                    self.assertEqual(proxy.admin("/readyz")[0], 200)
            self.written(path, policy={"preference": "cost"})
            self.assertEqual(proxy.admin("/admin/reload", "POST")[0], 200)
            self.assertEqual(preference(), 0.2)


class Overfilled(Process):
    def test_a_full_inference_queue_answers_429_with_retry_after(self):
        async def all_at_once(proxy):
            texts = [f"{i} " + f"word{i} " * 300 for i in range(200)]  # Each another one: nothing is known already.
            return await asyncio.gather(*(post(proxy.port, CHAT, chat(text, model="auto")) for text in texts))

        with self.proxy("serve.inference_queue=2", "serve.inference_threads=1") as proxy:
            answers = asyncio.run(all_at_once(proxy))
            found = {status: [a for a in answers if a.status == status] for status in {a.status for a in answers}}
            self.assertEqual(set(found), {200, 429})
            for answer in found[429]:
                self.assertGreaterEqual(int(answer.header("Retry-After")), 1)
                self.assertEqual(answer.json()["error"]["type"], "rate_limit_error")
            self.assertEqual(asyncio.run(post(proxy.port, CHAT, chat("hi", model="auto"))).status, 200)
            print(f"| full inference queue | 200 of 200 | {len(found[200])} answered, {len(found[429])} told 429 |")


    def test_bodies_that_find_no_room_are_answered_503_with_retry_after(self):
        async def one_too_many(proxy):
            self.upstream.when(self.marker, "answer broken=stall at=3")
            async with RawClient(proxy.port) as holding:
                await holding.send(request("POST", CHAT, json.dumps(chat(self.text("x" * 600), stream=True)).encode()))
                await holding.more()
                self.assertGreater(proxy.metric("wend_body_bytes"), 600)
                refused = await post(proxy.port, CHAT, chat("x" * 600))
            await self.upstream.until(lambda u: u.received(self.marker)[0].peer_closed_at)
            return refused, await post(proxy.port, CHAT, chat("x" * 600))

        with self.proxy("serve.max_body_bytes=1024", "serve.max_bodies_bytes=1024") as proxy:
            refused, taken = asyncio.run(one_too_many(proxy))
            self.assertEqual(refused.status, 503)
            self.assertGreaterEqual(int(refused.header("Retry-After")), 1)
            error = refused.json()["error"]
            self.assertEqual((error["type"], error["code"]), ("server_error", "overloaded"))
            self.assertEqual(taken.status, 200)
            self.assertEqual(proxy.metric("wend_bodies_refused_total"), 1)


class Admin(Process):
    def test_it_stays_on_loopback_unless_it_has_a_key(self):
        done = self.refused("--admin", "0.0.0.0:0")
        self.assertIn("serve.admin_key_env", done)

    def refused(self, *arguments):
        done = subprocess.run([BINARY, "serve", "--config", self.stage.config, "--listen", "127.0.0.1:0", *arguments],
                              capture_output=True, text=True, timeout=60, check=False, cwd=self.stage.home)
        self.assertNotEqual(done.returncode, 0)
        return done.stderr

    def test_it_is_ready_within_a_second(self):
        took = []
        while len(took) < STARTS and min(took, default=READY_SECONDS) >= READY_SECONDS:
            began = time.monotonic()
            with self.proxy():
                took.append(time.monotonic() - began)
        print(f"| start to ready | {len(took)} starts | {min(took):.2f} s at best |")
        self.assertLess(min(took), READY_SECONDS)

    def test_health_is_told(self):
        with self.proxy() as proxy:
            for path in ("/healthz", "/readyz"):
                self.assertEqual(proxy.admin(path)[0], 200)
            self.assertEqual(proxy.admin("/nothing")[0], 404)
            names = {name.partition("{")[0] for name in proxy.metrics()}
            self.assertTrue(names)
            self.assertEqual({n for n in names if not n.startswith("wend_")}, set())
            self.assertEqual(asyncio.run(get(proxy.port, "/metrics")).status, 404)  # Not for callers.

    def test_the_page_of_the_metrics_lists_them_all(self):
        page = pathlib.Path(__file__).parents[2] / "docs" / "formats" / "serve_metrics.md"
        told = {name for row in page.read_text().splitlines() if row.startswith("| `")
                for name in re.findall(r"`(wend_\w+)`", row.split("|")[1])}
        with self.proxy() as proxy:
            asyncio.run(post(proxy.port, CHAT, chat("hi", model="auto")))
            names = {re.sub("_(bucket|sum|count)$", "", sample.partition("{")[0]) for sample in proxy.metrics()}
        self.assertEqual(names, told)


if __name__ == "__main__":
    unittest.main(verbosity=1)
