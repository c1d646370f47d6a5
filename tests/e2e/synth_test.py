#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`wend synth` against a scripted generator: what is asked, what comes of it, what it costs, and how it ends."""

import json
import pathlib
import sqlite3
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from fake_upstream import FakeUpstream  # noqa: E402  (the path comes first)
from wend_cli import encoder_is_there, wend, wend_json, write_jsonl  # noqa: E402

DOMAINS = ('{name: Law, definition: "What is allowed and what is not.", example: "May I keep a goat?"}',
           '{name: Cooking, definition: "How food is made."}')
SMALL = ("--domains", "Law,Cooking", "--shots", 4)
QUIET = ("--yes", "--quiet", "--json")


@unittest.skipUnless(encoder_is_there(), "no encoder in the cache")
class Synth(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.upstream = self.enterContext(FakeUpstream())
        self.upstream.default = "generate"
        self.configure()

    def configure(self, upstream="", synth="", prices=", price: {input: 1, output: 2}", more=""):
        (self.folder / "wend.yaml").write_text(
            f"upstreams:\n  fake: {{base_url: \"{self.upstream.url()}\"{upstream}}}\n"
            f"models:\n  - {{id: large, upstream: fake{prices}}}\n"
            f"synth: {{generator: large, stable_rounds: 2, batch: 4, domains: [{', '.join(DOMAINS)}]{synth}}}\n{more}")

    def synth(self, *arguments, check=0, name="cold", flags=QUIET):
        done = wend("synth", "--name", name, *arguments, *flags, cwd=self.folder, check=check)
        return json.loads(done.stdout) if "--json" in flags else done

    def rows(self, query):
        with sqlite3.connect(self.folder / "wend.db") as store:
            return store.execute(query).fetchall()

    def record(self):
        return json.loads(self.rows("SELECT record FROM syntheses WHERE name = 'cold'")[0][0])

    def test_makes_a_collection_and_asks_nothing_twice(self):
        made = self.synth(*SMALL)
        self.assertEqual({key: made[key] for key in ("dataset", "domains", "subcategories", "leaves", "pairs", "short", "unsplit",
                                                     "malformed", "reused", "failed", "stopped", "currency")},
                         {"dataset": "cold", "domains": 2, "subcategories": 4, "leaves": 8, "pairs": 32, "short": [], "unsplit": [],
                          "malformed": 0, "reused": 0, "failed": 0, "stopped": None, "currency": "USD"})
        self.assertEqual(made["calls"], self.upstream.bill.calls)
        self.assertAlmostEqual(made["spent"], (made["input_tokens"] + 2 * made["output_tokens"]) / 1e6)
        self.assertGreater(made["estimate"], made["spent"])
        queries = self.rows("SELECT q.id, q.task, q.dataset, q.prompt, q.reference, q.metric, l.task FROM queries q"
                            " JOIN task_labels l ON l.query = q.key ORDER BY q.id")
        self.assertEqual(len(queries), 32)
        for query, task, subcategory, prompt, reference, metric, leaf in queries:
            self.assertTrue(query.startswith(leaf + ".") and leaf.startswith(subcategory + ".")
                            and subcategory.startswith(task + "."), query)
            self.assertIn(task, ("law", "cooking"))
            self.assertIn(": FAQ: ", reference)  # An answer is kept whole.
            self.assertEqual((prompt[-1], metric), ("?", "judge"))
        again = self.synth(*SMALL)
        self.assertEqual((again["calls"], again["spent"], again["reused"], again["pairs"]), (0, 0, made["calls"], 32))
        self.assertEqual(self.upstream.bill.calls, made["calls"])
        # More shots go on from what is there: only the new batches are asked for.
        more = self.synth(*SMALL[:2], "--shots", 8)
        self.assertEqual((more["pairs"], more["calls"]), (64, 8))

    def test_a_collection_is_what_its_synthesis_made_however_often_the_shots_change(self):
        small = SMALL[:2] + ("--profile-level", "domain", "--shots")
        ids = {}

        def stored():
            return [row[0] for row in self.rows("SELECT id FROM queries ORDER BY id")]

        three = self.synth(*small, 3)
        self.assertEqual((three["pairs"], three["calls"], three["taken_out"]), (6, 2, {"questions": 0, "answered": 0}))
        ids[3] = stored()
        self.upstream.default = "answer text=So."
        wend("label", "--dataset", "cold", "--models", "large", *QUIET, cwd=self.folder, check=0)
        self.upstream.default = "generate"
        # The first batch is paid for; the second is asked for.
        eight = self.synth(*small, 8)
        self.assertEqual((eight["pairs"], eight["calls"], eight["taken_out"]["questions"]), (16, 2, 0))
        ids[8] = stored()
        self.assertEqual(len(ids[8]), 16)
        self.assertLess(set(ids[3]), set(ids[8]))
        self.upstream.default = "answer text=So."
        wend("label", "--dataset", "cold", "--models", "large", *QUIET, cwd=self.folder, check=0)
        bill = self.upstream.bill.calls
        again = self.synth(*small, 3)
        self.assertEqual((again["pairs"], again["calls"], again["taken_out"]), (6, 0, {"questions": 10, "answered": 10}))
        self.assertEqual(stored(), ids[3])
        self.assertEqual(self.rows("SELECT count(*) FROM task_labels"), [(6,)])
        self.assertEqual(self.rows("SELECT count(*) FROM outcomes"), [(6,)])
        # Nothing that was paid for is lost: questions and answers come back from the ledger.
        self.assertEqual(self.synth(*small, 8)["calls"], 0)
        self.assertEqual(stored(), ids[8])
        wend("label", "--dataset", "cold", "--models", "large", *QUIET, cwd=self.folder, check=0)
        self.assertEqual(self.rows("SELECT count(*) FROM outcomes"), [(16,)])
        self.assertEqual(self.upstream.bill.calls, bill)

    def test_what_somebody_else_put_into_a_collection_stays_there(self):
        small = SMALL[:2] + ("--profile-level", "domain", "--shots")
        self.synth(*small, 8)
        write_jsonl(self.folder / "q.jsonl", [{"id": "law.mine", "prompt": "May I?", "reference": "Yes."}])
        self.upstream.default = "answer text=So."
        wend("label", "--in", "q.jsonl", "--name", "cold", "--models", "large", *QUIET, cwd=self.folder, check=0)
        self.assertIn("taken out", self.synth(*small, 3, flags=("--yes", "--quiet")).stdout)
        self.assertEqual(self.rows("SELECT count(*) FROM queries"), [(7,)])
        self.assertEqual(self.rows("SELECT prompt FROM queries WHERE id = 'law.mine'"), [("May I?",)])

    def test_sends_what_the_configuration_says(self):
        self.configure(synth=", temperature: 0.3, max_tokens: 900, parameters: '{\"top_p\": 0.9}'",
                       upstream=", extra_body: '{\"cache_prompt\": false}'")
        self.synth(*SMALL, "--profile-level", "domain")
        body = self.upstream.received()[0].json()
        messages = body.pop("messages")
        self.assertEqual(body, {"model": "large", "max_tokens": 900, "temperature": 0.3, "top_p": 0.9, "cache_prompt": False})
        self.assertEqual([m["role"] for m in messages], ["system", "user"])
        self.assertNotIn("{{", messages[1]["content"])

    def test_a_dry_run_asks_nothing_and_makes_no_store(self):
        plan = self.synth(*SMALL, "--dry-run")
        self.assertEqual((plan["leaves"], plan["pairs"], plan["reused"]), (2 * 10 * 5, 400, 0))
        self.assertEqual([row["role"] for row in plan["plan"]], ["nodes", "revise", "choose", "pairs"])
        self.assertEqual(sum(row["calls"] for row in plan["plan"]), plan["calls"])
        # Two domains, ten subcategories each, five levels each, five batches each; ten rounds a set, three askings a reply.
        self.assertEqual(plan["most_calls"], 3 * (2 * (1 + 2 * 10) + 20 * (1 + 2 * 10) + 100 * 5))
        self.assertEqual(self.upstream.received(), [])
        self.assertFalse((self.folder / "wend.db").exists())
        shown = self.synth(*SMALL, "--dry-run", flags=()).stdout
        self.assertIn("revise", shown)
        self.assertIn(f"about {plan['calls']} calls to make (never more than {plan['most_calls']})", shown)

    def test_needs_a_yes_without_a_terminal(self):
        done = wend("synth", "--name", "cold", *SMALL, cwd=self.folder, stdin=b"", check=2)
        self.assertIn("--yes", done.stderr)
        self.assertEqual(self.upstream.received(), [])

    def test_stops_at_its_budget_and_goes_on_from_there(self):
        whole = self.synth(*SMALL, name="whole")
        self.upstream._stored.clear()
        (self.folder / "wend.db").unlink()
        calls = self.upstream.bill.calls
        stopped = self.synth(*SMALL, "--budget", whole["spent"] / 3, check=3)
        self.assertEqual(stopped["stopped"], "budget")
        self.assertLess(stopped["spent"], whole["spent"] / 2)
        self.assertEqual(self.rows("SELECT count(*) FROM queries"), [(0,)])
        rest = self.synth(*SMALL)
        self.assertEqual(rest["reused"] + rest["calls"], whole["calls"])
        self.assertEqual(self.upstream.bill.calls, 2 * calls)
        self.assertEqual(rest["pairs"], 32)

    def test_a_budget_needs_a_price(self):
        self.configure(prices="")
        done = wend("synth", "--name", "cold", *SMALL, "--budget", 1, "--yes", cwd=self.folder, check=2)
        self.assertIn("'large' has no price", done.stderr)

    def test_bad_replies_are_asked_for_again_and_counted(self):
        self.upstream.default = "generate bad=0.3"
        made = self.synth(*SMALL)
        self.assertGreater(made["malformed"], 5)
        self.assertEqual((made["pairs"], made["short"], made["unsplit"], made["stopped"]), (32, [], [], None))
        again = [r.json()["messages"] for r in self.upstream.received() if len(r.json()["messages"]) == 4]
        self.assertEqual(len(again), made["malformed"])
        self.assertIn("cannot be used", again[0][3]["content"])
        self.assertEqual(self.synth(*SMALL)["calls"], 0)

    def test_a_model_that_never_keeps_the_form_ends_without_a_collection_of_nothing(self):
        self.upstream.default = "answer text=Hm."
        made = self.synth(*SMALL)
        # Domains are given; nothing could be divided, and nothing was written for them.
        self.assertEqual((made["domains"], made["leaves"], made["pairs"]), (2, 2, 0))
        self.assertEqual([node["task_id"] for node in made["unsplit"]], ["law", "cooking"])
        self.assertEqual([(leaf["task_id"], leaf["have"], leaf["want"]) for leaf in made["short"]], [("law", 0, 4), ("cooking", 0, 4)])
        why = "the marker <qa_pairs begin> is not there"
        self.assertEqual(made["short"][0]["failed_batches"], [{"batch": batch, "why": why} for batch in (1, 2, 3)])
        self.assertEqual(self.record()["leaves"][0]["failed_batches"], made["short"][0]["failed_batches"])
        self.assertIn(f"of 3 of 3 batches no reply could be used: {why}", self.synth(*SMALL, flags=("--yes", "--quiet")).stdout)
        history = wend("taxonomy", "show", "--dataset", "cold", "--history", cwd=self.folder, check=0).stdout
        self.assertIn(f"law has 0 of 4 (0 said what its others say, 0 what other leaves say; 3 batches without a reply to use: {why})", history)

    def test_a_call_that_fails_leaves_no_half_collection(self):
        self.upstream.default = "status code=400 message=full"
        failed = self.synth(*SMALL, check=1)
        self.assertEqual((failed["stopped"], failed["failed"], sum(failed["failures"].values())), ("failure", 2, 2))
        self.assertIn("full", list(failed["failures"])[0])
        self.assertEqual(self.rows("SELECT count(*) FROM datasets"), [(0,)])
        self.upstream.default = "generate"
        self.assertEqual(self.synth(*SMALL)["pairs"], 32)

    def test_replies_held_to_a_schema(self):
        self.configure(upstream=", json_schema: true")
        made = self.synth(*SMALL)
        self.assertEqual((made["pairs"], made["malformed"], made["stopped"]), (32, 0, None))
        for request in self.upstream.received():
            body = request.json()
            schema = body["response_format"]["json_schema"]
            self.assertTrue(schema["strict"])
            self.assertIn("JSON object", body["messages"][1]["content"])
            self.assertNotIn("begin>", body["messages"][1]["content"])

    def test_what_says_the_same_is_dropped_and_a_leaf_that_stays_short_is_told_of(self):
        pair = "Q: Why would a baker bury seven turnips?\\nA: To keep them.\\n\\nQ: {0}\\nA: So.\\n"
        self.configure(synth=", max_subcategories: 1, max_levels: 1")
        self.upstream.default = f'answer text="<qa_pairs begin>\\n{pair.format("Which planet has rings?")}</qa_pairs end>"'
        text = "<qa_pairs begin>\n" + pair.replace("\\n", "\n").format("Which planet has rings?") + "</qa_pairs end>"
        self.upstream.default = "answer text=" + json.dumps(text).replace("\\n", "\n")
        made = self.synth(*SMALL, "--profile-level", "domain")
        # Two of each leaf's batch; the other leaf's are the same, so the second keeps none.
        self.assertEqual(made["pairs"], 2)
        self.assertEqual(made["short"], [{"task_id": "law", "have": 2, "want": 4, "failed_batches": []},
                                         {"task_id": "cooking", "have": 0, "want": 4, "failed_batches": []}])
        shown = wend_json("taxonomy", "show", "--dataset", "cold", "--history", cwd=self.folder)
        self.assertEqual(shown["leaves"][1], {"task_id": "cooking", "want": 4, "have": 0, "duplicates": 6, "duplicates_across": 2,
                                              "yields": [2, 0, 0, 0], "failures": []})
        history = wend("taxonomy", "show", "--dataset", "cold", "--history", cwd=self.folder, check=0).stdout
        self.assertRegex(history, r"(?m)^ +1 +2 +2\.00\n +2 +2 +0\.00$")
        self.assertEqual([leaf["yields"] for leaf in self.record()["leaves"]], [[2, 0, 0, 0]] * 2)
        self.assertEqual(self.record()["leaves"][1]["duplicates_across"], 2)

    def test_questions_after_one_long_passage_are_told_apart(self):
        passage = " ".join(f"The {who} of {town} keeps {what} near the tower." for who in ("baker", "sailor", "nurse", "farmer")
                           for town in ("Lisbon", "Oslo", "Turin") for what in ("bees", "maps", "coins"))
        questions = ("Who keeps bees in Oslo?", "How many sentences speak of coins, and why might that matter to a tax inspector?",
                     "Who is it that keeps bees in Oslo?")
        pairs = "\n\n".join(f"Q: {passage}\n{question}\nA: So." for question in questions)
        self.configure(synth=", extra_batches: 0")
        self.upstream.default = "answer text=" + json.dumps(f"<qa_pairs begin>\n{pairs}\n</qa_pairs end>").replace("\\n", "\n")
        self.synth("--domains", "Law", "--shots", 3, "--profile-level", "domain")
        kept = [row[0].rsplit("\n", 1)[1] for row in self.rows("SELECT prompt FROM queries ORDER BY prompt")]
        self.assertEqual(kept, sorted(questions[:2]))
        self.upstream.default = "generate"
        self.assertEqual(self.synth("--audit")["total"]["alike_within"], 0)

    def test_domains_are_proposed_or_the_papers(self):
        self.configure(synth=", max_domains: 2")
        made = self.synth("--describe", "a help desk for bicycles", "--shots", 4, "--profile-level", "domain")
        self.assertEqual(made["domains"], 2)
        self.assertIn("a help desk for bicycles", self.upstream.received()[0].json()["messages"][1]["content"])
        (self.folder / "wend.yaml").write_text((self.folder / "wend.yaml").read_text().split(", domains")[0] + "}\n")
        seeds = self.synth("--shots", 1, "--profile-level", "domain", name="seeds")
        self.assertEqual(seeds["domains"], 6 + 2)
        done = wend("synth", "--name", "x", "--domains", "Mathmatics", *QUIET, cwd=self.folder, check=2)
        self.assertIn("did you mean 'Mathematics'?", json.loads(done.stdout)["error"]["message"])

    def test_another_synthesis_takes_no_collections_place(self):
        self.synth(*SMALL, "--profile-level", "domain")
        refused = self.synth(*SMALL, "--profile-level", "domain", "--seed", 2, check=2)
        self.assertIn("other inputs (seed)", refused["error"]["message"])
        write_jsonl(self.folder / "q.jsonl", [{"prompt": "x"}])
        wend("label", "--in", "q.jsonl", "--name", "mine", *QUIET, cwd=self.folder, check=0)
        refused = self.synth(*SMALL, name="mine", check=2)
        self.assertIn("was not synthesised", refused["error"]["message"])

    def test_prompts_of_ones_own(self):
        own = self.folder / "own"
        own.mkdir()
        (own / "synth_system.txt").write_text("You are my writer.\n")
        self.configure(more="prompts: {folder: own}\n")
        self.synth(*SMALL, "--profile-level", "domain")
        self.assertEqual(self.upstream.received()[0].json()["messages"][0]["content"], "You are my writer.")
        # Another way to look it over does not make it another synthesis.
        (own / "synth_audit.txt").write_text("Look: {{question}} {{answer}} {{format}}")
        self.assertEqual(self.synth(*SMALL, "--profile-level", "domain")["calls"], 0)
        (own / "synth_pairs.txt").write_text("Write {{number}} pairs.")
        refused = self.synth(*SMALL, check=2)
        self.assertIn("{{number}}", refused["error"]["message"])

    def test_an_audit_counts_what_is_alike_and_what_is_right(self):
        self.synth(*SMALL)
        plan = self.synth("--audit", "--dry-run")
        self.assertEqual(plan["calls"], 32)
        first = self.synth("--audit")
        self.assertEqual((first["total"]["queries"], first["total"]["audited"], first["calls"]), (32, 32, 32))
        self.assertEqual([(row["domain"], row["difficulty"], row["queries"]) for row in first["rows"]],
                         [("Law", "easy", 8), ("Law", "hard", 8), ("Cooking", "easy", 8), ("Cooking", "hard", 8)])
        self.assertEqual(len(first["wrong"]), 32 - first["total"]["right"])
        self.assertGreater(first["total"]["right"], 16)  # The fake says "right" four times of five.
        self.assertEqual((first["total"]["alike_within"], first["total"]["alike_across"], first["total"]["by_program"]), (0, 0, 0))
        asked = self.upstream.received()[-1].json()
        self.assertEqual((asked["temperature"], len(asked["messages"])), (0, 1))
        again = self.synth("--audit")
        self.assertEqual((again["calls"], again["reused"], again["rows"]), (0, 32, first["rows"]))
        self.assertEqual(self.synth("--audit", "--shots", 1)["total"]["audited"], 8)
        self.assertIn("by program", self.synth("--audit", flags=("--yes",)).stdout)
        self.synth("--audit", "--describe", "x", check=2)

    def test_an_audit_wants_another_model_than_the_one_that_wrote(self):
        self.synth(*SMALL, "--profile-level", "domain")
        alone = self.synth("--audit", "--shots", 1)
        self.assertIs(alone["same_model"], True)
        self.assertIn("large wrote these answers itself", self.synth("--audit", "--shots", 1, flags=("--yes",)).stdout)
        text = (self.folder / "wend.yaml").read_text()
        price = "price: {input: 1, output: 2}"
        (self.folder / "wend.yaml").write_text(text.replace("synth:", f"  - {{id: alias, upstream: fake, upstream_model: large, {price}}}\n"
                                                                      f"  - {{id: other, upstream: fake, {price}}}\nsynth:"))
        calls = self.upstream.bill.calls
        for auditor in ((), ("--generator", "large"), ("--generator", "alias")):
            refused = self.synth("--audit", "--shots", 1, *auditor, check=2)
            self.assertRegex(refused["error"]["message"], r"wrote these answers itself.*synth.auditor, as other$")
        self.assertEqual(self.upstream.bill.calls, calls)
        self.assertIs(self.synth("--audit", "--shots", 1, "--generator", "other")["same_model"], False)

    def test_an_audit_solves_what_a_program_can_compare(self):
        pairs = ("Q: What is six times seven?\nA: 42\n\nQ: Which of these is a metal? (A) salt (B) iron\nA: B\n\n"
                 "Q: Why does @@bread@@ rise in an oven?\nA: Gas expands in it.\n")
        self.upstream.default = "answer text=" + json.dumps(f"<qa_pairs begin>\n{pairs}</qa_pairs end>").replace("\\n", "\n")
        self.synth("--domains", "Law", "--shots", 3, "--profile-level", "domain")
        self.upstream.default = 'answer text="Half of 84.\nAnswer: 42"'
        self.upstream.when("bread", 'answer text="<verdict>right</verdict>"')
        audit = self.synth("--audit")
        self.assertEqual((audit["total"]["audited"], audit["total"]["by_program"], audit["total"]["right"]), (3, 2, 2))

    def test_an_audit_compares_by_program_where_it_can(self):
        folder = self.folder / "sums"
        folder.mkdir()
        sums = [{"id": f"q{i}", "dataset": "sums", "task": "numbers", "prompt": f"What is {i} + {i % 2}?", "reference": str(i + i % 2),
                 "metric": "numeric"} for i in range(6)]
        write_jsonl(folder / "queries.jsonl", sums)
        write_jsonl(folder / "models.jsonl", [{"id": "large"}])
        write_jsonl(folder / "outcomes.jsonl", [])
        wend("import", "sums", cwd=self.folder, check=0)
        self.upstream.default = 'answer text="Answer: 4"'
        audit = self.synth("--audit", name="sums")
        self.assertEqual((audit["total"]["audited"], audit["total"]["by_program"], audit["total"]["right"]), (6, 6, 2))
        self.assertEqual(sorted(audit["wrong"]), ["q0", "q1", "q2", "q5"])
        self.assertNotIn("The answer", self.upstream.received()[0].json()["messages"][0]["content"])

    def test_the_tree_and_its_history_are_shown(self):
        self.synth(*SMALL)
        tree = wend("taxonomy", "show", "--dataset", "cold", cwd=self.folder, check=0).stdout
        self.assertRegex(tree, r"(?m)^Law +law +16$")
        self.assertRegex(tree, r"(?m)^ {4}Easy +law\.\S+\.easy +4$")
        shown = wend_json("taxonomy", "show", "--dataset", "cold", "--history", cwd=self.folder)
        self.assertEqual(len(shown["nodes"]), 14)
        self.assertEqual(len(shown["gates"]), 6)
        for gate in shown["gates"]:
            self.assertGreaterEqual(len(gate["rounds"]), 2)
            self.assertIn(gate["rounds"][0]["choice"], ("revised", "current", "same"))
        history = wend("taxonomy", "show", "--dataset", "cold", "--history", cwd=self.folder, check=0).stdout
        self.assertIn("round 1", history)


if __name__ == "__main__":
    unittest.main()
