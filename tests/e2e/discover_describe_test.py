#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`wend discover --describe` against a scripted upstream that plays the describer: what is asked, paid for, kept and made of it."""

import json
import pathlib
import signal
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from fake_upstream import FakeUpstream  # noqa: E402  (the path comes first)
from wend_cli import encoder_is_there, make_collection, split_fraction, stop_at, wend, wend_json  # noqa: E402

CALL = (7 * 3.0 + 5 * 6.0) / 1e6  # What the fake counts for a reply, at the prices below.


class Describe(unittest.TestCase):
    def setUp(self):
        if not encoder_is_there():
            self.skipTest("the encoder's weights are absent: tools/fetch_encoder.sh fetches them")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name)
        self.upstream = self.enterContext(FakeUpstream(models=("teller",)))
        self.upstream.default = "describe"
        (self.home / "wend.yaml").write_text(
            f"upstreams:\n  fake: {{base_url: \"{self.upstream.url()}\"}}\n"
            "models:\n  - {id: teller, upstream: fake, price: {input: 3, output: 6}}\n")
        self.queries, _ = make_collection(self.home / "small", per_topic=40)
        wend("import", "small", cwd=self.home, check=0)
        self.learnt = [q for q in self.queries if split_fraction(1, q["prompt"]) < 0.8]

    def discover(self, *arguments, check=0):
        done = wend("discover", "--dataset", "small", "--describe", "teller", "--min-size", "10", "--rbo-percentile", "0.5", "--out", "tasks", "--compare", "task",
                    "--yes", "--quiet", "--json", *arguments, cwd=self.home, check=check)
        return json.loads(done.stdout)

    def test_tasks_go_by_the_descriptions_and_nothing_is_asked_twice(self):
        first = self.discover()
        asked = first["asked"]
        self.assertEqual((asked["prompts"], asked["described"], asked["unreadable"], asked["calls"], asked["reused"]),
                         (len(self.learnt), len(self.learnt), 0, len(self.learnt), 0))
        tasks = first["tasks"]  # All models answer most of one topic alike: it may be left without a task.
        self.assertGreaterEqual(tasks, 3)
        self.assertEqual((asked["tasks_named"], asked["naming_calls"]), (tasks, tasks))
        self.assertAlmostEqual(asked["spent"], (len(self.learnt) + tasks) * CALL)
        self.assertEqual((asked["input_tokens"], asked["output_tokens"]), ((len(self.learnt) + tasks) * 7, (len(self.learnt) + tasks) * 5))
        self.assertEqual((first["agreement"]["nmi"], first["agreement"]["ari"]), (1, 1))
        nodes = json.loads((self.home / "tasks" / "taxonomy.json").read_text())["nodes"]
        self.assertLessEqual({n["name"] for n in nodes},
                             {"what-is-like requests", "how-long-like requests", "write-a-like requests", "which-river-like requests"})
        self.assertEqual(len({n["name"] for n in nodes}), tasks)
        self.assertEqual({n["definition"] for n in nodes}, {f"Requests that are {n['name'].split()[0]}." for n in nodes})
        again = self.discover()
        self.assertEqual((again["asked"]["calls"], again["asked"]["naming_calls"], again["asked"]["spent"]), (0, 0, 0))
        self.assertEqual(again["asked"]["reused"], len(self.learnt))
        self.assertEqual(self.upstream.bill.calls, len(self.learnt) + tasks)

    def test_no_test_prompt_is_described_and_the_sentences_are_kept(self):
        self.discover()
        rows = [json.loads(line) for line in (self.home / "tasks" / "descriptions.jsonl").read_text().splitlines()]
        self.assertEqual(sorted(row["query_id"] for row in rows), sorted(q["id"] for q in self.learnt))
        self.assertTrue(all(row["description"].endswith("-like.") for row in rows))
        record = json.loads((self.home / "tasks" / "discovery.json").read_text())
        self.assertEqual(record["described_by"], "teller")
        everything = self.discover("--split", "0.9:0.1:0")["asked"]
        self.assertEqual((everything["prompts"], everything["reused"]), (len(self.queries), len(self.learnt)))
        report = wend_json("eval", "--dataset", "small", "--routers", "best_static,finerouter_tasks{min_size=10}", "--descriptions", "tasks",
                           "--seeds", "2", cwd=self.home)
        self.assertEqual(len(report["rows"]), 2)

    def test_another_discovery_leaves_nothing_of_the_one_before(self):
        self.discover()
        self.assertTrue((self.home / "tasks" / "descriptions.jsonl").exists())
        wend("discover", "--dataset", "small", "--min-size", "10", "--rbo-percentile", "0.5", "--out", "tasks", "--quiet",
             cwd=self.home, check=0)
        self.assertFalse((self.home / "tasks" / "descriptions.jsonl").exists())
        self.assertIsNone(json.loads((self.home / "tasks" / "discovery.json").read_text())["described_by"])

    def test_what_cannot_be_read_is_asked_again_and_then_stands_for_itself(self):
        self.upstream.default = "describe mumbles=2"
        self.assertEqual(self.discover()["asked"]["asked_again"], 2 * len(self.learnt))
        self.upstream.default = "describe garbles=garlic"
        garbled = self.discover("--seed", "2")["asked"]
        self.assertEqual(garbled["described"] + garbled["unreadable"], garbled["prompts"])
        kept = (self.home / "tasks" / "descriptions.jsonl").read_text().splitlines()
        self.assertEqual(len(kept), garbled["described"])

    def test_a_budget_writes_nothing_and_the_next_run_goes_on(self):
        stopped = self.discover("--budget", str(30 * CALL), check=3)
        self.assertEqual((stopped["stopped"], stopped["tasks"]), ("budget", None))
        self.assertLessEqual(stopped["asked"]["spent"], 30.001 * CALL)
        self.assertFalse((self.home / "tasks").exists())
        bill = self.upstream.bill.calls
        rest = self.discover()
        self.assertEqual(rest["asked"]["reused"], stopped["asked"]["calls"])
        self.assertEqual(self.upstream.bill.calls, len(self.learnt) + rest["tasks"])
        self.assertLess(bill, 31)

    def test_a_signal_keeps_what_was_answered(self):
        self.upstream.default = "describe after=0.05"
        stopped = stop_at("describe", signal.SIGTERM, "discover", "--dataset", "small", "--describe", "teller", "--out", "tasks", "--yes",
                          cwd=self.home)
        self.assertEqual(stopped.returncode, 3, stopped.stderr)
        self.upstream.default = "describe"
        tasks = self.discover()["tasks"]
        self.assertEqual(self.upstream.bill.calls, len(self.learnt) + tasks)

    def test_money_is_asked_for_first(self):
        plan = wend_json("discover", "--dataset", "small", "--describe", "teller", "--out", "tasks", "--dry-run", cwd=self.home)
        self.assertEqual((plan["prompts"], plan["calls"]), (len(self.learnt), len(self.learnt)))
        self.assertGreater(plan["estimate"], 0)
        refused = wend("discover", "--dataset", "small", "--describe", "teller", "--out", "tasks", cwd=self.home, check=2)
        self.assertIn("--yes", refused.stderr)
        unknown = wend("discover", "--dataset", "small", "--describe", "nobody", "--out", "tasks", "--yes", cwd=self.home, check=2)
        self.assertIn("nobody", unknown.stderr)
        colourless = wend("discover", "--dataset", "small", "--describe", "teller", "--out", "tasks", "--compare", "colour", "--yes", cwd=self.home, check=2)
        self.assertIn("no query has that field", colourless.stderr)
        self.assertEqual(self.upstream.bill.calls, 0)

    def test_names_are_paid_for_only_by_who_agreed(self):
        """The budget ends with the last description; of the names nobody has been told by then."""
        stopped = self.discover("--budget", str((len(self.learnt) + 0.5) * CALL), check=3)
        self.assertEqual((stopped["asked"]["calls"], stopped["asked"]["naming_calls"]), (len(self.learnt), 0))
        goes_on = ("discover", "--dataset", "small", "--describe", "teller", "--min-size", "10", "--rbo-percentile", "0.5", "--out", "tasks")
        refused = wend(*goes_on, cwd=self.home, check=2)
        self.assertIn("--yes", refused.stderr)
        self.assertEqual(self.upstream.bill.calls, len(self.learnt))
        self.assertFalse((self.home / "tasks").exists())
        asked = wend_json(*goes_on, "--yes", cwd=self.home)["asked"]
        self.assertEqual(asked["calls"], 0)
        self.assertEqual(self.upstream.bill.calls - len(self.learnt), asked["naming_calls"])
        self.assertGreater(asked["naming_calls"], 0)

    def test_a_dry_run_without_a_model_writes_nothing(self):
        plan = wend_json("discover", "--dataset", "small", "--out", "tasks", "--dry-run", cwd=self.home)
        self.assertEqual((plan["calls"], plan["estimate"]), (0, 0))
        unknown = wend("discover", "--dataset", "smal", "--out", "tasks", "--dry-run", cwd=self.home, check=1)
        self.assertIn("smal", unknown.stderr)
        self.assertFalse((self.home / "tasks").exists())


if __name__ == "__main__":
    unittest.main()
