#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`wend discover`, and the routers that learn from what it finds."""

import json
import pathlib
import re
import shutil
import signal
import tempfile
import time
import unittest

from wend_cli import encoder_is_there, make_collection, running, split_fraction, stop_at, wend, wend_json, write_jsonl

ROUTERS = "best_static,trouter{epochs=3},finerouter,finerouter_tasks,finerouter_general"


def tree_bytes(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file()}


def read_jsonl(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


class Discover(unittest.TestCase):
    """One collection of four topics, 100 prompts each; each test reads it or works on a copy."""

    @classmethod
    def setUpClass(cls):
        if not encoder_is_there():
            raise unittest.SkipTest("the encoder's weights are absent: tools/fetch_encoder.sh fetches them")
        scratch = tempfile.TemporaryDirectory(prefix="wend-discover-")
        cls.addClassCleanup(scratch.cleanup)
        cls.home = pathlib.Path(scratch.name)
        cls.queries, cls.outcomes = make_collection(cls.home / "small")
        wend_json("import", "small", cwd=cls.home)
        cls.report = wend_json("discover", "--dataset", "small", "--out", "tasks", "--compare", "task", cwd=cls.home)
        cls.test = {q["id"] for q in cls.queries if split_fraction(1, q["prompt"]) >= 0.8}

    def discover(self, *arguments, home=None):
        return wend_json("discover", "--dataset", "small", *arguments, cwd=home or self.home)

    def test_reports_what_the_contract_names(self):
        report = self.report
        self.assertEqual(report["assigned"] + report["unassigned"], len(self.queries) - len(self.test))
        self.assertGreaterEqual(report["tasks"], 3)
        self.assertEqual(report["iterations"][0]["nodes"], len(self.queries) - len(self.test))
        self.assertEqual({"name", "seconds"}, set(report["stages"][0]))
        self.assertGreater(report["modularity"], 0.3)
        self.assertGreater(report["peak_rss_mb"], 10)

    def test_communities_become_nodes_and_are_clustered_again(self):
        report = self.discover("--out", "again", "--iterations", "3", "--enough", "0", "--finer", "8", "--min-size", "10")
        self.assertGreaterEqual(len(report["iterations"]), 2)
        for before, after in zip(report["iterations"], report["iterations"][1:]):
            self.assertEqual(after["nodes"], before["communities"])
            self.assertLess(after["communities"], after["nodes"])

    def test_finds_the_topics_again(self):
        self.assertGreater(self.report["agreement"]["nmi"], 0.7)
        topic = {q["id"]: q["task"] for q in self.queries}
        for task in json.loads((self.home / "tasks" / "discovery.json").read_text())["tasks"]:
            self.assertEqual(len({topic[q] for q in task["exemplars"]}), 1, task["exemplars"])
            self.assertEqual(len(task["exemplars"]), 3)

    def test_no_test_query_is_labelled_and_every_label_has_a_node(self):
        labels = read_jsonl(self.home / "tasks" / "task_labels.jsonl")
        nodes = {n["id"] for n in json.loads((self.home / "tasks" / "taxonomy.json").read_text())["nodes"]}
        self.assertEqual(len(labels), self.report["assigned"])
        self.assertFalse(self.test & {label["query_id"] for label in labels})
        self.assertEqual({label["task_id"] for label in labels}, nodes)
        self.assertEqual(len(nodes), self.report["tasks"])

    def test_the_map_opens_without_a_network(self):
        page = (self.home / "tasks" / "map.html").read_text()
        self.assertFalse(re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?\s*(?:https?:)?//""", page))
        for node in json.loads((self.home / "tasks" / "taxonomy.json").read_text())["nodes"]:
            self.assertIn(node["id"], page)

    def test_test_outcomes_change_no_byte(self):
        """Other outcomes of the test queries, and none at all."""
        for name in ("others", "none"):
            with tempfile.TemporaryDirectory() as scratch:
                home = pathlib.Path(scratch)
                _, outcomes = make_collection(home / "small")
                for row in outcomes:
                    if row["query_id"] in self.test:
                        row["quality"] = 1 - row["quality"]
                        row["cost"] *= 17
                if name == "none":
                    outcomes = [row for row in outcomes if row["query_id"] not in self.test]
                write_jsonl(home / "small" / "outcomes.jsonl", outcomes)
                wend_json("import", "small", cwd=home)
                self.discover("--out", "tasks", home=home)
                self.assertEqual(tree_bytes(home / "tasks"), tree_bytes(self.home / "tasks"), name)

    def test_test_outcomes_change_no_byte_of_a_router_either(self):
        artifacts = []
        for flipped in (False, True):
            with tempfile.TemporaryDirectory() as scratch:
                home = pathlib.Path(scratch)
                _, outcomes = make_collection(home / "small")
                for row in outcomes:
                    if flipped and row["query_id"] in self.test:
                        row["quality"] = 1 - row["quality"]
                write_jsonl(home / "small" / "outcomes.jsonl", outcomes)
                wend_json("import", "small", cwd=home)
                wend_json("train", "--router", "finerouter", "--dataset", "small", "--out", "a", cwd=home)
                artifacts.append(tree_bytes(home / "a"))
        self.assertEqual(*artifacts)

    def test_threads_and_repetition_change_no_byte(self):
        for threads in ("1", "2", "3"):
            self.discover("--out", f"threads-{threads}", "--threads", threads)
            self.assertEqual(tree_bytes(self.home / f"threads-{threads}"), tree_bytes(self.home / "tasks"))

    def test_another_seed_is_another_split(self):
        self.discover("--out", "seed-2", "--seed", "2")
        self.assertNotEqual((self.home / "seed-2" / "task_labels.jsonl").read_bytes(),
                            (self.home / "tasks" / "task_labels.jsonl").read_bytes())

    def test_taxonomy_show_reads_them(self):
        shown = wend_json("taxonomy", "show", "--tasks", "tasks", cwd=self.home)
        record = json.loads((self.home / "tasks" / "discovery.json").read_text())
        self.assertEqual([n["id"] for n in shown["nodes"]], [t["id"] for t in record["tasks"]])
        self.assertEqual([n["queries"] for n in shown["nodes"]], [t["prompts"] for t in record["tasks"]])
        self.assertEqual({n["level"] for n in shown["nodes"]}, {0})
        self.assertEqual(wend_json("taxonomy", "show", "--artifact", "tasks", cwd=self.home), shown)

    def test_trouter_trains_on_them_and_route_tells_them(self):
        ids = {n["id"] for n in json.loads((self.home / "tasks" / "taxonomy.json").read_text())["nodes"]}
        for spec, artifact in (("trouter{epochs=3}", "on-tasks"), ("finerouter", "fine")):
            trained = wend_json("train", "--router", spec, "--dataset", "small", "--tasks", "tasks", "--out", artifact, cwd=self.home)
            self.assertEqual(trained["router"], spec)
            done = wend("route", "--artifact", artifact, "--json", "What is 17 times 23? Show the product of 17 and 23.",
                        cwd=self.home, check=0)
            decision = json.loads(done.stdout)
            self.assertTrue({task["id"] for task in decision["tasks"]} <= ids, decision["tasks"])
            self.assertTrue(decision["tasks"])
            shown = wend_json("taxonomy", "show", "--artifact", artifact, cwd=self.home)["nodes"]
            self.assertEqual({node["id"] for node in shown}, ids)
            for node in shown:
                self.assertEqual(max(node["models"], key=lambda m: 0.5 * m["quality"] - 0.5 * m["cost_normalised"])["model"], node["best"])

    def test_tasks_of_one_split_are_not_evaluated_on_another(self):
        for arguments in (("--seeds", "5"), ("--seed", "2", "--seeds", "1"), ("--seeds", "1", "--split", "0.5:0.1:0.4"),
                          ("--seeds", "1", "--protocol", "leave-one-dataset-out"), ("--seeds", "1", "--train-on", "small")):
            done = wend("eval", "--dataset", "small", "--tasks", "tasks", "--routers", "best_static", *arguments,
                        cwd=self.home, check=2)
            self.assertIn("were found with --seed 1 --split 0.7:0.1:0.2", done.stderr)
        report = wend_json("eval", "--dataset", "small", "--tasks", "tasks", "--routers", ROUTERS, "--seeds", "1", cwd=self.home)
        self.assertEqual(len(report["rows"]), 5)

    def test_no_task_large_enough_is_told(self):
        report = wend_json("eval", "--dataset", "small", "--routers", "best_static,finerouter_tasks{min_size=1000}", "--seeds", "2", cwd=self.home)
        self.assertEqual([note.split(":")[0] for note in report["notes"] if "no task type of enough prompts" in note], ["seed 1", "seed 2"])
        trained = wend_json("train", "--router", "finerouter_tasks{min_size=1000}", "--dataset", "small", "--out", "one-task", cwd=self.home)
        self.assertIn("or lower min_size", trained["notes"][-1])

    def test_tasks_found_in_training_are_those_of_the_folder(self):
        """Of the same rows by the same settings: the same tasks, summaries and so encodings, the same weights. Centres are others."""
        weights = {}
        for name, spec, arguments in (("folder", "finerouter_tasks", ("--tasks", "tasks")),
                                      ("summaries", "finerouter_tasks{resolution=1,rbo_percentile=0.9}", ()),
                                      ("centres", "finerouter_tasks{resolution=1,rbo_percentile=0.9,encodings=centres}", ())):
            wend("train", "--router", spec, "--dataset", "small", "--out", f"by/{name}", "--quiet", *arguments, cwd=self.home, check=0)
            weights[name] = (self.home / "by" / name / "weights.safetensors").read_bytes()
        self.assertEqual(weights["summaries"], weights["folder"])
        self.assertNotEqual(weights["summaries"], weights["centres"])

    def test_finerouter_beats_best_static_on_tasks_of_each_split(self):
        report = wend_json("eval", "--dataset", "small", "--tasks", "discover", "--routers", ROUTERS, "--seeds", "3", cwd=self.home)
        rows = {row["router"]: row for row in report["rows"]}
        for router in ("finerouter", "finerouter_tasks"):
            self.assertGreater(rows[router]["vs_best_static"]["ci"][0], 0, router)
        self.assertGreater(rows["trouter{epochs=3}"]["vs_best_static"]["difference"], 0)

    def test_every_way_to_tell_tasks_apart_can_be_evaluated(self):
        ways = ["{tasks=kmeans,clusters=4}", "{tasks=kmeans}", "{tasks=coarse}", "{tasks=given}", "{rbo=off}", "{iterations=1}",
                "{mode=paper}", "{profile=paper}"]
        routers = ",".join("finerouter" + way for way in ways)
        report = wend_json("eval", "--dataset", "small", "--routers", routers, "--seeds", "1", cwd=self.home)
        self.assertEqual([row["router"] for row in report["rows"]], ["finerouter" + way for way in ways])

    def test_tuning_goes_on_where_it_was_stopped(self):
        home = self.home / "tuned"
        home.mkdir()
        shutil.copy(self.home / "wend.db", home)
        train = ("train", "--router", "finerouter_tasks", "--dataset", "small", "--out", "runs/a")
        first = wend_json(*train, "--tune", "3", cwd=home)
        self.assertEqual((first["tuning"]["trials"], first["tuning"]["reused"]), (3, 0))
        more = wend_json(*train, "--tune", "6", cwd=home)
        self.assertEqual((more["tuning"]["trials"], more["tuning"]["reused"]), (6, 3))
        tried = json.loads((home / "runs" / "a.tune.json").read_text())["trials"]
        best = max(tried, key=lambda trial: trial["validation_utility_sum"])
        self.assertEqual(more["tuning"]["best"], best["options"])
        self.assertAlmostEqual(more["validation_utility_sum"], best["validation_utility_sum"])
        whole = wend_json(*train[:-1], "runs/b", "--tune", "6", cwd=home)
        self.assertEqual(whole["id"], more["id"])
        for other in (("--seed", "2"), ("--split", "0.6:0.2:0.2"), ("--normaliser", "none"), ("--tasks", "discover")):
            refused = wend(*train, "--tune", "6", *other, cwd=home, check=1)
            self.assertIn("a.tune.json: what was tried there had another", refused.stderr)

    def test_what_has_nothing_to_tune_is_trained_as_named(self):
        home = self.home / "untuned"
        home.mkdir()
        shutil.copy(self.home / "wend.db", home)
        for spec in ("knn", "knn{k=5}", "finerouter_general{epochs=1}", "finerouter_tasks{tasks=given}"):
            train = ("train", "--router", spec, "--dataset", "small", "--out", "a")
            named = wend_json(*train, cwd=home)
            tuned = wend_json(*train, "--tune", "3", cwd=home)
            self.assertEqual(tuned["id"], named["id"])
            self.assertEqual((tuned["tuning"]["trials"], tuned["tuning"]["reused"]), (1, 0))
            self.assertIn(f"--tune has nothing to try of {spec}: left as named", tuned["notes"])
            self.assertNotIn("notes", named)
            self.assertFalse((home / "a.tune.json").exists())
        self.assertEqual(tuned["tuning"]["best"], {"tasks": "given"})
        for routers, notes in (("best_static,knn,finerouter_tasks", []), ("best_static,knn", ["--tune has nothing to try of best_static, knn: left as named"])):
            report = wend_json("eval", "--dataset", "small", "--routers", routers, "--seeds", "1", "--tune", "2", cwd=home)
            self.assertEqual([note for note in report["notes"] if "--tune" in note], notes)

    def test_a_stopped_tuning_keeps_what_was_tried(self):
        home = self.home / "stopped"
        home.mkdir()
        shutil.copy(self.home / "wend.db", home)
        train = ("train", "--router", "finerouter_tasks", "--dataset", "small", "--out", "runs/a", "--tune")
        record = home / "runs" / "a.tune.json"
        with running(*train, "400", "--quiet", cwd=home) as process:
            deadline = time.monotonic() + 300
            while not record.exists():
                self.assertIsNone(process.poll(), "it ended before a trial was kept")
                self.assertLess(time.monotonic(), deadline, "no trial was kept")
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
        self.assertEqual(process.returncode, 3)
        self.assertFalse((home / "runs" / "a").exists())
        kept = json.loads(record.read_text())["trials"]
        self.assertGreater(len(kept), 0)
        again = wend_json(*train, len(kept) + 1, cwd=home)
        self.assertEqual((again["tuning"]["trials"], again["tuning"]["reused"]), (len(kept) + 1, len(kept)))
        self.assertEqual(json.loads(record.read_text())["trials"][:-1], kept)

    def test_a_signal_ends_the_search_and_nothing_is_written(self):
        """It is sent once the search has begun. A busy machine may let the search end before it comes: then it is tried again."""
        home = self.home / "stopped-search"
        make_collection(home / "small", per_topic=250, seed=8)
        wend_json("import", "small", cwd=home)
        for stop in (signal.SIGINT, signal.SIGTERM):
            for attempt in range(10):
                out = home / f"{stop.name}-{attempt}"
                stopped = stop_at("neighbours", stop, "discover", "--dataset", "small", "--out", out, cwd=home)
                if stopped.returncode != 0:
                    break
            self.assertEqual(stopped.returncode, 3, stopped.stderr)
            self.assertIn(f"stopped by {stop.name}", stopped.stderr)
            self.assertFalse(out.exists())

    def test_misuse_is_told_in_one_sentence(self):
        for arguments, said in ((("--objective", "louvain"), "expected modularity or cpm"),
                                (("--compare", "colour"), "no query has that field"),
                                (("--rbo-p", "1.5"), "--rbo-p"),
                                (("--iterations", "0"), "--iterations"),
                                (("--pool", "nobody"), "nobody")):
            done = wend("discover", "--dataset", "small", "--out", "never", *arguments, cwd=self.home)
            self.assertIn(done.returncode, (1, 2))
            self.assertIn(said, done.stderr)
            self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
            self.assertFalse((self.home / "never").exists())

    def test_too_few_prompts_for_a_task_are_told(self):
        done = wend("discover", "--dataset", "small", "--out", "never", "--min-size", "1000", "--quiet", cwd=self.home, check=1)
        self.assertIn("no task type", done.stderr)
        self.assertFalse((self.home / "never").exists())


if __name__ == "__main__":
    unittest.main()
