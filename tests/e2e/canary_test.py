# SPDX-License-Identifier: Apache-2.0
"""Secrets stay where they belong: a canary for each goes through every path, errors too, and is looked for in all that comes out."""

import asyncio
import json
import pathlib
import signal
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

import dead_ports  # noqa: E402
import world  # noqa: E402
from http_bytes import find, request  # noqa: E402
from proxy import Proxy  # noqa: E402
from raw_client import RawClient, get, post  # noqa: E402

CHAT = "/v1/chat/completions"
UPSTREAM_KEY = "sk-canary-of-the-upstream-5e0c"
CALLER_KEY = "sk-canary-of-the-caller-91ab"
OTHER_KEY = "sk-canary-of-another-caller-77d0"
WRONG_KEY = "sk-canary-that-nobody-has-3f3f"
ADMIN_KEY = "sk-canary-of-the-admin-0d0d"
PROMPT = "canaryprompt4711"
LANE = "c"


def chat(model, text=PROMPT, **more):
    return {"model": model, "messages": [{"role": "user", "content": f"Tell me about {text}."}], **more}


def setUpModule():
    if world.why_not():
        raise unittest.SkipTest(world.why_not())
    enter = unittest.enterModuleContext
    dead = {"refused": f"http://127.0.0.1:{enter(dead_ports.refusing())}/v1", "unresolved": "http://nobody.invalid/v1"}
    Secrets.place = enter(world.place([LANE], dead, store="requests.db"))


