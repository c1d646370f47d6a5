# SPDX-License-Identifier: Apache-2.0
"""The offline trip with the real binary: outcomes in, a trained router out, prompts routed."""

import collections
import contextlib
import json
import math
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from wend_cli import (
    BINARY,
    MODELS,
    encoder_is_there,
    make_collection,
    running,
    split_fraction,
    stop_at,
    wend,
    wend_json,
    write_jsonl,
)

PREFERENCES = {"cost": 0.2, "balanced": 0.5, "quality": 0.8}
ROUTERS = "random,smallest,best_static,task_oracle,oracle,knn,ridge,trouter{epochs=3}"


def tree_bytes(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(pathlib.Path(folder).rglob("*"))
        if path.is_file()
    }


class OfflineTrip(unittest.TestCase):
    """One small collection, imported once; each test reads it or works on a copy."""

    @classmethod
    def setUpClass(cls):
        if not encoder_is_there():
            raise unittest.SkipTest("the encoder's weights are absent: tools/fetch_encoder.sh fetches them")
        cls.scratch = tempfile.TemporaryDirectory(prefix="wend-e2e-")
        cls.home = pathlib.Path(cls.scratch.name)
        cls.queries, cls.outcomes = make_collection(cls.home / "small")
        cls.report = wend_json("import", "small", cwd=cls.home)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def eval(self, *arguments, home=None):
        return wend_json("eval", "--dataset", "small", *arguments, cwd=home or self.home)

    # Import

    def test_import_counts_and_a_second_import_changes_nothing(self):
        self.assertEqual(self.report["queries"], 400)
        self.assertEqual(self.report["outcomes"], 1200)
        self.assertEqual(self.report["tasks"], 4)
        again = wend_json("import", "small", cwd=self.home)
        self.assertEqual(again["updated"], 0)
        self.assertGreaterEqual(again["unchanged"], 1200)

    def test_changed_rows_are_updated_and_counted(self):
        with tempfile.TemporaryDirectory() as scratch:
            home = pathlib.Path(scratch)
            _, outcomes = make_collection(home / "small")
            wend_json("import", "small", cwd=home)
            outcomes[3]["quality"] = 1 - outcomes[3]["quality"]
            outcomes[5]["cost"] = None
            write_jsonl(home / "small" / "outcomes.jsonl", outcomes)
            again = wend_json("import", "small", cwd=home)
            self.assertEqual(again["updated"], 2)
            self.assertEqual(again["null_cost"], 1)

    def test_bad_rows_are_named_and_too_many_import_nothing(self):
        with tempfile.TemporaryDirectory() as scratch:
            home = pathlib.Path(scratch)
            _, outcomes = make_collection(home / "small")
            lines = [json.dumps(row) for row in outcomes]
            lines[10] = lines[10].replace('"quality": ', '"quality": NaN, "was": ')
            lines[20] = "{broken"
            (home / "small" / "outcomes.jsonl").write_text("\n".join(lines) + "\n")
            failed = wend("import", "small", "--json", cwd=home, check=1)
            message = json.loads(failed.stdout)["error"]["message"]
            self.assertIn("outcomes.jsonl", message)
            self.assertEqual(wend("eval", "--dataset", "small", cwd=home).returncode, 1)
            kept = wend_json("import", "small", "--max-bad", "0.01", cwd=home)
            self.assertEqual(kept["bad_rows"], 2)
            self.assertEqual(sum(kept["reasons"].values()), 2)
            self.assertEqual(kept["outcomes"], 1198)
            self.assertEqual([(bad["line"], bad["reason"]) for bad in kept["bad"]], [(11, "NaN or infinity"), (21, "malformed JSON")])
            self.assertTrue(kept["bad"][0]["file"].endswith("outcomes.jsonl"))
            self.assertEqual(kept["bad_not_listed"], 0)
            (home / "small" / "outcomes.jsonl").write_text("\n".join(lines + ["{"] * 30) + "\n")
            kept = wend_json("import", "small", "--max-bad", "0.1", cwd=home)
            self.assertEqual((len(kept["bad"]), kept["bad_not_listed"]), (10, 22))
            self.assertIn("and 22 more", wend("import", "small", "--max-bad", "0.1", cwd=home, check=0).stdout)

    # Evaluation

    def test_the_table_can_be_recomputed_from_the_raw_files_and_the_decisions(self):
        decisions = self.home / "decisions.jsonl"
        report = self.eval("--routers", ROUTERS, "--seeds", "2", "--decisions", decisions)
        cells = {(row["query_id"], row["model"]): row for row in self.outcomes}
        texts = {query["id"]: query["prompt"] for query in self.queries}
        scale = {seed: self.reference_cost(seed) for seed in report["seeds"]}
        sums = {}
        for line in decisions.read_text().splitlines():
            choice = json.loads(line)
            self.assertGreaterEqual(split_fraction(choice["seed"], texts[choice["query_id"]]), 0.8)
            cell = cells[choice["query_id"], choice["model"]]
            cost = cell["cost"] / scale[choice["seed"]]
            mu = PREFERENCES[choice["preference"]]
            utility = mu * cell["quality"] - (1 - mu) * cost
            key = choice["router"], choice["preference"]
            total = sums.setdefault(key, [0, 0.0, 0.0, 0.0])
            for i, value in enumerate([1, cost, cell["quality"], utility]):
                total[i] += value
        pairs = sum(
            split_fraction(seed, text) >= 0.8 for seed in report["seeds"] for text in texts.values()
        )
        for row in report["rows"]:
            for name in PREFERENCES:
                shown = row["preference"][name]
                count, cost, quality, utility = sums[row["router"], name]
                self.assertEqual(count, pairs)
                self.assertAlmostEqual(shown["cost"], cost / count, delta=1e-6)
                self.assertAlmostEqual(shown["quality"], quality / count, delta=1e-6)
                self.assertAlmostEqual(shown["utility"], utility / count, delta=1e-6)
                low, high = shown["ci"]
                self.assertLessEqual(low, shown["utility"] + 1e-9)
                self.assertGreaterEqual(high, shown["utility"] - 1e-9)
            total = sum(row["preference"][name]["utility"] for name in PREFERENCES)
            self.assertAlmostEqual(row["utility_sum"], total, delta=1e-9)

    def reference_cost(self, seed):
        """99th percentile of train cost of the dearest model (docs/formats/artifact.md, normaliser `reference`)."""
        train = {q["id"] for q in self.queries if split_fraction(seed, q["prompt"]) < 0.7}
        costs = {}
        for row in self.outcomes:
            if row["query_id"] in train:
                costs.setdefault(row["model"], []).append(row["cost"])
        dearest = sorted(max(costs.values(), key=lambda c: sum(c) / len(c)))
        place = 0.99 * (len(dearest) - 1)
        low = math.floor(place)
        high = min(low + 1, len(dearest) - 1)
        return dearest[low] + (dearest[high] - dearest[low]) * (place - low)

    def test_learnt_routers_beat_best_static_where_topics_differ(self):
        report = self.eval("--routers", "knn,trouter,oracle", "--seeds", "2")
        rows = {row["router"]: row for row in report["rows"]}
        for name in ("knn", "trouter"):
            self.assertGreater(rows[name]["vs_best_static"]["ci"][0], 0, name)
            self.assertLess(rows[name]["utility_sum"], rows["oracle"]["utility_sum"])

    @contextlib.contextmanager
    def home_with_synthetic(self, per_topic):
        """A copy of the home, and beside its collection another one that is not imported yet."""
        with tempfile.TemporaryDirectory() as scratch:
            home = pathlib.Path(scratch)
            shutil.copytree(self.home / "small", home / "small")
            for path in self.home.glob("wend.db*"):
                shutil.copy(path, home)
            make_collection(home / "synthetic", per_topic=per_topic, seed=11)
            yield home

    def test_a_cold_start_block_learns_from_the_other_collection_alone(self):
        with self.home_with_synthetic(per_topic=40) as home:
            wend_json("import", "synthetic", cwd=home)
            cold = ["--train-on", "synthetic", "--routers", "knn,agentic_free,random", "--seeds", "2"]
            report = self.eval(*cold, "--out", "out", "--decisions", "d.jsonl", home=home)
            rows = {(row["router"], row["source"]): row for row in report["rows"]}
            self.assertEqual(
                list(rows),
                [("best_static", "cold_start"), ("knn", "cold_start"), ("agentic_free", "cold_start"),
                 ("knn", "in_domain"), ("agentic_free", "in_domain"), ("random", "rule")])
            knn = rows["knn", "cold_start"]
            self.assertGreater(knn["vs_best_static"]["ci"][0], 0)
            self.assertNotEqual(knn["utility_sum"], rows["knn", "in_domain"]["utility_sum"])
            lines = [json.loads(line) for line in (home / "d.jsonl").read_text().splitlines()]
            self.assertEqual({(line["router"], line["source"]) for line in lines}, set(rows))
            saved = json.loads((home / "out/artifacts/knn/seed-1-on-synthetic/manifest.json").read_text())
            self.assertEqual(saved["dataset"], "synthetic")
            # Another outcome of the scored collection's train part moves no cold-start row.
            train = {q["id"] for q in self.queries if all(split_fraction(seed, q["prompt"]) < 0.8 for seed in (1, 2))}
            write_jsonl(
                home / "small" / "outcomes.jsonl",
                [{**row, "quality": 1 - row["quality"]} if row["query_id"] in train else row for row in self.outcomes])
            wend_json("import", "small", cwd=home)
            after = {(row["router"], row["source"]): row for row in self.eval(*cold, home=home)["rows"]}
            self.assertEqual(after["knn", "cold_start"]["preference"], knn["preference"])
            self.assertNotEqual(after["knn", "in_domain"]["preference"], rows["knn", "in_domain"]["preference"])

    def test_task_types_are_told_and_mistakes_are_listed(self):
        with self.home_with_synthetic(per_topic=40) as home:
            path = home / "synthetic" / "queries.jsonl"
            rows = [json.loads(line) for line in path.read_text().splitlines()]
            write_jsonl(path, [{**row, "dataset": f"other-{row['dataset']}", "task": f"other {row['task']}"} for row in rows])
            wend_json("import", "synthetic", cwd=home)
            report = self.eval("--train-on", "synthetic", "--routers", "trouter{epochs=2},agentic_free,task_oracle,knn",
                               "--seeds", "2", "--out", "out", home=home)
            told = {(row["router"], row["source"]): row["task_recognition"] for row in report["rows"] if "task_recognition" in row}
            self.assertEqual({key: (r["dataset"], r["part"]) for key, r in told.items()},
                             {(router, source): where for router in ("trouter{epochs=2}", "agentic_free") for source, where in
                              (("cold_start", ("synthetic", "validation")), ("in_domain", ("small", "test")))})
            failures = collections.defaultdict(list)
            for line in (home / "out" / "task_failures.jsonl").read_text().splitlines():
                failure = json.loads(line)
                failures[failure["router"], failure["source"]].append(failure)
            texts = {row["id"]: row["prompt"] for row in self.queries}
            for key, recognition in told.items():
                own = recognition["levels"][-1]
                self.assertEqual(len(failures[key]), recognition["failures"])
                self.assertAlmostEqual(own["top1"], 1 - recognition["failures"] / own["queries"])
                self.assertTrue(own["top1"] <= own["top3"] <= own["top5"])
                self.assertEqual(own["top5"] if own["types"] <= 5 else 1, 1)
                for failure in failures[key]:
                    weights = [task["weight"] for task in failure["top"]]
                    self.assertEqual(weights, sorted(weights, reverse=True))
                    self.assertNotEqual(failure["top"][0]["task"], failure["true_task"]["task"])
                    if failure["dataset"] == "small":
                        self.assertEqual(failure["prompt"], texts[failure["query_id"]][:160])
            self.assertEqual(told["agentic_free", "in_domain"]["levels"][-1]["queries"], report["pairs"])
            self.assertIn("small (test)", (home / "out" / "report.txt").read_text())

    def test_a_cold_start_needs_every_model_of_the_pool(self):
        with self.home_with_synthetic(per_topic=10) as home:
            for name, key in (("models.jsonl", "id"), ("outcomes.jsonl", "model")):
                path = home / "synthetic" / name
                rows = [json.loads(line) for line in path.read_text().splitlines()]
                write_jsonl(path, [row for row in rows if row[key] != MODELS[0][0]])
            wend_json("import", "synthetic", cwd=home)
            failure = wend("eval", "--dataset", "small", "--train-on", "synthetic", "--routers", "knn", cwd=home, check=1)
            self.assertIn(f"no model '{MODELS[0][0]}'", failure.stderr)

    def test_test_outcomes_change_no_byte_of_what_is_learnt(self):
        with tempfile.TemporaryDirectory() as scratch:
            artifacts = []
            for name in ("as-is", "other-test"):
                home = pathlib.Path(scratch) / name
                queries, outcomes = make_collection(home / "small")
                test = {q["id"] for q in queries if split_fraction(1, q["prompt"]) >= 0.8}
                if name == "other-test":
                    for row in outcomes:
                        if row["query_id"] in test:
                            row["quality"] = 1 - row["quality"]
                            row["cost"] *= 17
                            row["output_tokens"] += 5
                    write_jsonl(home / "small" / "outcomes.jsonl", outcomes)
                wend_json("import", "small", cwd=home)
                self.eval("--routers", ROUTERS + ",zero,metric{epochs=2}", "--seeds", "1", "--out", "runs", home=home)
                artifacts.append(tree_bytes(home / "runs" / "artifacts"))
            self.assertGreaterEqual(len(artifacts[0]), 8)
            self.assertEqual(artifacts[0].keys(), artifacts[1].keys())
            for path, content in artifacts[0].items():
                self.assertEqual(content, artifacts[1][path], path)

    def test_route_on_a_saved_artifact_chooses_as_the_tables_run_did(self):
        out = self.home / "saved"
        decisions = self.home / "saved.jsonl"
        self.eval("--routers", "knn,trouter{epochs=3}", "--seeds", "1", "--out", out, "--decisions", decisions)
        texts = {query["id"]: query["prompt"] for query in self.queries}
        for router in ("knn", "trouter{epochs=3}"):
            rows = [json.loads(line) for line in decisions.read_text().splitlines()]
            rows = [r for r in rows if r["router"] == router and r["preference"] == "balanced"]
            prompts = "".join(json.dumps({"id": r["query_id"], "prompt": texts[r["query_id"]]}) + "\n" for r in rows)
            routed = wend(
                "route", "--artifact", out / "artifacts" / router / "seed-1", "--preference", "balanced", "--in", "-",
                cwd=self.home, stdin=prompts.encode(), check=0,
            )
            answers = [json.loads(line) for line in routed.stdout.splitlines()]
            self.assertEqual([a["model"] for a in answers], [r["model"] for r in rows])
            self.assertEqual([a["id"] for a in answers], [r["query_id"] for r in rows])

    def test_train_leaves_the_weights_that_eval_saved(self):
        out = self.home / "same"
        self.eval("--routers", "trouter{epochs=3}", "--seeds", "1", "--out", out)
        wend_json(
            "train", "--router", "trouter{epochs=3}", "--dataset", "small", "--out", "runs/a", cwd=self.home
        )
        saved = out / "artifacts" / "trouter{epochs=3}" / "seed-1"
        self.assertEqual(tree_bytes(saved), tree_bytes(self.home / "runs" / "a"))
        self.assertEqual(tree_bytes(saved), tree_bytes(self.home / "runs" / "latest"))

    def test_a_misspelt_option_of_a_router_is_named_and_nothing_is_written(self):
        refused = wend(
            "train", "--router", "knn{kk=3}", "--dataset", "small", "--out", "never", "--json", cwd=self.home, check=2
        )
        self.assertIn("'kk'", json.loads(refused.stdout)["error"]["message"])
        self.assertFalse((self.home / "never").exists())

    def test_leave_one_dataset_out_tests_every_query_once_a_seed(self):
        report = self.eval("--routers", "knn", "--seeds", "1", "--protocol", "leave-one-dataset-out")
        self.assertEqual(report["queries"]["test"], 400)

    def test_an_artifact_is_scored_on_what_it_has_not_seen(self):
        wend_json("train", "--router", "knn", "--dataset", "small", "--out", "runs/seen", cwd=self.home)
        report = self.eval("--routers", "best_static", "--artifact", "runs/seen", "--seeds", "1")
        test = sum(split_fraction(1, q["prompt"]) >= 0.8 for q in self.queries)
        self.assertEqual(report["queries"]["test"], test)
        self.assertIn("runs/seen", [row["router"] for row in report["rows"]][-1])

    def test_a_model_without_costs_is_not_chosen_for_looking_cheap(self):
        with tempfile.TemporaryDirectory() as scratch:
            home = pathlib.Path(scratch)
            _, outcomes = make_collection(home / "small")
            for row in outcomes:
                if row["model"] == "tiny":
                    row["cost"] = None
            write_jsonl(home / "small" / "outcomes.jsonl", outcomes)
            wend_json("import", "small", cwd=home)
            decisions = home / "d.jsonl"
            report = self.eval("--routers", "knn,best_static,smallest", "--seeds", "1", "--decisions", decisions, home=home)
            self.assertNotIn("tiny", report["models"])
            self.assertNotIn('"tiny"', decisions.read_text())
            kept = self.eval("--routers", "best_static", "--seeds", "1", "--normaliser", "none", home=home)
            self.assertIn("tiny", kept["models"])

    def test_all_leaves_out_what_a_set_without_sizes_cannot_feed(self):
        with tempfile.TemporaryDirectory() as scratch:
            home = pathlib.Path(scratch)
            _, outcomes = make_collection(home / "small", per_topic=40)
            for row in outcomes:
                row["cost"] = None
            write_jsonl(home / "small" / "outcomes.jsonl", outcomes)
            write_jsonl(home / "small" / "models.jsonl", [{"id": model} for model, _, _ in MODELS])
            wend_json("import", "small", cwd=home)
            report = self.eval("--seeds", "1", home=home)
            routers = [row["router"] for row in report["rows"]]
            self.assertIn("trouter", routers)
            for name in ("smallest", "largest", "adaptive"):
                self.assertNotIn(name, routers)
                notes = [note for note in report["notes"] if f"'{name}'" in note]
                self.assertEqual(len(notes), 1, report["notes"])
                self.assertIn("left out", notes[0])
            text = wend("eval", "--dataset", "small", "--seeds", "1", "--strict", cwd=home, check=1).stderr
            self.assertIn("--strict", text)
            named = wend("eval", "--dataset", "small", "--routers", "knn,smallest", "--json", cwd=home, check=1)
            self.assertIn("router 'smallest': no model has", json.loads(named.stdout)["error"]["message"])

    def test_a_model_that_is_not_in_the_pool_is_named_once(self):
        for arguments in (["eval", "--routers", "model{id=grate}"], ["train", "--router", "model{id=grate}", "--out", "no"]):
            refused = wend(arguments[0], "--dataset", "small", *arguments[1:], "--json", cwd=self.home, check=2)
            message = json.loads(refused.stdout)["error"]["message"]
            self.assertEqual(message.count("model{id=grate}"), 1, message)
            self.assertIn("did you mean 'great'", message)

    def test_the_source_of_an_artifact_is_told_as_it_is(self):
        wend_json("train", "--router", "best_static", "--dataset", "small", "--out", "runs/rule", cwd=self.home)
        report = self.eval("--routers", "best_static", "--artifact", "runs/rule", "--seeds", "1")
        self.assertEqual([row["source"] for row in report["rows"]], ["rule", "rule"])

    # What could not be written or kept is said before the work

    def test_places_that_cannot_be_written_are_refused_before_the_work(self):
        with tempfile.TemporaryDirectory() as scratch:
            (pathlib.Path(scratch) / "latest").mkdir()
            refused = wend("train", "--router", "knn", "--dataset", "none", "--out", "a", cwd=scratch, check=1)
            self.assertIn("is no link", refused.stderr)
            (pathlib.Path(scratch) / "mine").mkdir()
            (pathlib.Path(scratch) / "mine" / "thesis.txt").write_text("x")
            refused = wend("train", "--router", "knn", "--dataset", "none", "--out", "mine", cwd=scratch, check=1)
            self.assertIn("is no link", refused.stderr)
            (pathlib.Path(scratch) / "latest").rmdir()
            refused = wend("train", "--router", "knn", "--dataset", "none", "--out", "mine", cwd=scratch, check=2)
            self.assertIn("thesis.txt", refused.stderr)
            refused = wend("eval", "--dataset", "none", "--decisions", "no/d.jsonl", cwd=scratch, check=1)
            self.assertIn("no/d.jsonl", refused.stderr)

    def test_what_needs_the_truth_of_a_row_is_not_trained_into_an_artifact(self):
        for router in ("oracle", "task_oracle"):
            refused = wend("train", "--router", router, "--dataset", "none", "--out", "a", cwd=self.home, check=2)
            self.assertIn("can be evaluated but not served", refused.stderr)
            self.assertFalse((self.home / "a").exists())

    # Routing

    def trained(self):
        artifact = self.home / "runs" / "route"
        if not artifact.exists():
            wend_json("train", "--router", "trouter{epochs=5}", "--dataset", "small", "--out", artifact, cwd=self.home)
        return artifact

    def route(self, *arguments, **keywords):
        return wend("route", "--artifact", self.trained(), *arguments, cwd=self.home, **keywords)

    def test_hard_prompts_are_answered(self):
        word = "a" * 1_000_000
        prompts = ["", "   ", "x " * 5_000_000, word, "[CLS] [SEP]", "\u0000\u202e\U0001f469\u200d\U0001f4bb"]
        lines = b"".join(json.dumps({"prompt": p}).encode() + b"\n" for p in prompts)
        lines += b'{"id": 7, "prompt": "broken \xff\xfe byte"}\n'
        answers = [json.loads(line) for line in self.route("--in", "-", stdin=lines, check=0).stdout.splitlines()]
        self.assertEqual(len(answers), 7)
        for answer in answers:
            self.assertIn(answer["model"], [model for model, _, _ in MODELS])
            self.assertEqual(len(answer["candidates"]), 3)

    def test_a_malformed_line_is_one_error_line_and_exit_1(self):
        lines = b'{"id":"a","prompt":"hi"}\nnot json\n{"id":"c"}\n{"id":"d","prompt":"ho"}\n'
        lines += b'{"promt":"x"}\n{"prompt":"x","prompt":"y"}\n{"prompt":"\\ud800"}\n'
        answers = [json.loads(line) for line in self.route("--in", "-", stdin=lines, check=1).stdout.splitlines()]
        self.assertEqual([a.get("id") for a in answers], ["a", None, "c", "d", None, None, None])
        self.assertIn("error", answers[1])
        self.assertIn("prompt", answers[2]["error"])
        self.assertIn("model", answers[3])
        self.assertIn("did you mean it by 'promt'?", answers[4]["error"])
        self.assertIn("'prompt' stands twice", answers[5]["error"])
        self.assertIn("surrogate", answers[6]["error"])

    def test_a_chat_is_routed_as_its_question_is(self):
        prompt = "Write a function that adds two numbers, and prove that it terminates on every input."
        noise = "<system-reminder>Be brief.</system-reminder>"
        chats = [
            [{"role": "user", "content": prompt}],
            [{"role": "system", "content": "You are a pirate. " * 500}, {"role": "user", "content": prompt + noise}],
            [{"role": "user", "content": "hi"}, {"role": "assistant", "content": None},
             {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}, {"type": "text", "text": prompt}]},
             {"role": "assistant", "content": "", "tool_calls": [{"id": "1"}]},
             {"role": "tool", "tool_call_id": "1", "content": "42"}],
        ]
        lines = [{"id": 0, "prompt": prompt}]
        lines += [{"id": i + 1, "model": "auto", "messages": chat} for i, chat in enumerate(chats)]
        lines += [{"id": 9, "messages": []}]
        stdin = "".join(json.dumps(line) + "\n" for line in lines).encode()
        answers = [json.loads(line) for line in self.route("--in", "-", stdin=stdin, check=1).stdout.splitlines()]
        self.assertEqual([a["id"] for a in answers], [0, 1, 2, 3, 9])
        for answer in answers[1:4]:
            self.assertEqual(answer["candidates"], answers[0]["candidates"])
        self.assertIn("messages", answers[4]["error"])

    def test_a_prompt_without_a_model_is_one_error_line_and_ids_come_back_as_they_were(self):
        ids = [7, "7", 2.5, "", -3, 12345678901234567890]
        prompts = ["What is 17 times 3? " * (i + 1) for i in range(len(ids))]
        lines = "".join(json.dumps({"id": i, "prompt": p}) + "\n" for i, p in zip(ids, prompts)).encode()
        free = [json.loads(line) for line in self.route("--in", "-", stdin=lines, check=0).stdout.splitlines()]
        self.assertEqual([a["id"] for a in free], ids)
        self.assertEqual([type(a["id"]) for a in free], [type(i) for i in ids])
        cheapest = [min(c["cost"] for c in a["candidates"]) for a in free]
        limit = sorted(cheapest)[2]  # Some prompts have a model below it, the dearest has none.
        done = self.route("--in", "-", "--max-cost", repr(limit), stdin=lines, check=1)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([a["id"] for a in answers], ids)
        failed = ["error" in a for a in answers]
        self.assertEqual(failed, [cost > limit for cost in cheapest])
        self.assertTrue(any(failed))
        self.assertIn(f"{sum(failed)} line", done.stderr)
        self.assertIn("max_cost", answers[failed.index(True)]["error"])

    def test_the_page_of_the_decision_names_every_key(self):
        page = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "formats" / "decision.md").read_text()
        example = json.loads(next(line for line in page.splitlines() if line.startswith('{"')))
        config = self.home / "dear.yaml"
        config.write_text("models: [{id: great, price: {input: 4, output: 16}}]\n")
        answer = json.loads(self.route("--json", "--config", config, "--models", "t*", "Sort a list in Python").stdout)
        self.assertEqual(list(example) + ["notes"], list(answer))
        for key in ("tasks", "candidates"):
            self.assertEqual({k for row in example[key] for k in row}, {k for row in answer[key] for k in row})
        for part in (answer, answer["tasks"][0], answer["candidates"][0]):
            for key in part:
                self.assertIn(f"`{key}`", page)
        best = max((c for c in example["candidates"] if c["utility"] is not None), key=lambda c: c["utility"])
        self.assertEqual(best["model"], example["model"])
        for c in [c for c in example["candidates"] if c["utility"] is not None]:
            mu = example["preference"]
            self.assertAlmostEqual(c["utility"], mu * c["quality"] - (1 - mu) * c["cost_normalised"])

    def test_a_normaliser_that_cannot_be_inverted_hides_the_currency_and_says_so(self):
        wend_json(
            "train", "--router", "knn", "--dataset", "small", "--normaliser", "dataset_minmax_train",
            "--out", "runs/grouped", cwd=self.home,
        )
        routed = wend_json("route", "--artifact", "runs/grouped", "hello", cwd=self.home)
        self.assertIsNone(routed["cost"])
        self.assertEqual(len(routed["notes"]), 1)
        self.assertIn("dataset_minmax_train", routed["notes"][0])
        explained = wend("route", "--artifact", "runs/grouped", "--explain", "hello", cwd=self.home, check=0).stdout
        self.assertIn("dataset_minmax_train", explained)
        lines = b'{"prompt":"a"}\n{"prompt":"b"}\n'
        stream = wend("route", "--artifact", "runs/grouped", "--in", "-", cwd=self.home, stdin=lines, check=0)
        self.assertEqual(stream.stderr.count("dataset_minmax_train"), 1)
        (self.home / "dear.yaml").write_text("models: [{id: great, price: {input: 4, output: 16}}]\n")
        refused = wend("route", "--artifact", "runs/grouped", "--config", "dear.yaml", "hello", cwd=self.home, check=1)
        self.assertIn("'great'", refused.stderr)
        self.assertIn("cannot be inverted", refused.stderr)

    def test_changed_prices_move_a_minmax_cost_through_currency(self):
        wend_json(
            "train", "--router", "knn", "--dataset", "small", "--normaliser", "global_minmax_train",
            "--out", "runs/minmax", cwd=self.home,
        )
        (self.home / "dear.yaml").write_text("models: [{id: great, price: {input: 4, output: 16}}]\n")
        before, after = (
            {c["model"]: c for c in wend_json("route", "--artifact", "runs/minmax", *more, "hello", cwd=self.home)["candidates"]}
            for more in ([], ["--config", "dear.yaml"])
        )
        a, b = before["tiny"], before["middle"]
        per_currency = (b["cost_normalised"] - a["cost_normalised"]) / (b["cost"] - a["cost"])
        expected = before["great"]["cost_normalised"] + before["great"]["cost"] * per_currency
        self.assertAlmostEqual(after["great"]["cost"], 2 * before["great"]["cost"], delta=1e-12)
        self.assertAlmostEqual(after["great"]["cost_normalised"], expected, delta=1e-5)
        self.assertEqual(after["tiny"], a)

    def test_filters_come_before_utility_and_say_why(self):
        answer = json.loads(self.route("--json", "--models", "t*", "Sort a list in Python").stdout)
        self.assertEqual(answer["model"], "tiny")
        excluded = [c["model"] for c in answer["candidates"] if "excluded" in c]
        self.assertEqual(excluded, ["great", "middle"])
        unknown = self.route("--json", "--models", "grate", "hi")
        self.assertIn("did you mean 'great'", json.loads(unknown.stdout)["error"]["message"])
        refused = self.route("--json", "--max-cost", "0", "Sort a list in Python", check=1)
        self.assertIn("max_cost", json.loads(refused.stdout)["error"]["message"])
        for word in ("nan", "inf"):
            refused = self.route("--json", "--max-cost", word, "Sort a list in Python", check=2)
            self.assertIn("--max-cost", json.loads(refused.stdout)["error"]["message"])
        explained = self.route("--explain", "What is 17 times 3?", check=0).stdout
        for word in ("tiny", "middle", "great", "arithmetic"):
            self.assertIn(word, explained)
        self.assertLessEqual(max(map(len, explained.splitlines())), 120)

    def test_preference_moves_the_choice(self):
        choices = {
            mu: json.loads(self.route("--json", "--preference", mu, "Write a Python function").stdout)
            for mu in ("0", "balanced", "1")
        }
        self.assertEqual(choices["0"]["model"], "tiny")
        self.assertEqual(choices["1"]["model"], "great")
        self.assertEqual(choices["balanced"]["preference"], 0.5)

    def test_a_damaged_artifact_is_refused_by_name(self):
        for file in ("weights.safetensors", "manifest.json"):
            with tempfile.TemporaryDirectory() as scratch:
                copy = pathlib.Path(scratch) / "a"
                shutil.copytree(self.trained(), copy)
                content = bytearray((copy / file).read_bytes())
                content[len(content) // 2] ^= 1
                (copy / file).write_bytes(content)
                refused = wend("route", "--artifact", copy, "hi", check=1)
                self.assertIn(file, refused.stderr)

    def test_training_into_the_link_latest_is_refused(self):
        before = tree_bytes(self.trained())
        out = self.home / "runs" / "latest"
        self.assertTrue(out.is_symlink())
        refused = wend("train", "--router", "random", "--dataset", "small", "--out", out, cwd=self.home, check=2)
        self.assertIn("is a link to", refused.stderr)
        self.assertEqual(tree_bytes(self.trained()), before)

    def test_changed_prices_rescale_the_predicted_cost(self):
        config = self.home / "dear.yaml"
        config.write_text("models: [{id: great, price: {input: 4, output: 16}}]\n")
        before = json.loads(self.route("--json", "hello").stdout)
        after = json.loads(self.route("--json", "--config", config, "hello").stdout)
        cost = {c["model"]: c["cost"] for c in before["candidates"]}
        for candidate in after["candidates"]:
            factor = 2 if candidate["model"] == "great" else 1
            self.assertAlmostEqual(candidate["cost"], factor * cost[candidate["model"]], delta=1e-12)
        self.assertIn("great", after["notes"][0])


    # A stop

    def test_a_stop_in_the_middle_of_training_leaves_no_artifact_and_keeps_the_vectors(self):
        for stop in (signal.SIGINT, signal.SIGTERM):
            with tempfile.TemporaryDirectory() as scratch:
                home = pathlib.Path(scratch)
                make_collection(home / "small")
                wend_json("import", "small", cwd=home)
                endless = "trouter{epochs=10000,patience=10000}"
                train = ["train", "--router", endless, "--dataset", "small", "--out", "runs/a"]
                stopped = stop_at("trouter:", stop, *train, cwd=home)
                self.assertEqual(stopped.returncode, 3, stopped.stderr)
                said = [line for line in stopped.stderr.splitlines() if line.startswith("wend: ")]
                self.assertEqual(len(said), 1, stopped.stderr)
                self.assertIn(f"stopped by {stop.name}; no artifact was written", said[0])
                self.assertFalse((home / "runs").exists())
                again = wend("train", "--router", "random", "--dataset", "small", "--out", "runs/b", cwd=home, check=0)
                self.assertNotIn("vectors of texts", again.stderr)

    def test_a_stop_in_the_middle_of_an_evaluation_writes_no_table(self):
        routers = "knn,trouter{epochs=10000,patience=10000}"
        evaluation = ["eval", "--dataset", "small", "--routers", routers, "--seeds", "1", "--out", "stopped", "--json"]
        stopped = stop_at("trouter:", signal.SIGTERM, *evaluation, cwd=self.home)
        self.assertEqual(stopped.returncode, 3, stopped.stderr)
        self.assertEqual(json.loads(stopped.stdout)["error"]["code"], "cancelled")
        self.assertEqual([p.name for p in (self.home / "stopped").iterdir()], ["artifacts"])
        self.assertEqual([p.name for p in (self.home / "stopped" / "artifacts").iterdir()], ["knn"])

    def test_a_stop_in_the_middle_of_a_stream_leaves_whole_answers(self):
        count = 20_000
        prompts = self.home / "many.jsonl"
        write_jsonl(prompts, [{"id": i, "prompt": f"What is {i} times 3?"} for i in range(count)])
        for stop in (signal.SIGINT, signal.SIGTERM):
            with running("route", "--artifact", self.trained(), "--in", prompts, cwd=self.home) as process:
                first = process.stdout.readline()
                process.send_signal(stop)
                rest, said = process.stdout.read(), process.stderr.read()
                self.assertEqual(process.wait(timeout=60), 3, said)
            answers = [json.loads(line) for line in (first + rest).splitlines()]
            self.assertEqual([a["id"] for a in answers], list(range(len(answers))))
            self.assertLess(len(answers), count)
            self.assertEqual(said, f"wend: stopped by {stop.name}; what was answered is whole\n")

    def test_a_stop_while_a_full_pipe_holds_a_stream_up(self):
        prompts = self.home / "more.jsonl"
        write_jsonl(prompts, [{"id": i, "prompt": f"What is {i} times 3?"} for i in range(5_000)])
        with running("route", "--artifact", self.trained(), "--in", prompts, cwd=self.home) as process:
            first = process.stdout.readline()
            time.sleep(1)  # Nobody reads: by now a write waits.
            process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            rest, said = process.stdout.read(), process.stderr.read()
            self.assertEqual(process.wait(timeout=60), 3, said)
        answers = [json.loads(line) for line in (first + rest).splitlines()]
        self.assertEqual([a["id"] for a in answers], list(range(len(answers))))
        self.assertLess(len(answers), 5_000)

    def test_a_stop_while_a_stream_waits_for_its_next_line(self):
        for stop in (signal.SIGINT, signal.SIGTERM):
            with running("route", "--artifact", self.trained(), "--in", "-", cwd=self.home) as process:
                process.stdin.write('{"id":1,"prompt":"hi"}\n')
                process.stdin.flush()
                self.assertEqual(json.loads(process.stdout.readline())["id"], 1)
                process.send_signal(stop)
                self.assertEqual(process.wait(timeout=60), 3)

    def test_a_stopped_import_leaves_the_store_as_it_was(self):
        with tempfile.TemporaryDirectory() as scratch:
            home = pathlib.Path(scratch)
            make_collection(home / "big", per_topic=10_000)
            stopped = stop_at("read outcomes.jsonl", signal.SIGINT, "import", "big", cwd=home)
            self.assertEqual(stopped.returncode, 3, stopped.stderr)
            self.assertIn("stopped by SIGINT", stopped.stderr)
            absent = wend("eval", "--dataset", "big", cwd=home, check=1)
            self.assertIn("there is no such file", absent.stderr)
            self.assertFalse((home / "wend.db").exists())


class Misuse(unittest.TestCase):
    """Every wrong word gets one sentence that names it, and nothing is half-written."""

    def refused(self, *arguments, status=2, says=()):
        with tempfile.TemporaryDirectory() as scratch:
            done = wend(*arguments, "--json", cwd=scratch)
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)
            error = json.loads(done.stdout)["error"]
            message = error["message"]
            self.assertNotIn("\n", message)
            for word in says:
                self.assertIn(word, message)
            self.assertFalse(list(pathlib.Path(scratch).iterdir()))
            return error

    def test_misspelt_words_are_corrected(self):
        self.refused("rout", says=["rout", "did you mean 'route'"])
        self.refused("train", "--routr", "knn", "--dataset", "x", "--out", "a", says=["--routr", "did you mean '--router'"])
        self.refused("train", "--router", "trouterr", "--dataset", "x", "--out", "a", says=["did you mean 'trouter'"])

    def test_values_are_checked(self):
        self.refused("eval", "--dataset", "x", "--split", "0.5:0.7:-1", says=["split"])
        self.refused("eval", "--dataset", "x", "--normaliser", "refrence", says=["did you mean 'reference'"])
        self.refused("eval", "--dataset", "x", "--protocol", "sideways", says=["protocol"])
        self.refused("eval", "--dataset", "x", "--seeds", "0", says=["seeds"])
        self.refused("route", "--artifact", "nowhere", "hi", says=["nowhere"], status=1)
        self.refused("route", says=["PROMPT"])
        self.refused("import", "nowhere", says=["nowhere"], status=1)
        self.refused("config", "--effective", "--set", "sotre=x", says=["did you mean 'store'"])
        self.refused("config", "--effective", "--config", "none.yaml", says=["none.yaml"], status=1)
        self.refused("embed", "--mode", "fast", says=["fast"])
        self.refused("embed", "--ids", "--raw", says=["--ids", "--raw"])
        self.refused("embed", "--in", "none.jsonl", "--out", "no/v.npy", says=["no/v.npy"], status=1)
        self.refused("eval", "--dataset", "x", "--routers", "", says=["--routers", "value"])

    def test_numbers_are_checked_by_one_rule(self):
        for verb, option, bad in (
            (["config"], "--seed", ["-1", "1.5", "1e3", "nan", "18446744073709551616", "x", ""]),
            (["config"], "--threads", ["-1", "1025", "0x10", "inf"]),
            (["embed"], "--max-tokens", ["-3", "2", "nan", "3.0"]),
            (["eval", "--dataset", "x"], "--seeds", ["-1", "0", "1001", "nan"]),
            (["import", "nowhere"], "--max-bad", ["nan", "-0.1", "inf", "1.5", "1e999"]),
            (["route", "hi"], "--max-cost", ["nan", "inf", "-1", "1e999", "free"]),
        ):
            for value in bad:
                self.refused(*verb, option, value, says=[option, "expected"])
        with tempfile.TemporaryDirectory() as scratch:
            wend("config", "--seed", "18446744073709551615", "--threads", "010", cwd=scratch, check=0)

    def test_what_says_nothing_or_contradicts_itself_is_refused(self):
        self.refused("config", "--effective", "--markdown", says=["--effective", "--markdown"])
        for verb in (["eval", "--dataset", "x", "--split"], ["eval", "--dataset", "x", "--store"], ["import", "x", "--name"]):
            self.refused(*verb, "", says=[verb[-1], "found nothing"])

    def test_a_value_of_the_command_line_is_no_file(self):
        for value in ("sotre=x", "eval.seeds=0", "store=[", "models.0.id=x"):
            self.assertNotIn("file", self.refused("config", "--effective", "--set", value, says=["--set"]))

    def test_a_file_that_is_wrong_is_named_for_machines(self):
        for arguments in (["import", "nowhere"], ["config", "--effective", "--config", "nowhere"], ["embed", "--in", "nowhere"]):
            self.assertEqual(self.refused(*arguments, says=["nowhere"], status=1)["file"], "nowhere")

    def test_a_misspelt_store_is_not_made(self):
        for verb in (["train", "--router", "knn", "--out", "a"], ["eval"]):
            error = self.refused(*verb, "--dataset", "x", "--store", "wnd.db", says=["no such file", "wend import"], status=1)
            self.assertEqual(error["file"], "wnd.db")

    def test_init_writes_once(self):
        with tempfile.TemporaryDirectory() as scratch:
            written = wend_json("init", "--dir", "app", cwd=scratch)
            self.assertEqual(written, {"written": ["app/wend.yaml"]})
            path = pathlib.Path(scratch) / "app" / "wend.yaml"
            content = path.read_text()
            useful = [l for l in content.splitlines() if l.strip() and not l.strip().startswith("#")]
            self.assertLess(len(useful), 15)
            path.write_text("mine: 1\n")
            wend("init", "--dir", "app", cwd=scratch, check=2)
            self.assertEqual(path.read_text(), "mine: 1\n")
            wend("init", "--dir", "app", "--force", cwd=scratch, check=0)
            self.assertEqual(path.read_text(), content)
            wend("config", "--effective", "--config", path, cwd=scratch, check=0)

    def test_options_stand_before_or_after_the_verb(self):
        with tempfile.TemporaryDirectory() as scratch:
            before = wend("--json", "config", cwd=scratch, check=0).stdout
            after = wend("config", "--json", cwd=scratch, check=0).stdout
            self.assertEqual(json.loads(before), json.loads(after))

    def test_every_verb_helps_with_an_example(self):
        for verb in ("init", "import", "embed", "train", "eval", "route", "config"):
            text = wend(verb, "--help", check=0).stdout
            self.assertIn("Example", text)
            self.assertIn(f"wend {verb}", text)

    def test_wend_does_not_link_libtorch(self):
        libraries = subprocess.run(["ldd", BINARY], capture_output=True, text=True, check=True).stdout
        self.assertNotIn("torch", libraries)
        self.assertNotIn("libc10", libraries)


