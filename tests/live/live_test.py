# SPDX-License-Identifier: Apache-2.0
"""The proxy before llama.cpp's server with two real models. Never in CI: it needs what tools/fetch_models.sh fetches.

    WEND_RECORD=1 python3 live_test.py       also writes exchanges/, which replay_test.py serves again without a model
"""

import asyncio
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import raw_client  # noqa: E402
import world  # noqa: E402
from cases import CASES  # noqa: E402
from http_bytes import sse_data  # noqa: E402
from proxy import Proxy, serves  # noqa: E402
from recorder import Recorder, save_exchange  # noqa: E402

CACHE = pathlib.Path(os.environ.get("WEND_CACHE") or pathlib.Path.home() / ".cache" / "wend")
SERVER = CACHE / "llama.cpp-11434.0.0" / "build" / "bin" / "llama-server"
MODELS = {"small": "smollm2-135m", "large": "qwen2.5-coder-0.5b"}
START_SECONDS = 180


def free_port():
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ModelServer:
    """llama.cpp's server with one model, alive inside a `with` block."""

    def __init__(self, model):
        self.model = model
        self.port = free_port()

    def __enter__(self):
        command = [SERVER, "-m", CACHE / "models" / f"{self.model}.gguf", "--alias", self.model, "--host", "127.0.0.1",
                   "--port", str(self.port), "-t", os.environ.get("WEND_LLAMA_THREADS", "2"), "-c", "4096", "--parallel", "1", "--no-webui"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.__exit__()
                raise RuntimeError(f"llama-server with {self.model} does not become ready")
            time.sleep(0.2)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)

    def _answers(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5):
                return True
        except OSError:
            return False


def configuration(home, recorders):
    """wend.yaml of the run: each model behind a recorder of its own."""
    upstreams = {name: {"base_url": f"http://127.0.0.1:{recorder.port}/v1"} for name, recorder in recorders.items()}
    models = [world.model_entry(name, name, world.POOL[name]) for name in MODELS]
    return {"store": str(home / "wend.db"), "upstreams": upstreams, "models": models,
            "router": {"artifact": str(world.train(home))}}


def setUpModule():
    """One proxy before two models for all cases."""
    if not serves():
        raise unittest.SkipTest("this binary has no 'serve'")
    if not SERVER.exists():
        raise unittest.SkipTest("the models are absent: tools/fetch_models.sh fetches them")
    if not world.encoder_is_there():
        raise unittest.SkipTest("the encoder's weights are absent: tools/fetch_encoder.sh fetches them")
    home = pathlib.Path(unittest.enterModuleContext(tempfile.TemporaryDirectory(prefix="wend-live-")))
    for name, model in MODELS.items():
        server = unittest.enterModuleContext(ModelServer(model))
        Live.recorders[name] = unittest.enterModuleContext(Recorder(server.port))
    path = world.write_configuration(home / "wend.yaml", configuration(home, Live.recorders))
    Live.proxy = unittest.enterModuleContext(Proxy(path))


class Live(unittest.IsolatedAsyncioTestCase):
    """Each case once: what the client gets is what the model's server sent, and says what it should."""

    proxy = None
    recorders = {}

    async def ask(self, name):
        """(answer, exchange) of a case."""
        status, body = CASES[name]
        before = {model: len(recorder.exchanges) for model, recorder in self.recorders.items()}
        answer = await raw_client.post(self.proxy.port, "/v1/chat/completions", body, patience=300)
        self.assertEqual(answer.status, status, answer.body[:300])
        self.assertTrue(answer.complete)
        new = [exchange for model, recorder in self.recorders.items() for exchange in recorder.exchanges[before[model]:]]
        self.assertEqual(len(new), 1, "one request makes one call")
        self.keep(name, body, new[0])
        return answer, new[0]

    @staticmethod
    def keep(name, body, exchange):
        """Writes the exchange where a recording is wanted."""
        if os.environ.get("WEND_RECORD") == "1":
            (HERE / "exchanges").mkdir(exist_ok=True)
            client = {"target": "POST /v1/chat/completions", "body": json.dumps(body)}
            upstream = {"target": exchange["target"], "body": exchange["body"]}
            save_exchange(HERE / "exchanges" / f"{name}.json",
                          {"name": name, "client": client, "upstream": upstream, "answer": exchange["answer"]})

    def check_upstream_body(self, name, exchange):
        """The body went up as it came but for the model's name."""
        sent, got = CASES[name][1], json.loads(exchange["body"])
        self.assertTrue(got["model"].startswith("up-"))
        self.assertEqual({**got, "model": None}, {**sent, "model": None})

    async def test_whole_answers(self):
        for name in ("chat_small", "chat_large", "chat_auto", "logprobs"):
            with self.subTest(name):
                answer, exchange = await self.ask(name)
                self.check_upstream_body(name, exchange)
                content = answer.json()
                self.assertTrue(content["choices"][0]["message"]["content"])
                self.assertGreater(content["usage"]["completion_tokens"], 0)
                self.assertIn(answer.header("x-wend-model"), MODELS)

    async def test_a_routed_answer_has_a_record_with_the_tokens_that_the_server_counted(self):
        answer, _ = await self.ask("chat_auto")
        usage = answer.json()["usage"]
        outcome = (await self.record_of(answer))["outcome"]
        self.assertEqual((outcome["input_tokens"], outcome["output_tokens"]), (usage["prompt_tokens"], usage["completion_tokens"]))
        self.assertEqual(outcome["answered_by"], answer.header("x-wend-model"))

    async def record_of(self, answer):
        """The decision's record, which is written behind the answer."""
        for _ in range(100):
            record = await raw_client.get(self.proxy.port, f"/v1/decisions/{answer.header('x-wend-decision')}")
            if record.status == 200:
                return record.json()
            await asyncio.sleep(0.1)
        return self.fail("the decision has no record after ten seconds")

    async def test_streams_end_whole_and_say_something(self):
        for name in (name for name in CASES if name.startswith("stream")):
            with self.subTest(name):
                answer, exchange = await self.ask(name)
                self.check_upstream_body(name, exchange)
                events = sse_data(answer.body)
                self.assertEqual(events[-1], "[DONE]")
                said = "".join(choice["delta"].get("content") or "" for event in events[:-1]
                               for choice in json.loads(event)["choices"])
                self.assertTrue(said)
                usage = [json.loads(event).get("usage") for event in events[:-1]]
                self.assertEqual(any(usage), "stream_options" in CASES[name][1])

    async def test_tools_reach_the_model(self):
        plain, _ = await self.ask("chat_large")
        for name in ("tools", "tools_stream"):
            with self.subTest(name):
                answer, exchange = await self.ask(name)
                self.check_upstream_body(name, exchange)
                # These models answer in JSON of their own instead of a call; that they were shown the tool, the prompt's length tells.
                parsed = answer.json() if name == "tools" else json.loads(sse_data(answer.body)[-2])
                self.assertGreater(parsed["usage"]["prompt_tokens"], 2 * plain.json()["usage"]["prompt_tokens"])
                self.assertIn("weather", answer.body.decode())

    async def test_a_response_format_is_kept(self):
        answer, _ = await self.ask("response_format")
        self.assertEqual(set(json.loads(answer.json()["choices"][0]["message"]["content"])), {"name", "age"})

    async def test_what_the_upstream_refuses_comes_back_as_it_said_it(self):
        answer, _ = await self.ask("refused_by_the_upstream")
        self.assertTrue(answer.json()["error"]["message"])


if __name__ == "__main__":
    unittest.main()
