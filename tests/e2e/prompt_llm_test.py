#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`wend eval --routers prompt_llm{model=ID}` against a scripted upstream that plays the chooser."""

import collections
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from fake_upstream import FakeUpstream  # noqa: E402  (the path comes first)
from wend_cli import MODELS, encoder_is_there, make_collection, wend, write_jsonl  # noqa: E402

CALL = (7 * 3.0 + 5 * 6.0) / 1e6
ROUTER = "prompt_llm{model=chooser}"
PICKED = {"cost": "great", "balanced": "middle", "quality": "tiny"}  # The list is by id; no router would choose so by itself.


class PromptLlm(unittest.TestCase):
    """A collection of four topics and three models; each test has a store and an upstream of its own."""

    @classmethod
    def setUpClass(cls):
        if not encoder_is_there():
            raise unittest.SkipTest("the encoder's weights are absent: tools/fetch_encoder.sh fetches them")
        cls.scratch = tempfile.TemporaryDirectory(prefix="wend-prompt-llm-")
        cls.home = pathlib.Path(cls.scratch.name)
        _, outcomes = make_collection(cls.home / "small", per_topic=30)
        cls.costs = {(o["query_id"], o["model"]): o["cost"] for o in outcomes}

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def setUp(self):
        self.upstream = self.enterContext(FakeUpstream(models=("chooser",)))
        self.upstream.default = "pick"
        self.place = self.home / self._testMethodName
        self.place.mkdir()
        priced = [*MODELS, ("chooser", 3.0, 6.0)]
        (self.place / "wend.yaml").write_text(json.dumps({
            "upstreams": {"fake": {"base_url": self.upstream.url()}},
            "models": [{"id": m, "upstream": "fake", "price": {"input": p, "output": o}} for m, p, o in priced]}))
        wend("import", self.home / "small", "--name", "small", cwd=self.place, check=0)

    def evaluate(self, *arguments, routers=ROUTER, check=0, yes=("--yes",)):
        done = wend("eval", "--dataset", "small", "--routers", routers, "--seeds", "1", "--json", "--quiet",
                    "--decisions", "d.jsonl", "--set", "eval.resamples=200", *yes, *arguments, cwd=self.place, check=check, stdin=b"")
        return json.loads(done.stdout)

    def decisions(self, router=ROUTER):
        lines = [json.loads(line) for line in (self.place / "d.jsonl").read_text().splitlines()]
        return [line for line in lines if line["router"] == router]

    def test_chooses_what_was_named_and_pays_for_asking(self):
        report = self.evaluate()
        row, test = report["rows"][0], report["queries"]["test"]
        self.assertEqual({(d["preference"], d["model"]) for d in self.decisions()}, set(PICKED.items()))
        self.assertEqual(row["asked"], {"model": "chooser", "choices": 3 * test, "unreadable": 0, "unanswered": 0, "asked_again": 0,
                                        "cost_currency": row["asked"]["cost_currency"]})
        self.assertAlmostEqual(row["asked"]["cost_currency"], 3 * test * CALL)
        scale = report["normaliser"]["parameters"]["c_ref"]
        for preference, model in PICKED.items():
            own = [d for d in self.decisions() if d["preference"] == preference]
            cost = sum(self.costs[d["query_id"], model] for d in own) / len(own)
            self.assertAlmostEqual(row["preference"][preference]["cost_currency"], cost + CALL)
            self.assertAlmostEqual(row["preference"][preference]["cost"], (cost + CALL) / scale)
        self.assertEqual(self.upstream.bill.calls, 3 * test)
        self.assertEqual(row["config"]["knows"], "cards")
        self.assertEqual(len(row["config"]["prompt_sha256"]), 64)
        # Again, it asks nothing and says the same.
        again = self.evaluate(yes=())["rows"][0]
        self.assertEqual((again["preference"], again["asked"]), (row["preference"], row["asked"]))
        self.assertEqual(self.upstream.bill.calls, 3 * test)

    def test_what_is_asked(self):
        self.evaluate("--set", "models.0.description=quick and\nsimple")
        body = self.upstream.received()[0].json()
        self.assertEqual({k: v for k, v in body.items() if k != "messages"},
                         {"model": "chooser", "max_tokens": 40, "temperature": 0})
        text = body["messages"][0]["content"]
        self.assertIn("\n- tiny; 0.1 USD per million input tokens, 0.4 per million output tokens; 1 billion parameters; "
                      "quick and simple\n", text)
        self.assertNotIn("mean quality", text)
        calls = self.upstream.bill.calls
        self.evaluate(routers="prompt_llm{model=chooser,knows=means}")
        text = self.upstream.received()[-1].json()["messages"][0]["content"]
        self.assertRegex(text, r"- great; [^\n]*; mean quality on other requests 0\.\d+; mean cost [0-9.e-]+ USD\n")
        self.assertEqual(self.upstream.bill.calls, 2 * calls)

    def test_what_names_no_one_model_is_asked_again_then_falls_back_and_is_counted(self):
        self.upstream.default = "pick mumbles=1 garbles=river"
        report = self.evaluate(routers=f"{ROUTER},best_static")
        asked = report["rows"][0]["asked"]
        of = collections.Counter(d["query_id"].startswith("geography") for d in self.decisions())
        self.assertGreater(of[True], 0)
        self.assertEqual((asked["choices"], asked["unreadable"], asked["asked_again"]),
                         (sum(of.values()), of[True], of[False] + 2 * of[True]))
        self.assertAlmostEqual(asked["cost_currency"], (2 * of[False] + 3 * of[True]) * CALL)
        static = {d["preference"]: d["model"] for d in self.decisions("best_static")}
        for d in self.decisions():
            lost = d["query_id"].startswith("geography")
            self.assertEqual(d["model"], (static if lost else PICKED)[d["preference"]])
            self.assertAlmostEqual(d["asking_cost"], (3 if lost else 2) * CALL)
        self.assertTrue(any(f"{of[True]} replies named no one model" in sentence for sentence in report["findings"]))

    def test_a_failed_call_is_best_static_and_counted(self):
        rows = [json.loads(line) for line in (self.home / "small" / "queries.jsonl").read_text().splitlines()]
        for row in rows:
            row["prompt"] += " [[do: status code=400]]" if row["task"] == "cooking" else ""
        write_jsonl(self.place / "queries.jsonl", rows)
        for name in ("models.jsonl", "outcomes.jsonl"):
            (self.place / name).write_bytes((self.home / "small" / name).read_bytes())
        wend("import", ".", "--name", "small", cwd=self.place, check=0)
        asked = self.evaluate()["rows"][0]["asked"]
        cooking = sum(d["query_id"].startswith("cooking") for d in self.decisions())
        self.assertGreater(cooking, 0)
        self.assertEqual((asked["unanswered"], asked["unreadable"]), (cooking, 0))
        calls = self.upstream.bill.calls
        self.evaluate()  # Asks for these again, and for nothing else.
        self.assertEqual(self.upstream.bill.calls, calls)
        self.assertEqual(len(self.upstream.received()), calls + 2 * cooking)

    def test_a_model_that_only_fails_makes_no_table(self):
        self.upstream.default = "status code=400"
        self.assertIn("400", self.evaluate(check=1)["error"]["message"])
        self.assertFalse((self.place / "d.jsonl").exists())

    def test_a_budget_makes_no_table_and_goes_on(self):
        stopped = self.evaluate("--budget", 20 * CALL, check=3)
        self.assertIn("stopped (budget)", stopped["error"]["message"])
        self.assertLessEqual(self.upstream.bill.calls, 20)
        self.assertFalse((self.place / "d.jsonl").exists())
        rest = self.evaluate()
        self.assertEqual(self.upstream.bill.calls, rest["rows"][0]["asked"]["choices"])

    def test_asks_first_and_says_what_is_wrong(self):
        self.assertIn("--yes", self.evaluate(yes=(), check=2)["error"]["message"])
        plan = self.evaluate("--dry-run", yes=())
        self.assertEqual(plan["calls"], plan["choices"])
        self.assertGreater(plan["estimate"], 0)
        for router, arguments, words in [
                ("prompt_llm", (), "eval.prompt_llm"),
                ("prompt_llm{model=choser}", (), "did you mean 'chooser'"),
                (ROUTER, ("--set", "models.3.price={}"), "price"),
                ("prompt_llm{knows=all,model=chooser}", (), "cards")]:
            self.assertIn(words, self.evaluate(*arguments, routers=router, check=2)["error"]["message"])
        self.assertEqual(self.upstream.received(), [])

    def test_a_cold_start_asks_nothing_more(self):
        make_collection(self.place / "other", per_topic=20, seed=8)
        wend("import", "other", cwd=self.place, check=0)
        report = self.evaluate("--train-on", "other", "--set", "eval.prompt_llm=chooser", routers="prompt_llm")
        rows = [row for row in report["rows"] if row["router"] == "prompt_llm"]
        self.assertEqual([row["source"] for row in rows], ["cold_start", "in_domain"])
        self.assertEqual(rows[0]["preference"], rows[1]["preference"])
        self.assertEqual(self.upstream.bill.calls, 3 * report["queries"]["test"])


if __name__ == "__main__":
    unittest.main()
