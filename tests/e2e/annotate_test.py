#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`wend annotate` against a scripted upstream that also plays the labeller."""

import json
import pathlib
import signal
import sqlite3
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from fake_upstream import FakeUpstream  # noqa: E402  (the path comes first)
from wend_cli import encoder_is_there, running, wend, write_jsonl  # noqa: E402

# Two domains whose subcategories and levels have the same names, with what a careless parser splits at.
BASICS = "Basics. Nos. 1: all of them"
LEVELS = ["easy", "hard"]
TREE = {"nodes": [
    {"id": f"{domain}", "name": domain, "definition": f"whatever is {domain}", "children": [
        {"id": f"{domain}.b", "name": BASICS, "children": [
            {"id": f"{domain}.b.{i}", "name": level} for i, level in enumerate(LEVELS)]},
        {"id": f"{domain}.s", "name": "Specials"}]}
    for domain in ("maths", "law")]}
CALL = (7 * 3.0 + 5 * 6.0) / 1e6


def queries(count):
    """The fake chooses the options that the prompt says, whatever their labels are."""
    rows = []
    for i in range(count):
        domain = ("maths", "law")[i % 2]
        level = LEVELS[i // 2 % 2]
        rows.append({"id": f"q{i:03}", "dataset": "d", "task": "t", "prompt": f"No. {i} [[{domain} / {BASICS} / {level}]]",
                     "reference": f"{domain}.b.{LEVELS.index(level)}", "metric": "exact"})
    return rows


class Annotate(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.upstream = self.enterContext(FakeUpstream(models=("sorter",)))
        self.upstream.default = "choose"
        (self.folder / "wend.yaml").write_text(
            f"upstreams:\n  fake: {{base_url: \"{self.upstream.url()}\"}}\n"
            "models:\n  - {id: sorter, upstream: fake, price: {input: 3, output: 6}}\nlabel: {annotator: sorter}\n")
        (self.folder / "tasks").mkdir()
        (self.folder / "tasks" / "taxonomy.json").write_text(json.dumps(TREE))
        self.load(queries(12))

    def load(self, rows, labels=None):
        folder = self.folder / "mine"
        folder.mkdir(exist_ok=True)
        write_jsonl(folder / "queries.jsonl", rows)
        write_jsonl(folder / "models.jsonl", [{"id": "m"}])
        write_jsonl(folder / "outcomes.jsonl", [])
        if labels is not None:
            (folder / "taxonomy.json").write_text(json.dumps(TREE))
            write_jsonl(folder / "task_labels.jsonl", labels)
        wend("import", "mine", cwd=self.folder, check=0)

    def annotate(self, *arguments, check=0, tasks=("--tasks", "tasks")):
        done = wend("annotate", "--dataset", "mine", *tasks, "--yes", "--quiet", "--json", *arguments, cwd=self.folder, check=check)
        return json.loads(done.stdout)

    def labels(self):
        with sqlite3.connect(self.folder / "wend.db") as store:
            return {(query, task): weight for query, task, weight in store.execute(
                "SELECT q.id, l.task, l.weight FROM task_labels l JOIN queries q ON q.key = l.query")}

    def expected(self, rows):
        return {(row["id"], row["reference"]): 1.0 for row in rows}

    def test_labels_every_query_by_its_node_and_asks_nothing_twice(self):
        first = self.annotate()
        self.assertEqual({k: first[k] for k in ("dataset", "method", "queries", "labelled", "partial", "none", "unreadable", "failed",
                                                "asked_again", "reused", "calls", "stopped", "written")},
                         {"dataset": "mine", "method": "llm", "queries": 12, "labelled": 12, "partial": 0, "none": 0, "unreadable": 0,
                          "failed": 0, "asked_again": 0, "reused": 0, "calls": 36, "stopped": None, "written": True})
        self.assertAlmostEqual(first["spent"], 36 * CALL)
        self.assertEqual(self.labels(), self.expected(queries(12)))
        again = self.annotate()
        self.assertEqual((again["calls"], again["reused"], again["labelled"]), (0, 12, 12))
        self.assertEqual(self.annotate(tasks=())["calls"], 0)  # The collection's own taxonomy is that one now.
        self.assertEqual(self.upstream.bill.calls, 36)
        self.assertEqual(self.labels(), self.expected(queries(12)))

    def test_what_is_asked(self):
        self.annotate()
        body = self.upstream.received()[0].json()
        self.assertEqual({k: v for k, v in body.items() if k != "messages"},
                         {"model": "sorter", "max_tokens": 40, "temperature": 0})
        texts = [r.json()["messages"][0]["content"] for r in self.upstream.received()]
        self.assertTrue(any("A. maths: whatever is maths\nB. law: whatever is law\nC. none of these\n" in t for t in texts))
        self.assertTrue(any(f"A. {BASICS}\nB. Specials\nC. none of these\n" in t for t in texts))

    def test_a_folder_of_prompts_has_the_annotators_too(self):
        own = self.folder / "own"
        own.mkdir()
        (own / "annotate.txt").write_text("Mine: {{question}}\n{{options}}")
        (own / "annotate_again.txt").write_text("A label!")
        with (self.folder / "wend.yaml").open("a") as file:
            file.write("prompts: {folder: own}\n")
        self.upstream.default = "answer text=Hm."
        self.annotate()
        asked = [r.json()["messages"] for r in self.upstream.received()]
        self.assertTrue(all(messages[0]["content"].startswith("Mine: No. ") for messages in asked))
        self.assertEqual({messages[2]["content"] for messages in asked if len(messages) > 2}, {"A label!"})

    def test_what_cannot_be_read_is_asked_again_at_most_twice(self):
        self.upstream.default = "choose mumbles=2"
        twice = self.annotate()
        self.assertEqual((twice["labelled"], twice["asked_again"], twice["calls"]), (12, 72, 108))
        self.assertEqual(self.labels(), self.expected(queries(12)))
        self.upstream.default = "choose mumbles=9"
        self.load(queries(14))
        never = self.annotate()
        self.assertEqual((never["labelled"], never["unreadable"], never["calls"]), (12, 2, 6))
        self.assertEqual(self.labels(), self.expected(queries(12)))
        self.assertEqual(self.annotate()["calls"], 0)

    def test_none_of_these_ends_where_it_is_said(self):
        self.load([{**row, "prompt": row["prompt"].replace("law", "cooking").replace("hard", "deadly")} for row in queries(4)])
        result = self.annotate()
        self.assertEqual((result["labelled"], result["none"], result["partial"]), (10, 2, 1))
        labels = self.labels()
        self.assertEqual(labels["q002", "maths.b"], 1.0)
        self.assertNotIn("q001", {query for query, _ in labels})

    def test_several_labels_with_weights(self):
        self.load([{"id": "q000", "dataset": "d", "task": "t",
                    "prompt": f"[[maths: 75 ; law: 25 / {BASICS} / hard: 40 ; easy: 60]]"}])
        self.annotate("--labels", 3)
        weights = {task: weight for (query, task), weight in self.labels().items() if query == "q000"}
        self.assertEqual(set(weights), {"maths.b.0", "maths.b.1", "law.b.0"})  # The heaviest three of four.
        self.assertAlmostEqual(sum(weights.values()), 1, places=6)
        self.assertAlmostEqual(weights["maths.b.0"] / weights["law.b.0"], 3, places=5)

    def test_check_compares_and_writes_nothing(self):
        rows = queries(12)
        truth = [{"query_id": row["id"], "task_id": "maths.b.0"} for row in rows]
        self.load(rows, truth)
        before = self.labels()
        result = self.annotate("--check", tasks=())
        self.assertFalse(result["written"])
        self.assertEqual(result["agreement"], {"queries": 12, "levels": [0.5, 0.5, 0.25]})
        self.assertEqual(self.labels(), before)

    def test_writes_a_folder_that_train_reads(self):
        self.annotate("--out", "made", "--check")
        made = self.folder / "made"
        rows = [json.loads(line) for line in (made / "task_labels.jsonl").read_text().splitlines()]
        self.assertEqual({(r["query_id"], r["task_id"]): r["weight"] for r in rows}, self.expected(queries(12)))
        self.assertEqual(json.loads((made / "taxonomy.json").read_text())["nodes"][0]["id"], "maths")

    def test_a_budget_leaves_the_collection_as_it_was_and_goes_on(self):
        before = self.labels()
        stopped = self.annotate("--budget", 25 * CALL, check=3)
        self.assertEqual((stopped["stopped"], stopped["written"]), ("budget", False))
        self.assertLessEqual(stopped["spent"], 25.001 * CALL)
        self.assertEqual(self.labels(), before)
        rest = self.annotate()
        self.assertEqual((rest["written"], rest["calls"] + stopped["calls"]), (True, 36))
        self.assertEqual(self.labels(), self.expected(queries(12)))

    def test_killed_and_stopped_it_pays_once(self):
        rows = queries(100)
        self.load(rows)
        self.upstream.default = "choose after=0.004"
        command = ("annotate", "--dataset", "mine", "--tasks", "tasks", "--yes", "--quiet")
        for goal in (40, 120, 200):
            with running(*command, cwd=self.folder) as process:
                self.upstream.wait_for(lambda u, goal=goal: u.bill.calls >= goal, 120)
                process.kill()
                process.wait()
            time.sleep(0.05)
        with running(*command, "--json", cwd=self.folder) as process:
            self.upstream.wait_for(lambda u: u.bill.calls >= 240, 120)
            process.send_signal(signal.SIGINT)
            stopped = json.loads(process.stdout.read())
            self.assertEqual((process.wait(60), stopped["stopped"]), (3, "user"))
        self.annotate()
        self.assertEqual(self.labels(), self.expected(rows))
        self.assertEqual((self.upstream.bill.calls, len(self.upstream.bill.keys)), (300, 300))

    def test_failed_calls_are_asked_again_another_time(self):
        self.upstream.default = "status code=400"
        result = self.annotate()
        self.assertEqual((result["failed"], result["labelled"], result["failures"]), (12, 0, {k: 12 for k in result["failures"]}))
        self.upstream.default = "choose"
        self.assertEqual(self.annotate()["labelled"], 12)

    @unittest.skipUnless(encoder_is_there(), "the encoder's files are not there")
    def test_a_shortlist_takes_one_call(self):
        rows = queries(6)
        self.load(rows)
        (self.folder / "wend.db").unlink()
        self.load(rows)
        self.upstream.default = "choose full=yes"
        result = self.annotate("--method", "shortlist")
        self.assertEqual((result["labelled"], result["calls"]), (6, 6))
        self.assertEqual(self.labels(), self.expected(rows))
        self.assertEqual(self.annotate("--method", "shortlist")["calls"], 0)

    def test_says_what_is_wrong(self):
        for arguments, code, words in [
                (("--dataset", "none"), 1, "not in the store"),
                (("--dataset", "mine", "--method", "guess"), 2, "llm or shortlist"),
                (("--dataset", "mine", "--model", "sorte"), 2, "did you mean 'sorter'"),
                (("--dataset", "mine", "--tasks", "tasks", "--from", "mine"), 2, "one of --tasks"),
                (("--dataset", "mine", "--tasks", "nowhere"), 1, "nowhere"),
                (("--dataset", "mine", "--labels", "0"), 2, "--labels"),
                (("--dataset", "mine", "--set", "label.annotator=''"), 2, "no model to ask")]:
            done = wend("annotate", *arguments, "--yes", cwd=self.folder)
            self.assertEqual((done.returncode, words in done.stderr), (code, True), f"{arguments}: {done.stderr}")
        done = wend("annotate", "--dataset", "mine", cwd=self.folder, stdin=b"", check=2)
        self.assertIn("--yes", done.stderr)
        plan = self.annotate("--dry-run")
        self.assertEqual((plan["queries"], plan["calls"]), (12, 36))
        self.assertEqual(self.upstream.received(), [])


if __name__ == "__main__":
    unittest.main()
