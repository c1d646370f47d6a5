# SPDX-License-Identifier: Apache-2.0
"""What an operator relies on: the proxy ends well at any moment, a reload opens nothing, and upstreams learn and tell no more
than they must."""

import asyncio
import json
import pathlib
import signal
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

import world  # noqa: E402
from http_bytes import request  # noqa: E402
from proxy import Proxy  # noqa: E402
from raw_client import RawClient, post  # noqa: E402

CHAT = "/v1/chat/completions"
TIMES = 5
LANE = "o"


def chat(model, text, **more):
    return {"model": model, "messages": [{"role": "user", "content": text}], **more}


def setUpModule():
    if world.why_not():
        raise unittest.SkipTest(world.why_not())
    Operator.place = unittest.enterModuleContext(world.place([LANE]))


class Operator(unittest.TestCase):
    """Every test has a proxy of its own."""

    place = None

    def setUp(self):
        self.home, self.upstream = self.place.home, self.place.upstream
        self.content, self.config = self.place.content, self.place.config

    def text(self, more=""):
        return f"@@{self._testMethodName}@@ {more}"

    def comes_true(self, condition, seconds=10):
        until = time.monotonic() + seconds
        while not condition() and time.monotonic() < until:
            time.sleep(0.01)
        return condition()

    # Stops

    def test_a_stop_while_prompts_are_decided_whose_clients_have_gone_ends_well(self):
        async def leave_behind(proxy):
            body = json.dumps(chat("auto", "many words " * 200_000)).encode()
            clients = [await RawClient(proxy.port).__aenter__() for _ in range(4)]
            for client in clients:
                await client.send(request("POST", "/v1/route", body))
            await asyncio.sleep(0.02)
            for client in clients:
                client.reset()
            proxy.send(signal.SIGTERM)

        for _ in range(TIMES):
            with Proxy(self.config, "serve.inference_threads=1") as proxy:
                asyncio.run(leave_behind(proxy))
                self.assertEqual(proxy.ended(), 0, proxy.log())

    def test_a_request_that_was_sent_before_the_stop_is_answered(self):
        async def sent_then_stopped(proxy):
            async with RawClient(proxy.port) as client:
                await client.send(request("POST", CHAT, json.dumps(chat("small", self.text())).encode()))
                proxy.send(signal.SIGTERM)
                return await client.answer()

        for _ in range(TIMES):
            with Proxy(self.config) as proxy:
                answer = asyncio.run(sent_then_stopped(proxy))
                self.assertEqual((answer.status, answer.ended), (200, "whole"))
                self.assertEqual(proxy.ended(), 0, proxy.log())

    def test_a_second_stop_cuts_what_a_reader_holds_up(self):
        async def never_read(proxy):
            client = await RawClient(proxy.port).__aenter__()
            await client.send(request("POST", CHAT, json.dumps(chat("small", self.text(), stream=True)).encode()))
            await client.head()
            proxy.send(signal.SIGTERM)
            await asyncio.sleep(0.3)
            proxy.send(signal.SIGTERM)
            return await asyncio.get_running_loop().run_in_executor(None, proxy.ended, 15)

        self.upstream.when(self._testMethodName, "answer broken=stall at=2")
        with Proxy(self.config, "serve.drain_s=600", "serve.idle_timeout_s=600") as proxy:
            self.assertEqual(asyncio.run(never_read(proxy)), 0, proxy.log())

    # Reloads

    def test_a_reload_cannot_leave_an_open_admin_port_without_its_key(self):
        path = self.home / "open.yaml"
        world.write_configuration(path, {**self.content, "serve": {"admin_key_env": "OPERATOR_KEY"}})
        env = {"OPERATOR_KEY": "sk-operator"}
        with Proxy(path, env=env, admin_key="sk-operator", admin="0.0.0.0:0") as proxy:
            world.write_configuration(path, {**self.content, "policy": {"preference": "cost"}})
            status, said = proxy.admin("/admin/reload", "POST")
            self.assertEqual(status, 400, said)
            self.assertIn("serve.admin_key_env", said)
            proxy.admin_key = None
            self.assertEqual(proxy.admin("/metrics")[0], 401)
            proxy.admin_key = "sk-operator"
            self.assertEqual(proxy.admin("/metrics")[0], 200)

    def test_what_a_reload_cannot_change_is_said(self):
        path = self.home / "said.yaml"
        world.write_configuration(path, self.content)
        with Proxy(path) as proxy:
            world.write_configuration(path, {**self.content, "serve": {"inference_queue": 7, "store_decisions": False}})
            self.assertEqual(proxy.admin("/admin/reload", "POST")[0], 200)
            self.assertTrue(self.comes_true(
                lambda: "serve.inference_queue: what is changed here holds from the next start on" in proxy.log()))
            answer = asyncio.run(post(proxy.port, CHAT, chat("auto", "hello", wend={"models": ["small"]})))
            decision = answer.header("x-wend-decision")
            self.assertEqual(asyncio.run(self.decision_status(proxy, decision)), 404)

    async def decision_status(self, proxy, decision):
        async with RawClient(proxy.port) as client:
            await client.send(request("GET", f"/v1/decisions/{decision}"))
            return (await client.answer()).status

    # What goes upstream, and what comes back

    def test_an_upstream_that_repeats_our_key_is_not_repeated(self):
        self.upstream.when(self._testMethodName, "status code=400 message=key_sk-upstream_is_odd")
        with Proxy(self.config) as proxy:
            answer = asyncio.run(post(proxy.port, CHAT, chat("small", self.text())))
            self.assertEqual(answer.status, 400)
            self.assertIn(b"key_[key]_is_odd", answer.body)
            self.assertNotIn(b"sk-upstream", answer.body)

    def test_callers_share_no_idempotency_key(self):
        async def twice(proxy):
            headers = [("Idempotency-Key", "1")]
            first = await post(proxy.port, CHAT, chat("small", self.text("one")), headers)
            return first, await post(proxy.port, CHAT, chat("small", self.text("two")), headers)

        with Proxy(self.config) as proxy:
            first, second = asyncio.run(twice(proxy))
            self.assertEqual((first.status, second.status), (200, 200))
            received = self.upstream.received(self._testMethodName)
            self.assertEqual(len(received), 2)
            self.assertEqual([r.header("idempotency-key") for r in received], [None, None])


if __name__ == "__main__":
    unittest.main()
