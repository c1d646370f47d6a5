#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`wend label` against a scripted upstream: what is asked, what is kept, what it costs, and how it ends."""

import json
import os
import pathlib
import shlex
import signal
import sqlite3
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from fake_upstream import FakeUpstream  # noqa: E402  (the path comes first)
from wend_cli import running, wend, write_jsonl  # noqa: E402

PRICES = {"small": (1.0, 2.0), "large": (10.0, 20.0)}  # Per million tokens in and out.
CALL = {"small": (7 * 1.0 + 5 * 2.0) / 1e6, "large": (7 * 10.0 + 5 * 20.0) / 1e6}  # The fake counts 7 and 5.
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
KEY = "sk-canary-8f2a77"


def queries(count):
    return [{"id": f"q{i:04}", "prompt": f"What is {i} + 1?", "reference": str(i + 1), "metric": "numeric"}
            for i in range(count)]


def can_run_programs(folder):
    checks = json.loads(wend("doctor", "--json", cwd=folder).stdout)["checks"]
    return any(check["name"] == "sandbox" and check["status"] == "ok" for check in checks)


def command_lines():
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            yield (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            pass  # It has ended meanwhile.


class Label(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.upstream = self.enterContext(FakeUpstream())
        self.configure()
        write_jsonl(self.folder / "queries.jsonl", queries(10))

    def configure(self, upstream="", label="", models=("small", "large")):
        rows = "".join(f"  - {{id: {m}, upstream: fake, price: {{input: {PRICES[m][0]}, output: {PRICES[m][1]}}}}}\n"
                       for m in models)
        (self.folder / "wend.yaml").write_text(
            f"upstreams:\n  fake: {{base_url: \"{self.upstream.url()}\"{upstream}}}\nmodels:\n{rows}"
            f"label: {{max_tokens: 64{label}}}\n")

    def label(self, *arguments, check=0, source=("--in", "queries.jsonl", "--name", "mine")):
        done = wend("label", *source, "--yes", "--quiet", "--json", *arguments, cwd=self.folder, check=check)
        return json.loads(done.stdout)

    def outcomes(self):
        with sqlite3.connect(self.folder / "wend.db") as store:
            return {row[:2]: row[2:] for row in store.execute(
                "SELECT q.id, m.id, o.status, o.quality, o.input_tokens, o.output_tokens, o.cost, o.extra FROM outcomes o"
                " JOIN queries q ON q.key = o.query JOIN models m ON m.key = o.model ORDER BY 1, 2")}

    def test_makes_outcomes_of_replies_and_asks_nothing_twice(self):
        self.upstream.when_model("small", 'answer text="Answer: 4"')
        self.upstream.when_model("large", 'answer text="It is \\\\boxed{4}"')
        first = self.label()
        self.assertEqual({k: first[k] for k in ("dataset", "cells", "done", "reused", "failed", "unscored", "calls",
                                                "input_tokens", "output_tokens", "currency", "stopped")},
                         {"dataset": "mine", "cells": 20, "done": 20, "reused": 0, "failed": 0, "unscored": 0, "calls": 20,
                          "input_tokens": 140, "output_tokens": 100, "currency": "USD", "stopped": None})
        self.assertAlmostEqual(first["spent"], 10 * (CALL["small"] + CALL["large"]))
        rows = self.outcomes()
        self.assertEqual(len(rows), 20)
        for (query, model), (status, quality, tokens_in, tokens_out, cost, extra) in rows.items():
            self.assertEqual((status, quality, tokens_in, tokens_out), (0, float(query == "q0003"), 7, 5))
            self.assertAlmostEqual(cost, CALL[model])
            self.assertIn(json.loads(extra)["reply_id"], self.upstream.bill.keys)
        again = self.label()
        self.assertEqual((again["calls"], again["reused"], again["done"], again["spent"]), (0, 20, 20, 0))
        self.assertEqual(self.upstream.bill.calls, 20)
        self.assertEqual(self.outcomes(), rows)

    def test_sends_what_the_configuration_says(self):
        self.configure(upstream=', extra_body: \'{"cache_prompt": false}\'',
                       label=', temperature: 0.5, parameters: \'{"top_p": 0.9}\', prompt_template: ask.txt')
        (self.folder / "ask.txt").write_text("Be short.\n{{question}}\n")
        self.label("--models", "sm*")
        body = self.upstream.received()[0].json()
        prompt = body.pop("messages")
        self.assertEqual(body, {"model": "small", "max_tokens": 64, "temperature": 0.5, "top_p": 0.9, "cache_prompt": False})
        self.assertRegex(prompt[0]["content"], r"\ABe short.\nWhat is \d \+ 1\?\n\Z")
        # What the upstream alone wants is no part of a call's identity; a parameter is.
        self.configure(label=', temperature: 0.5, parameters: \'{"top_p": 0.9}\', prompt_template: ask.txt')
        self.assertEqual(self.label("--models", "small")["calls"], 0)
        self.configure(label=', temperature: 0.5, parameters: \'{"top_p": 0.8}\', prompt_template: ask.txt')
        self.assertEqual(self.label("--models", "small")["calls"], 10)

    def ask_for_programs(self, *rows):
        """Each row: an id, the query, the program that is the reply to it."""
        for name, _, program in rows:
            self.upstream.when(name, f"answer text={shlex.quote(program)}")
        write_jsonl(self.folder / "queries.jsonl",
                    [{"id": name, "metric": "pass@1", **query, "prompt": f"{query['prompt']}\n# @@{name}@@\n"}
                     for name, query, _ in rows])

    def test_runs_no_program_outside_a_sandbox(self):
        self.ask_for_programs(("one", {"prompt": "Write one.", "reference": "assert one() == 1"}, "def one(): return 1"))
        self.configure(label=", python: no-such-python")
        self.assertEqual(self.label("--dry-run")["unscored_queries"], {})
        done = wend("label", "--in", "queries.jsonl", "--name", "mine", "--yes", cwd=self.folder, check=1)
        self.assertEqual(done.stderr.count("are run in a sandbox alone"), 1)
        self.assertIn("or score with --score judge", done.stderr)
        self.assertEqual(self.upstream.received(), [])
        # The judge alone needs none.
        self.upstream.when_model("large", "judge")
        judged = self.label("--models", "small", "--score", "judge", "--judge", "large")
        self.assertEqual((judged["unscored"], judged["judge"]["scored"]), (0, 1))

    def test_runs_replies_that_are_programs(self):
        if not can_run_programs(self.folder):
            self.skipTest("this machine allows no sandbox")
        before = len(self.upstream.received())  # The doctor has asked for its health.
        bystander = self.folder / "bystander"
        bystander.write_text("untouched")
        mbpp = {"prompt": "Write a function add that adds two numbers.",
                "reference": str(["assert add(2, 3) == 5", "assert add('a', 'b') == 'ab'"])}
        human_eval = {"prompt": 'from typing import List\n\ndef most(xs: List[int]) -> int:\n    """ The largest. """\n',
                      "entry_point": "most",
                      "reference": "def check(candidate):\n    assert candidate([1, 3, 2]) == 3\n    assert candidate([-1]) == -1\n"}
        escape = (ROOT / "tests" / "e2e" / "escape.py").read_text().replace("FOLDER", str(self.folder)).replace(
            "PORT", self.upstream.url().rsplit(":", 1)[1].split("/")[0])
        self.ask_for_programs(
            ("right", mbpp, "Sure:\n```python\ndef add(a, b):\n    return a + b\n```\nIt adds."),
            ("wrong", mbpp, "```python\ndef add(a, b):\n    return 5\n```"),
            ("endless", mbpp, "def add(a, b):\n    while True:\n        pass"),
            ("early", mbpp, "import os\nos._exit(0)"),
            ("silent", mbpp, "I would rather not."),
            ("body", human_eval, "    return max(xs)"),
            ("whole", human_eval, "```py\ndef most(xs: List[int]) -> int:\n    return sorted(xs)[-1]\n```"),
            ("other", human_eval, "```py\ndef most(xs: List[int]) -> int:\n    return xs[1]\n```"),
            ("held", {"prompt": "Get out.", "reference": "assert reached() == []"}, escape),
            ("free", {"prompt": "Get out.", "reference": "assert reached() != []"}, escape),
            ("broken", {"prompt": "Write f.", "reference": "assert ("}, "def f(): return 1"),
            ("untold", {"prompt": "Write f.", "reference": ""}, "def f(): return 1"))
        asked = self.label("--models", "small")
        self.assertEqual((asked["done"], asked["unscored"], asked["failed"]), (12, 2, 0))
        rows = self.outcomes()
        self.assertEqual({query: row[1] for (query, _), row in rows.items()},
                         {"right": 1, "wrong": 0, "endless": 0, "early": 0, "silent": 0, "body": 1, "whole": 1, "other": 0,
                          "held": 1, "free": 0, "broken": None, "untold": None})
        self.assertEqual([json.loads(rows[query, "small"][5])["why"] for query in ("broken", "untold")],
                         ["the tests are broken: they are no program", "no reference"])
        self.assertEqual(bystander.read_text(), "untouched")
        self.assertEqual(len(self.upstream.received()) - before, 12, "a program came through to the upstream")
        self.assertEqual([line for line in command_lines() if "left-by-escape" in line], [])
        # A rerun asks nothing and comes to the same.
        asked = [json.loads(line) for line in (self.folder / "queries.jsonl").read_text().split("\n") if line]
        write_jsonl(self.folder / "queries.jsonl", [row for row in asked if row["id"] != "endless"])
        again = self.label("--models", "small")
        self.assertEqual((again["calls"], again["done"]), (0, 11))
        self.assertEqual(self.outcomes(), rows)

    def test_draws_are_calls_of_their_own(self):
        self.assertEqual(self.label("--draws", "3", "--models", "small")["calls"], 30)
        self.assertEqual(len(self.upstream.bill.keys), 30)
        self.assertEqual(self.label("--draws", "4", "--models", "small")["calls"], 10)

    def test_a_dry_run_asks_nothing_and_makes_no_store(self):
        plan = self.label("--dry-run")
        self.assertEqual((plan["cells"], plan["calls"], plan["reused"]), (20, 20, 0))
        self.assertEqual(plan["calls_by_model"], {"small": 10, "large": 10})
        # Before the first reply: the text's bytes, and all of max_tokens.
        self.assertGreater(plan["estimate"], 10 * 64 * (2 + 20) / 1e6)
        self.assertEqual(self.upstream.received(), [])
        self.assertFalse((self.folder / "wend.db").exists())
        text = wend("label", "--in", "queries.jsonl", "--name", "mine", "--dry-run", cwd=self.folder, check=0).stdout
        self.assertIn("20 calls to make", text)

    def test_learns_what_replies_take(self):
        self.label("--models", "small")
        write_jsonl(self.folder / "queries.jsonl", queries(20))
        plan = self.label("--models", "small", "--dry-run")
        self.assertEqual((plan["calls"], plan["reused"], plan["output_tokens"]), (10, 10, 50))
        self.assertAlmostEqual(plan["estimate"], 10 * CALL["small"], delta=CALL["small"])

    def test_stops_at_its_budget_with_everything_saved(self):
        write_jsonl(self.folder / "queries.jsonl", queries(200))
        budget = 50 * CALL["small"]
        stopped = self.label("--models", "small", "--budget", budget, check=3)
        self.assertEqual(stopped["stopped"], "budget")
        self.assertLessEqual(stopped["spent"], budget + 4 * CALL["small"])
        self.assertGreater(stopped["done"], 30)
        self.assertEqual(len(self.outcomes()), stopped["done"])
        self.assertEqual(self.upstream.bill.calls, stopped["done"])
        rest = self.label("--models", "small")
        self.assertEqual((rest["reused"], rest["calls"]), (stopped["done"], 200 - stopped["done"]))
        self.assertEqual(self.upstream.bill.calls, 200)

    def test_a_budget_needs_prices(self):
        (self.folder / "wend.yaml").write_text(
            f"upstreams: {{fake: {{base_url: \"{self.upstream.url()}\"}}}}\nmodels: [{{id: small, upstream: fake}}]\n")
        done = wend("label", "--in", "queries.jsonl", "--name", "mine", "--yes", "--budget", 1, cwd=self.folder, check=2)
        self.assertIn("'small' has no price", done.stderr)
        self.assertEqual(self.upstream.received(), [])
        self.assertEqual(self.label()["spent"], 0)

    def test_needs_a_yes_without_a_terminal(self):
        done = wend("label", "--in", "queries.jsonl", "--name", "mine", cwd=self.folder, stdin=b"", check=2)
        self.assertIn("--yes", done.stderr)
        self.assertEqual(self.upstream.received(), [])
        self.label()
        wend("label", "--dataset", "mine", cwd=self.folder, stdin=b"", check=0)  # Nothing to spend: nothing to ask.

    def test_failed_calls_are_missing_cells(self):
        self.configure(label=", attempts: 2")
        lines = {"q0001": "status code=500", "q0002": 'answer text="[1" cut_json=9', "q0003": "status code=400",
                 "q0004": "answer broken=reset at=1", "q0005": "answer type=text/html text=oops"}
        rows = queries(10)
        for row in rows:
            row["prompt"] += f" @@{row['id']}@@"
        write_jsonl(self.folder / "queries.jsonl", rows)
        for marker, line in lines.items():
            self.upstream.when(marker, line)
        result = self.label("--models", "small")
        self.assertEqual((result["done"], result["failed"], result["stopped"]), (5, 5, None))
        for (query, _), row in self.outcomes().items():
            self.assertEqual(row[0], 1 if query in lines else 0)
            self.assertEqual(row[1] is None, query in lines, "a failed call has no quality")
        asked = {marker: len(self.upstream.received(marker)) for marker in lines}
        self.assertEqual(asked, {"q0001": 2, "q0002": 1, "q0003": 1, "q0004": 2, "q0005": 1})
        for marker in lines:
            self.upstream.when(marker, "answer text=ok")
        self.upstream._stored.clear()  # What it answered badly it would answer again.
        again = self.label("--models", "small")
        self.assertEqual((again["done"], again["reused"], again["failed"]), (10, 5, 0))
        self.assertEqual({row[0] for row in self.outcomes().values()}, {0})

    def test_waits_as_long_as_it_is_asked_to(self):
        write_jsonl(self.folder / "queries.jsonl", [{"id": "a", "prompt": "@@busy@@", "reference": "1", "metric": "exact"}])
        self.upstream.when("busy", "status code=429 retry_after=1", "answer text=1")
        result = self.label("--models", "small")
        self.assertEqual((result["done"], result["calls"]), (1, 2))
        first, second = self.upstream.received("busy")
        self.assertGreaterEqual(second.began_at - first.answered_at, 0.95)

    def test_gives_up_what_does_not_answer_in_time(self):
        self.configure(label=", attempts: 1, timeout_s: 0.3")
        write_jsonl(self.folder / "queries.jsonl", queries(1) + [{"id": "slow", "prompt": "@@slow@@"}])
        self.upstream.when("slow", "answer after=60")
        result = self.label("--models", "small")
        self.assertEqual((result["done"], result["failed"]), (1, 1))

    def test_leaves_a_model_whose_key_is_wrong_and_never_says_the_key(self):
        self.configure(upstream=", api_key_env: LABEL_TEST_KEY")
        missing = wend("label", "--in", "queries.jsonl", "--name", "mine", "--yes", cwd=self.folder, check=1)
        self.assertIn("LABEL_TEST_KEY", missing.stderr)
        self.label("--dry-run")  # Needs none.
        os.environ["LABEL_TEST_KEY"] = KEY
        self.addCleanup(os.environ.pop, "LABEL_TEST_KEY")
        self.upstream.default = f'status code=401 message="Incorrect API key provided: {KEY}"'
        done = wend("label", "--in", "queries.jsonl", "--name", "mine", "--yes", "--json", cwd=self.folder, check=1)
        result = json.loads(done.stdout)
        self.assertEqual(result["stopped"], "failure")
        self.assertEqual([left["model"] for left in sorted(result["left"], key=lambda l: l["model"])], ["large", "small"])
        self.assertLessEqual(result["calls"], 8)  # What was under way.
        self.assertEqual(self.upstream.received()[0].header("authorization"), f"Bearer {KEY}")
        self.assertNotIn(KEY, done.stdout + done.stderr)
        self.assertNotIn(KEY.encode(), b"".join(p.read_bytes() for p in self.folder.glob("wend.db*")))

    def test_unscored_replies_are_kept_and_say_why(self):
        write_jsonl(self.folder / "queries.jsonl", [{"prompt": "Sing."}, {"prompt": "Code.", "reference": "x", "metric": "win_rate"}])
        result = self.label("--models", "small")
        self.assertEqual((result["done"], result["unscored"]), (2, 2))
        self.assertEqual({(row[0], row[1], json.loads(row[5])["why"]) for row in self.outcomes().values()},
                         {(2, None, "no metric"), (2, None, "metric 'win_rate' cannot be scored here")})

    def test_replies_go_round_through_a_folder(self):
        self.upstream.when_model("small", 'answer text="Answer: 4"')
        self.label("--models", "small", "--export-replies", "replies.jsonl.zst")
        before = self.outcomes()
        fresh = self.folder / "fresh"
        fresh.mkdir()
        (self.folder / "replies.jsonl.zst").rename(fresh / "replies.jsonl.zst")
        write_jsonl(fresh / "queries.jsonl", [{"dataset": "mine", "task": "mine", **row} for row in queries(10)])
        write_jsonl(fresh / "models.jsonl", [{"id": "small"}])
        write_jsonl(fresh / "outcomes.jsonl", [])
        (self.folder / "wend.db").unlink()
        wend("import", "fresh", "--name", "mine", cwd=self.folder, check=0)
        result = self.label("--models", "small", source=("--dataset", "mine"))
        self.assertEqual((result["calls"], result["reused"], result["spent"]), (0, 10, 0))
        self.assertEqual(self.outcomes(), before)

    def test_the_starter_packs_outcomes_come_from_its_replies(self):
        models = [json.loads(line) for line in (ROOT / "starter" / "models.jsonl").read_text().splitlines()]
        rows = "".join(f"  - {{id: {m['id']}, upstream: fake, price: {{input: {m['input_price_per_mtok']},"
                       f" output: {m['output_price_per_mtok']}}}}}\n" for m in models)
        (self.folder / "wend.yaml").write_text(
            f"upstreams:\n  fake: {{base_url: \"{self.upstream.url()}\"}}\nmodels:\n{rows}"
            f"label: {{max_tokens: 160, prompt_template: {ROOT}/prompts/answer.txt}}\n")
        wend("import", ROOT / "starter", "--name", "starter", cwd=self.folder, check=0)
        shipped = self.outcomes()
        with sqlite3.connect(self.folder / "wend.db") as store:
            store.execute("DELETE FROM outcomes")
        result = self.label(source=("--dataset", "starter"))
        self.assertEqual((result["calls"], result["reused"], result["failed"]), (0, len(shipped), 0))
        made = self.outcomes()
        self.assertEqual(made.keys(), shipped.keys())
        for cell, (status, quality, tokens_in, tokens_out, cost, extra) in shipped.items():
            self.assertEqual(made[cell][:4], (status, quality, tokens_in, tokens_out), cell)
            self.assertAlmostEqual(made[cell][4], cost, places=12)
            self.assertEqual(json.loads(made[cell][5])["reply_id"], json.loads(extra)["reply_id"])
        self.assertEqual(self.upstream.received(), [])

    def test_a_signal_ends_it_with_everything_saved(self):
        write_jsonl(self.folder / "queries.jsonl", queries(500))
        self.upstream.default = "answer after=0.02"
        with running("label", "--in", "queries.jsonl", "--name", "mine", "--models", "small", "--yes", "--json", "--quiet",
                     cwd=self.folder) as process:
            self.upstream.wait_for(lambda u: u.bill.calls > 20, 30)
            process.send_signal(signal.SIGINT)
            result = json.loads(process.stdout.read())
            self.assertEqual(process.wait(30), 3)
        self.assertEqual(result["stopped"], "user")
        self.assertEqual(result["done"], self.upstream.bill.calls)  # Calls under way were waited for.
        self.assertEqual(len(self.outcomes()), result["done"])
        self.assertLess(result["done"], 500)

    def test_keeps_to_the_rate(self):
        self.configure(upstream=", requests_per_minute: 1200")
        began = time.monotonic()
        self.label()
        self.assertGreaterEqual(time.monotonic() - began, 19 * 0.05)

    def test_says_what_is_wrong(self):
        for arguments, code, words in [
                (("--dataset", "none"), 1, "no such file"),
                (("--dataset", "a", "--in", "queries.jsonl"), 2, "one of --dataset NAME and --in FILE"),
                (("--in", "queries.jsonl"), 2, "--in FILE and --name NAME go together"),
                (("--in", "queries.jsonl", "--name", "mine", "--models", "smal"), 2, "did you mean 'small'"),
                (("--in", "queries.jsonl", "--name", "mine", "--score", "judge"), 2, "no judge to ask"),
                (("--in", "queries.jsonl", "--name", "mine", "--score", "guess"), 2, "metric, judge or both"),
                (("--in", "queries.jsonl", "--name", "mine", "--judge", "large"), 2, "--score judge or both"),
                (("--in", "queries.jsonl", "--name", "mine", "--draws", "0"), 2, "--draws"),
                (("--in", "bad.jsonl", "--name", "mine"), 1, "bad.jsonl:2"),
                (("--in", "twice.jsonl", "--name", "mine"), 1, "the same query as line 1"),
                (("--in", "queries.jsonl", "--name", "mine", "--set", "label.prompt_template=bad.jsonl"), 2, "{{question}}"),
                (("--in", "queries.jsonl", "--name", "mine", "--set", "label.parameters='{\"model\": 1}'"), 2, "label.parameters")]:
            (self.folder / "bad.jsonl").write_text('{"prompt": "a"}\n{"promt": "b"}\n')
            (self.folder / "twice.jsonl").write_text('{"prompt": "a"}\n{"prompt": "a"}\n')
            wend("init", "--dir", "x", cwd=self.folder)
            done = wend("label", *arguments, "--yes", cwd=self.folder)
            self.assertEqual((done.returncode, words in done.stderr), (code, True), f"{arguments}: {done.stderr}")
        self.assertEqual(self.upstream.received(), [])


if __name__ == "__main__":
    unittest.main()
