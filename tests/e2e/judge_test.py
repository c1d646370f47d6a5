#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`wend label --score judge|both` against a scripted upstream that also plays the judge."""

import collections
import json
import pathlib
import random
import signal
import sqlite3
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from fake_upstream import FakeUpstream  # noqa: E402  (the path comes first)
from wend_cli import running, wend, wend_json, write_jsonl  # noqa: E402

PRICES = {"small": (1.0, 2.0), "large": (10.0, 20.0), "critic": (3.0, 6.0)}  # Per million tokens in and out.
CALL = {model: (7 * into + 5 * out) / 1e6 for model, (into, out) in PRICES.items()}  # The fake counts 7 and 5.


def queries(count):
    return [{"id": f"q{i:04}", "prompt": f"What is {i} + 1?", "reference": str(i + 1), "metric": "numeric"}
            for i in range(count)]


class Judge(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.upstream = self.enterContext(FakeUpstream(models=tuple(PRICES)))
        self.upstream.when_model("small", 'answer text="Answer: 4"')
        self.upstream.when_model("large", 'answer text="It is 5, I think; or 4"')
        self.upstream.when_model("critic", "judge")
        self.configure()
        write_jsonl(self.folder / "queries.jsonl", queries(10))

    def configure(self, label="", more="", upstream=""):
        rows = "".join(f"  - {{id: {m}, upstream: fake, price: {{input: {i}, output: {o}}}}}\n" for m, (i, o) in PRICES.items())
        (self.folder / "wend.yaml").write_text(
            f"upstreams:\n  fake: {{base_url: \"{self.upstream.url()}\"{upstream}}}\nmodels:\n{rows}"
            f"label: {{max_tokens: 64{label}}}\n{more}")

    def label(self, *arguments, check=0, score="judge", models="small,large"):
        done = wend("label", "--in", "queries.jsonl", "--name", "mine", "--models", models, "--score", score, "--judge", "critic",
                    "--yes", "--quiet", "--json", *arguments, cwd=self.folder, check=check)
        return json.loads(done.stdout)

    def outcomes(self):
        with sqlite3.connect(self.folder / "wend.db") as store:
            return {row[:2]: (*row[2:4], json.loads(row[4])) for row in store.execute(
                "SELECT q.id, m.id, o.status, o.quality, o.extra FROM outcomes o"
                " JOIN queries q ON q.key = o.query JOIN models m ON m.key = o.model ORDER BY 1, 2")}

    def calls(self):
        """How often each model was asked, and the judge's bodies."""
        bodies = [r.json() for r in self.upstream.received()]
        return collections.Counter(b["model"] for b in bodies), [b for b in bodies if b["model"] == "critic"]

    def test_the_judge_scores_every_reply_and_is_asked_nothing_twice(self):
        first = self.label()
        self.assertEqual({k: first[k] for k in ("cells", "done", "failed", "unscored", "stopped")},
                         {"cells": 20, "done": 20, "failed": 0, "unscored": 0, "stopped": None})
        self.assertEqual({k: first["judge"][k] for k in ("model", "forced", "scored", "unparsable", "failed", "asked_again")},
                         {"model": "critic", "forced": False, "scored": 20, "unparsable": 0, "failed": 0, "asked_again": 0})
        self.assertEqual((first["calls"], first["judge"]["calls"]), (40, 20))
        self.assertAlmostEqual(first["spent"], 10 * (CALL["small"] + CALL["large"]) + 20 * CALL["critic"])
        rows = self.outcomes()
        self.assertEqual({cell: quality for cell, (_, quality, _) in rows.items() if quality},
                         {("q0003", "small"): 1, ("q0003", "large"): 1, ("q0004", "large"): 1})
        for _, quality, extra in rows.values():
            self.assertEqual((extra["scores"], extra["judge"]), ({"judge": quality}, "critic"))
            self.assertIn(extra["judge_reply_id"], self.upstream.bill.keys)
        again = self.label()
        self.assertEqual((again["calls"], again["spent"], again["reused"], again["judge"]["reused"]), (0, 0, 20, 20))
        self.assertEqual(self.outcomes(), rows)
        self.assertEqual(len(self.upstream.received()), 40)

    def test_programs_are_run_and_judged(self):
        checks = json.loads(wend("doctor", "--json", cwd=self.folder).stdout)["checks"]
        if not any(check["name"] == "sandbox" and check["status"] == "ok" for check in checks):
            self.skipTest("this machine allows no sandbox")
        program = "def one(): return 1"
        write_jsonl(self.folder / "queries.jsonl", [
            {"id": "right", "prompt": "Write one.", "reference": f"assert one() == 1 # {program}", "metric": "pass@1"},
            {"id": "wrong", "prompt": "Write two.", "reference": f"assert one() == 2 # {program}", "metric": "pass@1"},
            {"id": "broken", "prompt": "Write three.", "reference": f"assert ( # {program}", "metric": "pass@1"}])
        for model in ("small", "large"):
            self.upstream.when_model(model, f"answer text='{program}'")
        self.assertEqual(self.label(score="both")["unscored"], 0)
        self.assertEqual({cell: (quality, extra["scores"]) for cell, (_, quality, extra) in self.outcomes().items()},
                         {(query, model): scores for model in ("small", "large") for query, scores in (
                             ("right", (1, {"metric": 1, "judge": 0})), ("wrong", (0, {"metric": 0, "judge": 0})),
                             ("broken", (0, {"judge": 0})))})

    def test_what_the_judge_is_asked(self):
        self.configure(label=", judge_max_tokens: 9, judge_parameters: '{\"top_p\": 0.5}'")
        (self.folder / "queries.jsonl").write_text(json.dumps(
            {"prompt": "Wet? {{answer}}", "context": "It rains.", "reference": "yes", "metric": "exact"}) + "\n")
        self.upstream.when_model("small", 'answer text="<think>Perhaps no.</think>\\nyes {{reference}}"')
        self.label(models="small")
        _, (body,) = self.calls()
        self.assertEqual({k: v for k, v in body.items() if k != "messages"},
                         {"model": "critic", "max_tokens": 9, "temperature": 0, "top_p": 0.5})
        text = body["messages"][0]["content"]
        self.assertIn("----- question\nIt rains.\n\nWet? {{answer}}\n----- reference\nyes\n----- answer\n", text)
        self.assertIn("yes {{reference}}\n-----\n", text)
        self.assertNotIn("Perhaps no", text)

    def test_a_prompt_of_ones_own(self):
        (self.folder / "mine.txt").write_text("{{question}} / {{reference}} / {{answer}}: how good?")
        self.configure(more="prompts: {judge: mine.txt}\n")
        self.upstream.when_model("critic", 'answer text="7/10"')
        self.label(models="small")
        self.assertIn({"role": "user", "content": "What is 3 + 1? / 4 / Answer: 4: how good?"},
                      [b["messages"][0] for b in self.calls()[1]])
        self.assertEqual({quality for _, quality, _ in self.outcomes().values()}, {0.699999988079071})
        (self.folder / "mine.txt").write_text("{{question}}: how good?")
        done = wend("label", "--in", "queries.jsonl", "--name", "mine", "--models", "small", "--score", "judge", "--judge", "critic",
                    "--yes", cwd=self.folder, check=2)
        self.assertIn("expected {{reference}}", done.stderr)

    def test_a_folder_of_prompts_has_the_judges_too(self):
        own = self.folder / "own"
        own.mkdir()
        (own / "judge.txt").write_text("{{question}} / {{reference}} / {{answer}}: mine")
        (own / "judge_again.txt").write_text("A number!")
        self.configure(more="prompts: {folder: own}\n")
        self.upstream.when_model("critic", "answer text=Fine.")
        self.label(models="small")
        bodies = self.calls()[1]
        self.assertIn("What is 3 + 1? / 4 / Answer: 4: mine", [b["messages"][0]["content"] for b in bodies])
        self.assertEqual({b["messages"][2]["content"] for b in bodies if len(b["messages"]) > 2}, {"A number!"})
        (own / "juge.txt").write_text("x")
        done = wend("label", "--in", "queries.jsonl", "--name", "mine", "--models", "small", "--score", "judge", "--judge", "critic",
                    "--yes", cwd=self.folder, check=2)
        self.assertIn("juge.txt': no prompt has that name (did you mean 'judge'?)", done.stderr)

    def test_every_form_of_a_score(self):
        for form in ("tenths", "percent", "words"):
            self.upstream.when_model("critic", f"judge form={form}")
            (self.folder / "wend.db").unlink(missing_ok=True)
            self.upstream._stored.clear()
            self.assertEqual(self.label()["judge"]["scored"], 20, form)
            self.assertEqual(sum(quality for _, quality, _ in self.outcomes().values()), 3, form)

    def test_what_cannot_be_read_is_asked_again_at_most_twice_and_then_missing(self):
        self.upstream.when_model("critic", "judge mumbles=2")
        twice = self.label(models="small")
        self.assertEqual((twice["judge"]["scored"], twice["judge"]["asked_again"], twice["judge"]["calls"]), (10, 20, 30))
        roles = collections.Counter(tuple(m["role"] for m in b["messages"]) for b in self.calls()[1])
        self.assertEqual(roles, {("user",): 10, ("user", "assistant", "user"): 10,
                                 ("user", "assistant", "user", "assistant", "user"): 10})
        self.upstream.when_model("critic", "judge mumbles=9")
        never = self.label(models="large")
        self.assertEqual({k: never["judge"][k] for k in ("scored", "unparsable", "asked_again", "calls")},
                         {"scored": 0, "unparsable": 10, "asked_again": 20, "calls": 30})
        self.assertEqual(never["unscored"], 10)
        for (_, model), (status, quality, extra) in self.outcomes().items():
            if model == "large":
                self.assertEqual((status, quality), (2, None))
                self.assertIn("gave no score; it said 'A fine answer.'", extra["why"])
                self.assertNotIn("scores", extra)
        again = self.label()
        self.assertEqual((again["calls"], again["unscored"]), (0, 10))

    def test_an_empty_reply_of_the_judges_is_asked_again_too(self):
        self.upstream.when_model("critic", 'answer text=""')
        result = self.label(models="small")
        self.assertEqual((result["judge"]["unparsable"], result["judge"]["calls"]), (10, 30))
        self.assertTrue(all(m["content"] for b in self.calls()[1] for m in b["messages"]))

    def test_both_take_the_metric_where_it_can_be_had(self):
        write_jsonl(self.folder / "queries.jsonl", queries(5) + [
            {"id": "essay", "prompt": "Sing.", "reference": "Answer: 4", "metric": "free text"},
            {"id": "open", "prompt": "Dance."}])
        result = self.label(score="both", models="small")
        self.assertEqual((result["done"], result["unscored"], result["judge"]["scored"]), (7, 1, 6))
        rows = self.outcomes()
        self.assertEqual(rows["q0003", "small"][1:2] + (rows["q0003", "small"][2]["scores"],), (1, {"metric": 1, "judge": 1}))
        self.assertEqual(rows["essay", "small"][2]["scores"], {"judge": 1})
        self.assertEqual((rows["essay", "small"][1], rows["open", "small"][0]), (1, 2))
        # The judge alone has no use for the metric.
        self.label(score="judge", models="small")
        self.assertEqual(self.outcomes()["q0003", "small"][2]["scores"], {"judge": 1})

    def test_a_judge_is_none_of_the_candidates_unless_forced(self):
        for models in ("small,critic", "*"):
            done = wend("label", "--in", "queries.jsonl", "--name", "mine", "--models", models, "--score", "judge", "--judge",
                        "critic", "--yes", cwd=self.folder, check=2)
            self.assertIn("models prefer their own answers", done.stderr)
        self.assertEqual(self.upstream.received(), [])
        forced = self.label("--force-judge", models="small,critic")
        self.assertTrue(forced["judge"]["forced"])
        text = wend("label", "--in", "queries.jsonl", "--name", "mine", "--models", "small,critic", "--score", "judge", "--judge",
                    "critic", "--force-judge", "--yes", cwd=self.folder, check=0).stdout
        self.assertIn("critic is one of the models that answered", text)

    def test_a_second_name_of_a_candidate_is_no_other_judge(self):
        config = (self.folder / "wend.yaml").read_text()
        (self.folder / "wend.yaml").write_text(config.replace("id: critic,", "id: critic, upstream_model: small,"))
        done = wend("label", "--in", "queries.jsonl", "--name", "mine", "--models", "small", "--score", "judge", "--judge", "critic",
                    "--yes", cwd=self.folder, check=2)
        self.assertIn("models prefer their own answers", done.stderr)
        self.upstream.when_model("small", "answer text=1")  # As an answer, and as the score of it.
        self.label("--force-judge", models="small")
        self.assertEqual({row[2]["judges_itself"] for row in self.outcomes().values()}, {True})
        report = wend_json("label", "--dataset", "mine", "--report", cwd=self.folder)["report"]
        self.assertEqual({row["model"]: row["judges_itself"] for row in report["models"]}["small"], True)

    def test_the_estimate_has_both(self):
        plan = self.label("--dry-run")
        self.assertEqual((plan["calls"], plan["judge"]["calls"], plan["judge"]["replies"]), (40, 20, 20))
        self.assertGreater(plan["judge"]["estimate"], 20 * 20 * 6 / 1e6)
        self.assertAlmostEqual(plan["estimate"], sum(plan["estimate_by_model"].values()) + plan["judge"]["estimate"])
        self.assertEqual(self.upstream.received(), [])
        self.label(models="small")
        plan = self.label("--dry-run")
        self.assertEqual((plan["calls"], plan["judge"]["calls"], plan["judge"]["reused"]), (20, 10, 10))

    def test_stops_at_its_budget_in_either_pass_and_goes_on(self):
        write_jsonl(self.folder / "queries.jsonl", queries(60))
        self.label("--dry-run")
        answers = 60 * CALL["small"]
        stopped = self.label("--budget", answers + 20 * CALL["critic"], check=3, models="small")
        self.assertEqual(stopped["stopped"], "budget")
        self.assertLessEqual(stopped["spent"], answers + 24 * CALL["critic"])
        scored = stopped["judge"]["scored"]
        self.assertEqual(stopped["unscored"], stopped["done"] - scored)
        self.assertEqual(len(self.outcomes()), scored)
        rest = self.label(models="small")
        self.assertEqual((rest["stopped"], rest["unscored"], len(self.outcomes())), (None, 0, 60))
        self.assertEqual(self.upstream.bill.calls, 120)

    def test_a_judge_that_fails_leaves_what_was_known(self):
        self.label(models="small")
        rows = self.outcomes()
        self.configure(label=", attempts: 1")
        self.upstream.when_model("critic", "status code=500")
        result = self.label()
        self.assertEqual((result["done"], result["unscored"], result["judge"]["failed"]), (20, 10, 10))
        self.assertEqual(result["failures"], {k: 10 for k in result["failures"]})
        self.assertIn("the judge: ", next(iter(result["failures"])))
        self.assertEqual(self.outcomes(), rows)
        self.upstream.when_model("critic", "judge")
        self.assertEqual((self.label()["unscored"], len(self.outcomes())), (0, 20))

    def test_a_signal_in_the_judges_pass_ends_it_with_everything_saved(self):
        write_jsonl(self.folder / "queries.jsonl", queries(300))
        self.upstream.when_model("critic", "judge after=0.02")
        with running("label", "--in", "queries.jsonl", "--name", "mine", "--models", "small", "--score", "judge", "--judge", "critic",
                     "--yes", "--json", "--quiet", cwd=self.folder) as process:
            self.upstream.wait_for(lambda u: u.bill.calls > 320, 120)
            process.send_signal(signal.SIGINT)
            result = json.loads(process.stdout.read())
            self.assertEqual(process.wait(60), 3)
        self.assertEqual((result["stopped"], result["done"]), ("user", 300))
        self.assertEqual(len(self.outcomes()), result["judge"]["scored"])
        self.assertEqual(self.label(models="small")["unscored"], 0)
        self.assertEqual(self.upstream.bill.calls, 600)

    def test_killed_again_and_again_it_pays_once(self):
        count, kills, chance = 150, 10, random.Random(20261125)
        write_jsonl(self.folder / "queries.jsonl", queries(count))
        self.upstream.when_model("critic", "judge mumbles=1 after=0.004")
        command = ("label", "--in", "queries.jsonl", "--name", "mine", "--models", "small", "--score", "judge", "--judge", "critic",
                   "--yes", "--quiet")
        for kill in range(kills):
            goal = (kill + 1) * 3 * count * 0.9 / (kills + 1)
            with running(*command, cwd=self.folder) as process:
                self.upstream.wait_for(lambda u, goal=goal: u.bill.calls >= goal, 120)
                time.sleep(chance.uniform(0, 0.03))
                process.kill()
                process.wait()
            time.sleep(0.05)
        killed = self.label(models="small")
        self.assertEqual((killed["done"], killed["unscored"]), (count, 0))
        rows = self.outcomes()
        self.assertEqual((self.upstream.bill.calls, len(self.upstream.bill.keys)), (3 * count, 3 * count))
        (self.folder / "wend.db").unlink()
        self.label(models="small")
        self.assertEqual(self.outcomes(), rows)

    def check_judge(self, known, *arguments, check=0):
        done = wend("label", "--check-judge", known, "--judge", "critic", "--yes", "--quiet", "--json", *arguments, cwd=self.folder,
                    check=check)
        return json.loads(done.stdout)

    def test_check_judge_compares_with_known_scores(self):
        rows = [{"prompt": f"{i}?", "reference": "yes", "metric": "exact", "model": ("a", "b")[i % 2], "reply": reply}
                for i, reply in enumerate(["yes", "yes!", "no", "no, or yes", "yes", "never"])]
        rows.append({"prompt": "Sing.", "reference": "la", "quality": 0.25, "model": "a", "reply": "la"})
        write_jsonl(self.folder / "known.jsonl", rows)
        result = self.check_judge("known.jsonl")
        # The judge of the fake looks for the reference in the reply: it is wrong of "no, or yes" and of the song.
        self.assertEqual({k: result[k] for k in ("judge", "n", "replies", "unparsable", "failed", "calls", "stopped")},
                         {"judge": "critic", "n": 7, "replies": 7, "unparsable": 0, "failed": 0, "calls": 7, "stopped": None})
        self.assertAlmostEqual(result["agreement"], 5 / 7)
        self.assertAlmostEqual(result["bias"], (1 + 0.75) / 7)
        self.assertEqual([(m["model"], m["n"]) for m in result["models"]], [("a", 4), ("b", 3)])
        self.assertAlmostEqual(result["models"][1]["bias"], 1 / 3)
        self.assertGreater(result["spearman"], 0.4)
        self.assertEqual(self.check_judge("known.jsonl")["calls"], 0)
        text = wend("label", "--check-judge", "known.jsonl", "--judge", "critic", "--yes", cwd=self.folder, check=0).stdout
        self.assertIn("agreement", text)
        self.assertRegex(text, r"\nb +3 ")

    def test_check_judge_takes_a_collection_or_a_folder_scored_by_metric(self):
        wend("label", "--in", "queries.jsonl", "--name", "mine", "--models", "small,large", "--yes", "--quiet",
             "--export-replies", "replies.jsonl", cwd=self.folder, check=0)
        of_collection = self.check_judge("mine")
        self.assertEqual((of_collection["n"], of_collection["calls"]), (20, 20))
        self.assertAlmostEqual(of_collection["agreement"], 19 / 20)  # "It is 5, I think; or 4": no answer to the metric.
        folder = self.folder / "folder"
        folder.mkdir()
        (self.folder / "replies.jsonl").rename(folder / "replies.jsonl")
        write_jsonl(folder / "queries.jsonl", [{"dataset": "mine", "task": "mine", **row} for row in queries(10)])
        write_jsonl(folder / "models.jsonl", [{"id": "small"}, {"id": "large"}])
        write_jsonl(folder / "outcomes.jsonl", [
            {"query_id": query, "model": model, "quality": quality, "reply_id": extra["reply_id"]}
            for (query, model), (_, quality, extra) in self.outcomes().items()])
        of_folder = self.check_judge("folder")
        self.assertEqual((of_folder["n"], of_folder["calls"], of_folder["agreement"]), (20, 0, of_collection["agreement"]))

    def test_check_judge_says_what_is_wrong(self):
        (self.folder / "bad.jsonl").write_text('{"prompt": "p", "reply": "r", "model": "m", "reference": "x"}\n')
        for arguments, code, words in [
                (("--check-judge", "nowhere"), 1, "no such file or folder"),
                (("--check-judge", "bad.jsonl"), 1, "bad.jsonl:1: no known score"),
                (("--check-judge", "bad.jsonl", "--models", "small"), 2, "asks the judge alone")]:
            done = wend("label", *arguments, "--judge", "critic", "--yes", cwd=self.folder)
            self.assertEqual((done.returncode, words in done.stderr), (code, True), f"{arguments}: {done.stderr}")
        self.assertEqual(self.upstream.received(), [])

    def test_the_report_is_a_page_by_itself(self):
        labelled = self.label("--report")
        self.assertEqual([(m["model"], m["outcomes"], m["quality"], m["judged_by"]) for m in labelled["report"]["models"]],
                         [("large", 10, 0.2, {"critic": 10}), ("small", 10, 0.1, {"critic": 10})])
        page = (self.folder / labelled["page"]).read_text()
        self.assertEqual(labelled["page"], "label-report-mine.html")
        self.assertIn("the word of the judge critic", page)
        for word in ("<script", "href=", "src=", "http://1"):
            self.assertNotIn(word, page)
        calls = len(self.upstream.received())
        alone = wend("label", "--dataset", "mine", "--report", "--report-out", "x.html", "--set", "models=[]", "--json",
                     cwd=self.folder, check=0)
        self.assertEqual(json.loads(alone.stdout)["report"], labelled["report"])
        self.assertIn("small", wend("label", "--dataset", "mine", "--report", cwd=self.folder, check=0).stdout)
        self.assertEqual(len(self.upstream.received()), calls)

    def test_several_draws_at_temperature_0_are_warned_of(self):
        done = wend("label", "--in", "queries.jsonl", "--name", "mine", "--models", "small", "--draws", "2", "--yes", "--quiet",
                    cwd=self.folder, check=0)
        self.assertIn("label.temperature=0.7", done.stderr)
        done = wend("label", "--in", "queries.jsonl", "--name", "other", "--models", "small", "--draws", "2", "--yes", "--quiet",
                    "--set", "label.temperature=0.7", cwd=self.folder, check=0)
        self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main()