class Secrets(unittest.TestCase):
    """A proxy with keys of its own for each test, and everything that callers were told."""

    place = None

    def setUp(self):
        self.home, self.upstream = self.place.home, self.place.upstream
        self.answers = []
        self.proxy = Proxy(self.place.config, "serve.api_keys_env=CANARY_KEYS", "serve.admin_key_env=CANARY_ADMIN_KEY",
                           env={"FAKE_UPSTREAM_KEY": UPSTREAM_KEY, "CANARY_KEYS": f"{CALLER_KEY},{OTHER_KEY}",
                                "CANARY_ADMIN_KEY": ADMIN_KEY}, admin_key=ADMIN_KEY)

    async def post(self, target, body, key=CALLER_KEY, **more):
        answer = await post(self.proxy.port, target, body, [("Authorization", f"Bearer {key}"), *more.get("headers", ())])
        self.answers.append(answer)
        return answer

    async def get(self, target, key=CALLER_KEY):
        answer = await get(self.proxy.port, target, [("Authorization", f"Bearer {key}")])
        self.answers.append(answer)
        return answer

    async def every_path(self):
        """All that can happen to a request, as far as one can make it happen from outside."""
        lane = {name: f"{LANE}-{name}" for name in world.LANE}
        for stream in (False, True):
            for model in ("small", "large", "auto", "auto:cost", "nobody", "auto:x", lane["refused"], lane["unresolved"]):
                await self.post(CHAT, chat(model, stream=stream))
            for line in ("status code=400", "status code=401", "status code=429 retry_after=1", "status code=500",
                         "answer broken=reset at=head", "answer broken=reset at=2", "answer broken=half_chunk at=2",
                         "answer type=text/html text=x", "answer big_header=65536"):
                self.upstream.when(f"c{stream}", line)
                await self.post(CHAT, chat("auto", f"{PROMPT} @@c{stream}@@", stream=stream, wend={"models": [f"{LANE}-*"]}))
        await self.post("/v1/route", chat("auto"))
        await self.post("/v1/route", b'{"model":"auto","messages":[{"role":"user","content":"' + PROMPT.encode() + b"\xff")
        await self.post(CHAT, json.dumps(chat("small"))[:-3].encode())
        await self.post(CHAT, chat("small", messages=[{"role": PROMPT, "content": 1}]))
        await self.post(CHAT, chat("small", n=1000))
        await self.post(CHAT, chat("auto", wend={"preference": 9}))
        await self.post(CHAT, chat("small", "x" * (5 << 20)))
        await self.post("/v1/nothing", chat("small"))
        await self.post(CHAT, chat("small"), key=WRONG_KEY)
        await self.get("/v1/models")
        await self.get("/v1/models", key=WRONG_KEY)
        await self.get("/v1/decisions/nothing")
        for answer in list(self.answers):
            if identity := answer.header("x-wend-decision"):
                await self.get(f"/v1/decisions/{identity}")
        async with RawClient(self.proxy.port) as client:  # A refusal by the server itself.
            await client.send(f"POST {CHAT} HTTP/1.1\r\nHost: a\r\nAuthorization : Bearer {CALLER_KEY}\r\n\r\n{PROMPT}".encode())
            self.answers.append(await client.answer())
        async with RawClient(self.proxy.port) as client:  # And one that leaves.
            await client.send(request("POST", CHAT, json.dumps(chat("small")).encode(),
                                      [("Authorization", f"Bearer {CALLER_KEY}")]))
            client.reset()

    def outputs(self):
        """Everything that left the process, by name."""
        told = "".join(f"{a.first_line}\n{a.headers}\n{a.body.decode('utf-8', 'replace')}\n" for a in self.answers)
        files = {path.name: path.read_bytes().decode("latin-1") for path in self.home.glob("requests.db*")}
        return {"answers": told, "stdout": "\n".join(self.proxy.stdout), "stderr": self.proxy.log(), "metrics": self.metrics,
                **files}

    def test_no_secret_gets_out(self):
        with self.proxy:
            asyncio.run(self.every_path())
            self.proxy.send(signal.SIGHUP)
            asked = (("/metrics", "GET"), ("/readyz", "GET"), ("/admin/reload", "POST"), ("/nothing", "GET"))
            pages = [self.proxy.admin(path, method, key)[1] for key in (ADMIN_KEY, WRONG_KEY) for path, method in asked]
            self.metrics = "\n".join(pages)
        outputs = self.outputs()
        self.assertIn("wend_", outputs["metrics"])
        self.assertIn("requests.db", outputs)
        for name, text in outputs.items():
            for secret in (UPSTREAM_KEY, CALLER_KEY, OTHER_KEY, WRONG_KEY, ADMIN_KEY, PROMPT):
                self.assertNotIn(secret, text, f"{name} tells a secret")
        self.check_what_went_upstream()

    def check_what_went_upstream(self):
        received = self.upstream.received()
        self.assertGreater(len(received), 20)
        raw = self.upstream.raw_bytes().decode("latin-1")
        for secret in (CALLER_KEY, OTHER_KEY, WRONG_KEY, ADMIN_KEY):
            self.assertNotIn(secret, raw)
        self.assertEqual(raw.count(UPSTREAM_KEY), len(received))
        self.assertEqual({r.header("authorization") for r in received}, {f"Bearer {UPSTREAM_KEY}"})

    def test_a_key_sees_only_its_own_decisions(self):
        async def seen():
            answer = await self.post(CHAT, chat("auto"))
            target = f"/v1/decisions/{answer.header('x-wend-decision')}"
            until = time.monotonic() + 5
            while (mine := await self.get(target)).status != 200 and time.monotonic() < until:
                await asyncio.sleep(0.05)  # It is written off the request's path.
            return mine, await self.get(target, OTHER_KEY), await self.get("/v1/decisions/nothing", OTHER_KEY)

        with self.proxy:
            mine, others, nobodys = asyncio.run(seen())
        self.assertEqual((mine.status, others.status), (200, 404))
        self.assertEqual(others.json()["error"]["type"], nobodys.json()["error"]["type"])

    def test_a_decision_under_way_is_its_callers_to_wait_for(self):
        self.upstream.when("pending", "answer broken=stall at=3")

        async def asked_for():
            body = json.dumps(chat("auto", "@@pending@@", stream=True)).encode()
            async with RawClient(self.proxy.port) as client:
                await client.send(request("POST", CHAT, body, [("Authorization", f"Bearer {CALLER_KEY}")]))
                _, headers = await client.head()
                target = f"/v1/decisions/{find(headers, 'x-wend-decision')}"
                began = time.monotonic()
                others = await self.get(target, OTHER_KEY)
                return others, time.monotonic() - began, await self.get(target)

        with self.proxy:
            others, took, mine = asyncio.run(asked_for())
        self.assertEqual((others.status, others.json()["error"]["code"]), (404, "decision_not_found"))
        self.assertIsNone(others.header("Retry-After"))
        self.assertLess(took, 1.5)  # Told at once: to wait would tell that there is one.
        self.assertEqual((mine.status, mine.json()["error"]["code"]), (404, "decision_pending"))
        self.assertEqual(mine.header("Retry-After"), "1")

    def test_the_admin_listener_asks_for_its_key_where_there_is_one(self):
        with self.proxy:
            self.assertEqual(self.proxy.admin("/metrics", key=WRONG_KEY)[0], 401)
            self.assertEqual(self.proxy.admin("/metrics", key=CALLER_KEY)[0], 401)
            self.assertEqual(self.proxy.admin("/metrics", key=ADMIN_KEY)[0], 200)


if __name__ == "__main__":
    unittest.main(verbosity=1)
