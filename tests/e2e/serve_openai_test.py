# SPDX-License-Identifier: Apache-2.0
"""An application that knows nothing but the openai package talks to the real proxy, and the proxy to a scripted upstream."""

import asyncio
import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

import world  # noqa: E402
from proxy import Proxy  # noqa: E402

try:
    import openai
except ImportError:
    openai = None

LANES = ("fallback", "busy", "failing", "cut")
WEATHER = [{"type": "function", "function": {"name": "weather", "description": "The weather.", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]


def ask(text="Tell me about number 7.", **more):
    """What every call says; `more` goes to the openai package."""
    return {"model": "small", "messages": [{"role": "user", "content": text}], **more}


def setUpModule():
    """One artifact, upstream and proxy for all; each test has a marker of its own, and a lane where something fails."""
    if openai is None:
        raise unittest.SkipTest("the openai package is absent: run with the interpreter that "
                                "'tools/python_env.sh tests/e2e/requirements.txt' prints")
    if world.why_not():
        raise unittest.SkipTest(world.why_not())
    place = unittest.enterModuleContext(world.place(LANES))
    WithProxy.upstream = place.upstream
    WithProxy.proxy = unittest.enterModuleContext(Proxy(place.config))
    WithProxy.client = unittest.enterModuleContext(
        openai.OpenAI(base_url=WithProxy.proxy.url, api_key="sk-caller", max_retries=0, timeout=30))


class WithProxy(unittest.TestCase):
    """The shorthands of all tests."""

    upstream = proxy = client = None

    def setUp(self):
        self.marker = self._testMethodName
        self.text = f"Tell me about number 7. @@{self.marker}@@"

    def create(self, **more):
        return self.client.chat.completions.create(**ask(self.text, **more))

    def raw(self, **more):
        """(headers, parsed answer)."""
        reply = self.client.chat.completions.with_raw_response.create(**ask(self.text, **more))
        return reply.headers, reply.parse()

    def model_for(self, **more):
        """The model that answered, by the header."""
        return self.raw(**more)[0]["x-wend-model"]

    def sent(self):
        """What the upstream got in this test."""
        return self.upstream.received(self.marker)


class Chat(WithProxy):
    def test_an_answer(self):
        self.upstream.when(self.marker, "answer text='Seven is prime.' prompt_tokens=11 completion_tokens=4")
        reply = self.create(temperature=0, seed=3)
        self.assertEqual(reply.choices[0].message.content, "Seven is prime.")
        self.assertEqual(reply.choices[0].finish_reason, "stop")
        self.assertEqual(reply.usage.total_tokens, 15)
        sent = self.sent()[0]
        self.assertEqual(sent.json()["model"], "up-small")
        self.assertEqual((sent.json()["temperature"], sent.json()["seed"]), (0, 3))
        self.assertEqual(sent.header("authorization"), "Bearer sk-upstream")

    def test_a_stream(self):
        self.upstream.when(self.marker, "answer text='Seven is a prime number.' events=8 gap=0.005")
        stream = self.create(stream=True, stream_options={"include_usage": True})
        chunks = list(stream)
        said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
        self.assertEqual(said, "Seven is a prime number.")
        self.assertEqual(len(chunks), 8 + 3)
        self.assertEqual(chunks[-1].usage.completion_tokens, 5)

    def test_chunks_come_while_the_upstream_still_writes(self):
        self.upstream.when(self.marker, "answer text=abcd events=4 gap=0.3")
        began = time.monotonic()
        times = [time.monotonic() - began for chunk in self.create(stream=True) if chunk.choices]
        self.assertLess(times[0], times[-1] - 0.9)

    def test_tools_are_offered_and_called(self):
        self.upstream.when(self.marker, """answer tool=weather arguments='{"city":"Rome"}' events=4""")
        reply = self.create(tools=WEATHER, tool_choice="auto")
        call = reply.choices[0].message.tool_calls[0]
        self.assertEqual((call.function.name, json.loads(call.function.arguments)), ("weather", {"city": "Rome"}))
        self.assertEqual(self.sent()[0].json()["tools"], WEATHER)
        parts = [c.choices[0].delta.tool_calls for c in self.create(tools=WEATHER, stream=True)]
        self.assertEqual("".join(p[0].function.arguments or "" for p in parts if p), '{"city":"Rome"}')

    def test_a_conversation_with_tool_results_and_images_goes_through_untouched(self):
        image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
        messages = [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": f"@@{self.marker}@@ What is this?"}, image]},
            {"role": "assistant", "content": None, "reasoning_content": "hm",
             "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "sunny"},
            {"role": "user", "content": "And now?"},
        ]
        self.client.chat.completions.create(model="large", messages=messages, extra_body={"future_field": [1, {"a": None}]})
        got = self.sent()[0].json()
        self.assertEqual(got["messages"], messages)
        self.assertEqual(got["future_field"], [1, {"a": None}])

    def test_models_are_listed_with_the_virtual_ones(self):
        names = [model.id for model in self.client.models.list()]
        for name in ("auto", "auto:cost", "auto:balanced", "auto:quality", "small", "large"):
            self.assertIn(name, names)
        self.assertNotIn("up-small", names)


class Routing(WithProxy):
    AUTO = ["small", "large"]

    def auto(self, model="auto", header=None, **wend):
        return self.model_for(model=model, extra_headers={"x-wend-preference": header} if header else None,
                              extra_body={"wend": {"models": self.AUTO, **wend}})

    def test_preferences_by_model_name(self):
        self.assertEqual(self.auto("auto:cost"), "small")
        self.assertEqual(self.auto("auto:quality"), "large")
        self.assertEqual(self.auto("auto:0.01"), "small")
        self.assertEqual(self.auto("auto:0.99"), "large")

    def test_preferences_by_header(self):
        self.assertEqual(self.auto(header="cost"), "small")
        self.assertEqual(self.auto(header="0.99"), "large")

    def test_preferences_by_body(self):
        self.assertEqual(self.auto(preference=0.01), "small")
        self.assertEqual(self.auto(preference="quality"), "large")

    def test_body_outranks_header_outranks_name(self):
        self.assertEqual(self.auto("auto:cost", header="quality"), "large")
        self.assertEqual(self.auto("auto:cost", header="cost", preference="quality"), "large")
        self.assertEqual(self.auto("auto:quality", header="quality", preference="cost"), "small")

    def test_the_wend_block_does_not_go_upstream(self):
        self.auto(preference=0.5)
        self.assertNotIn(b'"wend"', self.sent()[0].body)
        self.assertEqual(set(self.sent()[0].json()), {"model", "messages"})

    def test_models_and_max_cost_restrict_the_choice(self):
        self.assertEqual(self.auto("auto:quality", models=["sm*"]), "small")
        self.assertEqual(self.auto("auto:quality", max_cost=1e-4), "small")
        with self.assertRaises(openai.APIStatusError) as caught:
            self.auto(models=["nothing*"])
        self.assertEqual(caught.exception.status_code, 400)
        self.assertIn("nothing*", str(caught.exception))

    def test_what_a_model_cannot_do_comes_before_what_it_is_worth(self):
        image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
        content = [{"type": "text", "text": self.text}, image]
        body = {"wend": {"models": self.AUTO}}
        reply = self.client.chat.completions.with_raw_response.create(
            model="auto:0.01", messages=[{"role": "user", "content": content}], extra_body=body)
        self.assertEqual(reply.headers["x-wend-model"], "large")
        self.text += " word" * 20_000
        self.assertEqual(self.auto("auto:0.01"), "large")

    def test_headers_say_what_was_decided(self):
        headers, _ = self.raw(model="auto", extra_body={"wend": {"models": self.AUTO}})
        self.assertIn(headers["x-wend-model"], self.AUTO)
        self.assertTrue(headers["x-wend-decision"])
        self.assertEqual(headers["x-wend-attempts"], "1")
        self.assertAlmostEqual(float(headers["x-wend-quality"]), world.POOL[headers["x-wend-model"]][0], delta=0.05)
        self.assertGreater(float(headers["x-wend-cost-estimate"]), 0)
        self.assertGreater(int(headers["x-wend-overhead-us"]), 0)

    def test_a_decision_can_be_read_afterwards(self):
        headers, reply = self.raw(model="auto", extra_body={"wend": {"models": self.AUTO}})
        for _ in range(100):  # It is written off the request's path.
            try:
                found = self.client.get(f"/decisions/{headers['x-wend-decision']}", cast_to=object)
                break
            except openai.NotFoundError:
                time.sleep(0.05)
        self.assertEqual(found["model"], headers["x-wend-model"])
        self.assertEqual({c["model"] for c in found["candidates"]} & set(self.AUTO), set(self.AUTO))
        self.assertNotIn(self.marker, json.dumps(found))  # Prompts are not kept unless that is asked for.
        self.assertEqual(reply.usage.total_tokens, 12)

    def test_a_concrete_name_bypasses_routing(self):
        headers, _ = self.raw(model="small", extra_headers={"x-wend-preference": "quality"})
        self.assertEqual(headers["x-wend-model"], "small")

    def test_a_fallback_is_told(self):
        first, second = world.lane("fallback", "first", "second")
        self.upstream.when(self.marker, "status code=503", "answer text=rescued")
        headers, reply = self.raw(model="auto", extra_body={"wend": {"models": [first, second]}})
        self.assertEqual((headers["x-wend-model"], headers["x-wend-attempts"]), (second, "2"))
        self.assertEqual(reply.choices[0].message.content, "rescued")
        self.assertEqual([r.json()["model"] for r in self.sent()], [f"up-{first}", f"up-{second}"])


class Errors(WithProxy):
    """What the openai package raises, and the words in it."""

    def refused(self, kind, param=None, **more):
        with self.assertRaises(kind) as caught:
            self.create(**more)
        error = caught.exception
        self.assertIsInstance(error.body, dict)
        if param:
            self.assertEqual(error.body.get("param"), param)
        self.assertTrue(error.body.get("message"))
        self.assertTrue(error.body.get("type"))
        return error

    def test_an_unknown_model(self):
        for stream in (False, True):
            error = self.refused(openai.NotFoundError, param="model", model="smal", stream=stream)
            self.assertIn("smal", error.body["message"])
            self.assertIn("small", error.body["message"])  # What was meant.

    def test_wrong_values_name_their_field(self):
        self.refused(openai.BadRequestError, param="messages", messages=[])
        self.refused(openai.BadRequestError, param="n", n=129)
        self.refused(openai.BadRequestError, model="auto:1.5", param="model")
        self.refused(openai.BadRequestError, model="auto", extra_body={"wend": {"preference": 7}}, param="wend.preference")
        self.assertEqual(self.sent(), [])

    def test_an_upstreams_refusal_comes_as_it_is(self):
        for code, kind in ((400, openai.BadRequestError), (422, openai.UnprocessableEntityError)):
            self.upstream.when(self.marker, f"status code={code} message='too clever'")
            error = self.refused(kind)
            self.assertEqual(error.status_code, code)
            self.assertEqual(error.body["message"], "too clever")

    def test_an_upstream_that_is_busy(self):
        first = world.lane("busy", "first")[0]
        self.upstream.when(self.marker, "status code=429 retry_after=1")
        error = self.refused(openai.RateLimitError, model=first)
        self.assertGreaterEqual(float(error.response.headers["retry-after"]), 1)
        self.assertLessEqual(len(self.sent()), 3)
        self.assertEqual({r.json()["model"] for r in self.sent()}, {f"up-{first}"})

    def test_an_upstream_that_fails(self):
        first = world.lane("failing", "first")[0]
        self.upstream.when(self.marker, "status code=500")
        error = self.refused(openai.InternalServerError, model=first)
        self.assertGreaterEqual(error.status_code, 500)
        self.assertEqual({r.json()["model"] for r in self.sent()}, {f"up-{first}"})

    def test_an_error_inside_a_stream_is_raised_by_the_package(self):
        first = world.lane("cut", "first")[0]
        self.upstream.when(self.marker, "answer broken=reset at=3 gap=0.01")
        got = []
        with self.assertRaises(openai.APIError):
            for chunk in self.create(model=first, stream=True):
                got.append(chunk)
        self.assertEqual(len(got), 3)
        self.assertEqual(len(self.sent()), 1)


class Cancelling(WithProxy):
    def closed_after(self, gone_at):
        """Seconds until the upstream saw the end."""
        received = self.upstream.wait_for(lambda u: [r for r in self.sent() if r.peer_closed_at])
        return max(r.peer_closed_at for r in received) - gone_at

    def limit(self, since):
        """A tenth of a second, and what this machine took away meanwhile."""
        time.sleep(0.02)
        return 0.1 + self.upstream.lag(since)

    def test_a_stream_that_is_closed_closes_the_upstream(self):
        self.upstream.when(self.marker, "answer broken=stall at=3")
        for _ in range(5):
            stream = self.create(stream=True)
            for _ in range(3):
                next(iter(stream))
            gone_at = time.monotonic()
            stream.close()
            self.assertLess(self.closed_after(gone_at), self.limit(gone_at))

    def test_a_call_that_is_cancelled_closes_the_upstream(self):
        self.upstream.when(self.marker, "answer after=30")

        async def cancelled(stream):
            async with openai.AsyncOpenAI(base_url=self.proxy.url, api_key="k", max_retries=0) as client:
                known = len(self.sent())
                call = asyncio.create_task(client.chat.completions.create(**ask(self.text, stream=stream)))
                await self.upstream.until(lambda u: len([r for r in self.sent() if r.complete_at]) > known)
                gone_at = time.monotonic()
                call.cancel()
                await asyncio.gather(call, return_exceptions=True)
                await self.upstream.until(lambda u: len([r for r in self.sent() if r.peer_closed_at]) > known)
                return gone_at

        for stream in (False, True):
            gone_at = asyncio.run(cancelled(stream))
            self.assertLess(self.closed_after(gone_at), self.limit(gone_at))


class Many(WithProxy):
    def test_fifty_at_once_each_get_their_own(self):
        async def one(client, i):
            text = f"[[say: number {i}]] @@{self.marker}@@"
            model = ("small", "auto:cost", "auto:quality", "large")[i % 4]
            reply = await client.chat.completions.create(**ask(text, model=model, stream=i % 2 == 1))
            if i % 2 == 0:
                return reply.choices[0].message.content
            return "".join([c.choices[0].delta.content or "" async for c in reply if c.choices])

        async def all_of_them():
            async with openai.AsyncOpenAI(base_url=self.proxy.url, api_key="k", max_retries=0) as client:
                return await asyncio.gather(*(one(client, i) for i in range(50)))

        self.assertEqual(asyncio.run(all_of_them()), [f"number {i}" for i in range(50)])
        self.assertEqual(len(self.sent()), 50)


if __name__ == "__main__":
    unittest.main(verbosity=1)