class Embed(unittest.TestCase):
    def setUp(self):
        if not encoder_is_there():
            self.skipTest("the encoder's weights are absent: tools/fetch_encoder.sh fetches them")

    def embed(self, texts, *arguments):
        lines = "".join(json.dumps({"id": i, "prompt": t}) + "\n" for i, t in enumerate(texts))
        done = wend("embed", "--quiet", *arguments, stdin=lines.encode(), check=0)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_vectors_are_unit_and_in_order_whatever_the_company(self):
        texts = ["short", "a much longer text " * 100, "", "third"]
        together = self.embed(texts)
        self.assertEqual([row["id"] for row in together], [0, 1, 2, 3])
        self.assertEqual([row["tokens"] for row in together][1:3], [256, 2])
        for text, row in zip(texts, together):
            self.assertAlmostEqual(sum(x * x for x in row["embedding"]), 1, delta=1e-5)
            alone = self.embed([text])[0]["embedding"]
            self.assertLess(max(abs(a - b) for a, b in zip(alone, row["embedding"])), 1e-6)

    def test_ids_are_whole_unless_cut(self):
        rows = self.embed(["hello world", "x " * 400], "--ids")
        self.assertEqual(rows[0]["ids"], [101, 7592, 2088, 102])
        self.assertEqual(len(rows[1]["ids"]), 402)
        cut = self.embed(["x " * 400], "--ids", "--max-tokens", "10")
        self.assertEqual(len(cut[0]["ids"]), 10)
        with tempfile.TemporaryDirectory() as scratch:
            lines = b'{"prompt":"short"}\n' + b'{"prompt":"' + b"x " * 400 + b'"}\n'
            summary = wend_json("embed", "--ids", "--max-tokens", "10", "--out", "ids.jsonl", cwd=scratch, stdin=lines)
            self.assertEqual(summary["rows"], 2)
            self.assertEqual(summary["truncated"], 1)
            self.assertNotIn("dim", summary)
            summary = wend_json("embed", "--out", "v.jsonl", cwd=scratch, stdin=lines)
            self.assertEqual((summary["truncated"], summary["dim"]), (1, 384))
        self.assertEqual(self.embed(["[SEP]"], "--ids")[0]["ids"], [101, 1031, 19802, 1033, 102])

    def test_npy_is_read_as_numpy_would(self):
        with tempfile.TemporaryDirectory() as scratch:
            out = pathlib.Path(scratch) / "v.npy"
            wend("embed", "--out", out, stdin=b'{"prompt":"a"}\n{"prompt":"b"}\n', check=0)
            content = out.read_bytes()
            self.assertEqual(content[:8], b"\x93NUMPY\x01\x00")
            header = content[10 : 10 + int.from_bytes(content[8:10], "little")].decode()
            self.assertIn("'shape': (2, 384)", header)
            self.assertEqual((10 + len(header)) % 64, 0)
            self.assertEqual(len(content), 10 + len(header) + 2 * 384 * 4)


if __name__ == "__main__":
    unittest.main(verbosity=1)
