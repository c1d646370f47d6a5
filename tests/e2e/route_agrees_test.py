# SPDX-License-Identifier: Apache-2.0
"""Train, eval, route and serve read a prompt alike: `/v1/route` decides what `wend eval` and `wend route` decided."""

import asyncio
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from http_bytes import request  # noqa: E402
from proxy import Proxy, serves  # noqa: E402
from raw_client import RawClient  # noqa: E402
from wend_cli import encoder_is_there, make_collection, wend, wend_json, write_jsonl  # noqa: E402

PROMPTS = 2000
PER_TOPIC = 750
SPLIT = "0.2:0.05:0.75"
NEAR = 1e-5  # Two utilities as near as that may change places where sums are taken in another order (no AVX-512).
LONG = ["x", "", "  spaces \t and\nlines  ", "Ünïcödé 中文 \U0001f600 e\u0301", "word " * 400, "long " * 3000]


def setUpModule():
    if not serves():
        raise unittest.SkipTest("this binary has no 'serve'")
    if not encoder_is_there():
        raise unittest.SkipTest("the encoder's weights are absent: tools/fetch_encoder.sh fetches them")
    home = Agreement.home = pathlib.Path(unittest.enterModuleContext(tempfile.TemporaryDirectory(prefix="wend-agree-")))
    queries, _ = make_collection(home / "big", per_topic=PER_TOPIC)
    Agreement.prompts = {query["id"]: query["prompt"] for query in queries}
    wend_json("import", "big", cwd=home)
    wend_json("eval", "--dataset", "big", "--routers", "knn", "--seeds", "1", "--split", SPLIT, "--decisions", "decisions.jsonl",
              "--out", "out", cwd=home)
    Agreement.artifact = home / "out" / "artifacts" / "knn" / "seed-1"
    models = [{"id": model, "upstream": "nobody"} for model in ("tiny", "middle", "great")]
    config = home / "wend.yaml"
    config.write_text(json.dumps({"store": "served.db", "upstreams": {"nobody": {"base_url": "http://127.0.0.1:9/v1"}},
                                  "models": models, "router": {"artifact": str(Agreement.artifact)}}))
    Agreement.proxy = unittest.enterModuleContext(Proxy(config, "serve.inference_queue=10000"))


class Agreement(unittest.TestCase):
    home = proxy = artifact = prompts = None

    def ask(self, wishes):
        """/v1/route of each (prompt, preference), over a few kept connections, in order."""
        answers = [None] * len(wishes)

        async def some(first, step):
            async with RawClient(self.proxy.port) as client:
                for i in range(first, len(wishes), step):
                    prompt, preference = wishes[i]
                    body = {"model": f"auto:{preference}", "messages": [{"role": "user", "content": prompt}]}
                    await client.send(request("POST", "/v1/route", json.dumps(body).encode()))
                    answer = await client.answer()
                    self.assertEqual(answer.status, 200, answer.body)
                    answers[i] = answer.json()

        async def everything():
            await asyncio.gather(*(some(i, 8) for i in range(8)))

        asyncio.run(everything())
        return answers

    def is_near(self, answer):
        """Whether the two best candidates are too near to tell."""
        best = sorted((c["utility"] for c in answer["candidates"] if c.get("utility") is not None), reverse=True)
        return len(best) > 1 and best[0] - best[1] <= NEAR

    def test_eval_and_serve_decide_alike(self):
        lines = [json.loads(line) for line in (self.home / "decisions.jsonl").read_text().splitlines()]
        of_prompt = {}
        for line in lines:
            if line["router"] == "knn":
                of_prompt.setdefault(self.prompts[line["query_id"]], []).append(line)
        self.assertGreaterEqual(len(of_prompt), PROMPTS)
        lines = [found[i % len(found)] for i, found in enumerate(list(of_prompt.values())[:PROMPTS])]  # The preferences in turn.
        answers = self.ask([(self.prompts[line["query_id"]], line["preference"]) for line in lines])
        differ = [(line, answer) for line, answer in zip(lines, answers) if line["model"] != answer["model"]]
        print(f"eval and /v1/route agree on {PROMPTS - len(differ)} of {PROMPTS}")
        self.assertEqual([pair for pair in differ if not self.is_near(pair[1])], [])
        for line, answer in zip(lines, answers):
            self.assertAlmostEqual(line["predicted_quality"], answer["quality"], delta=1e-4)

    def test_route_and_serve_tell_the_same(self):
        prompts = LONG + list(self.prompts.values())[:40]
        write_jsonl(self.home / "prompts.jsonl", [{"id": i, "prompt": prompt} for i, prompt in enumerate(prompts)])
        write_jsonl(self.home / "chats.jsonl", [{"id": i, "messages": [{"role": "user", "content": prompt}]}
                                                for i, prompt in enumerate(prompts)])
        served = self.ask([(prompt, "quality") for prompt in prompts])
        for name in ("prompts.jsonl", "chats.jsonl"):
            told = wend("route", "--config", self.home / "wend.yaml", "--artifact", self.artifact, "--preference", "quality",
                        "--in", self.home / name, cwd=self.home, check=0).stdout
            for prompt, line, answer in zip(prompts, map(json.loads, told.splitlines()), served, strict=True):
                with self.subTest(prompt=prompt[:40], file=name):
                    self.assertEqual(line["model"], answer["model"])
                    self.assertEqual([c["model"] for c in line["candidates"]], [c["model"] for c in answer["candidates"]])
                    for one, other in zip(line["candidates"], answer["candidates"]):
                        self.assertAlmostEqual(one["quality"], other["quality"], delta=1e-5)
                        self.assertAlmostEqual(one["cost"], other["cost"], delta=1e-9)


if __name__ == "__main__":
    unittest.main(verbosity=1)
