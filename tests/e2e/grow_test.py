# SPDX-License-Identifier: Apache-2.0
"""`wend taxonomy grow` with the real binary: a trained router learns task types that it lacks, and pays for those alone."""

import json
import pathlib
import shutil
import signal
import sqlite3
import struct
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from fake_upstream import FakeUpstream  # noqa: E402
from models_test import tensors_of  # noqa: E402
from proxy import Proxy  # noqa: E402
from wend_cli import MODELS, encoder_is_there, make_collection, wend, wend_json  # noqa: E402

WRITER, UMPIRE = "writer", "umpire"
SHOTS = 4
OLD = "What is 12 times 34? Show the product of 12 and 34."
NODE = "arithmetic:set-arithmetic"


def floats(values):
    """Their bytes, in which -0 is not 0."""
    return struct.pack(f"<{len(values)}f", *values)


class Grow(unittest.TestCase):
    """One router over four topics and three models; each test grows it in a folder of its own."""

    @classmethod
    def setUpClass(cls):
        if not encoder_is_there():
            raise unittest.SkipTest("the encoder's weights are absent: tools/fetch_encoder.sh fetches them")
        cls.scratch = tempfile.TemporaryDirectory(prefix="wend-grow-")
        cls.home = pathlib.Path(cls.scratch.name)
        cls.old, _ = make_collection(cls.home / "small")
        wend_json("import", "small", cwd=cls.home)
        wend_json("train", "--router", "trouter{epochs=6}", "--dataset", "small", "--out", "trained", cwd=cls.home)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def setUp(self):
        self.upstream = self.enterContext(FakeUpstream(models=("tiny", "middle", "great", WRITER, UMPIRE)))
        # The great model is always right, the others never; the judge sees it from their marks.
        for model in ("tiny", "middle"):
            self.upstream.when_model(model, "answer text=\"@@bad@@\"")
        self.upstream.when_model("great", "answer text=\"@@good@@\"")
        self.upstream.when("good", "answer text=1", model=UMPIRE)
        self.upstream.when("bad", "answer text=0", model=UMPIRE)
        self.upstream.when_model(WRITER, "generate children=2")
        self.place = self.home / self._testMethodName
        self.place.mkdir()
        for name in self.home.glob("wend.db*"):
            shutil.copy(name, self.place)
        shutil.copytree(self.home / "trained", self.place / "trained")
        priced = [*MODELS, (WRITER, 1, 2), (UMPIRE, 0.1, 0.1)]
        (self.place / "wend.yaml").write_text(json.dumps({
            "upstreams": {"fake": {"base_url": self.upstream.url()}},
            "models": [{"id": m, "upstream": "fake", "price": {"input": p, "output": o}} for m, p, o in priced],
            "synth": {"generator": WRITER, "stable_rounds": 1, "max_rounds": 2, "batch": 4},
            "label": {"judge": UMPIRE, "max_tokens": 64},
            "router": {"artifact": "live"}}))

    def grow(self, *arguments, check=0, out="grown", flags=("--yes", "--json", "--quiet"), under="arithmetic"):
        done = wend("taxonomy", "grow", "--under", under, "--describe", "questions about bridges and their builders",
                    "--shots", SHOTS, "--artifact", "trained", "--out", out, *arguments, *flags, cwd=self.place, check=check)
        return json.loads(done.stdout) if "--json" in flags else done

    def questions(self, collection):
        with sqlite3.connect(self.place / "wend.db") as store:
            return dict(store.execute(
                "SELECT q.prompt, l.task FROM queries q JOIN datasets d ON d.key = q.collection"
                " JOIN task_labels l ON l.query = q.key WHERE d.name = ?", (collection,)).fetchall())

    def manifest(self, folder="grown"):
        return json.loads((self.place / folder / "manifest.json").read_text())

    def weights(self, folder="grown"):
        return (self.place / folder / "weights.safetensors").read_bytes()

    def route(self, prompt, artifact="grown"):
        return wend_json("route", "--artifact", artifact, prompt, cwd=self.place)

    def test_a_branch_is_appended_and_nothing_old_changes(self):
        grown = self.grow()
        leaves = [node["task_id"] for node in grown["nodes"]]
        self.assertEqual((len(leaves), grown["pairs"], grown["stopped"]), (2, 2 * SHOTS, None))
        self.assertTrue(all(leaf.startswith("arithmetic.") for leaf in leaves))
        self.check_old_rows()
        before, after = self.manifest("trained"), self.manifest()
        self.assertEqual([task["id"] for task in after["tasks"]], [task["id"] for task in before["tasks"]] + leaves)
        self.assertEqual((after["id"], after["upkeep"][-1]["of"]), (grown["artifact"], before["id"]))
        # Each new cell, from nothing; the great model's quality was observed to be one, the others' to be nought.
        self.assertEqual(len(grown["changed"]), len(leaves) * len(MODELS) * 2)
        self.assertTrue(all(change["from"] is None and change["task_id"] in leaves for change in grown["changed"]))
        quality = {(c["task_id"], c["model"]): c["to"] for c in grown["changed"] if c["metric"] == "quality"}
        for leaf in leaves:
            self.assertGreater(quality[leaf, "great"], quality[leaf, "tiny"])
        self.check_asked_about_the_branch_alone(grown)
        self.check_used(grown, leaves)

    def check_old_rows(self):
        old, new = tensors_of(self.place / "trained"), tensors_of(self.place / "grown")
        self.assertEqual(set(old), set(new))
        for name, (shape, values) in old.items():
            if name != "task_inputs" and name != "table" and not name.startswith("quality_"):
                self.assertEqual((new[name][0], floats(new[name][1])), (shape, floats(values)), name)
                continue
            rows = 1 if name == "task_inputs" else shape[0]  # Of tasks one behind the other, else a column each.
            width, now = len(values) // rows, len(new[name][1]) // rows
            self.assertGreater(now, width)
            for row in range(rows):
                self.assertEqual(floats(new[name][1][row * now:row * now + width]),
                                 floats(values[row * width:(row + 1) * width]), name)

    def check_asked_about_the_branch_alone(self, grown):
        new = self.questions(grown["dataset"])
        self.assertEqual(len(new), grown["pairs"])
        bodies = [request.json() for request in self.upstream.received()]
        self.assertEqual(len(bodies), grown["calls"])
        said = [(body["model"], " ".join(message["content"] for message in body["messages"])) for body in bodies]
        for _, text in said:
            for query in self.old:
                self.assertNotIn(query["prompt"], text)
            for topic in ("cooking", "python", "geography"):  # Its neighbours are nobody's business either.
                self.assertNotIn(f"set-{topic}", text)
        for model, _, _ in MODELS:
            asked = [text for name, text in said if name == model]
            self.assertEqual(len(asked), len(new))
            self.assertTrue(all(any(question in text for text in asked) for question in new))
        self.assertEqual(sum(name == UMPIRE for name, _ in said), len(new) * 2)  # Two models say the same, which is judged once.

    def check_used(self, grown, leaves):
        shown = wend_json("taxonomy", "show", "--artifact", "grown", cwd=self.place)
        nodes = {node["id"]: node for node in shown["nodes"]}
        for leaf in leaves:
            self.assertEqual((nodes[leaf]["state"], nodes[leaf]["count"]), ("live", SHOTS))
        diff = wend_json("taxonomy", "diff", "trained", "grown", cwd=self.place)
        self.assertEqual((diff["nodes"]["added"], diff["changed"]), (leaves, []))
        for prompt, leaf in self.questions(grown["dataset"]).items():
            weights = {task["id"]: task["weight"] for task in self.route(prompt)["tasks"]}
            self.assertGreater(sum(weights.get(leaf, 0) for leaf in leaves), 0.01, (prompt, leaf, weights))
        said = wend("route", "--artifact", "grown", "--explain", prompt, cwd=self.place, check=0).stdout
        self.assertTrue(any(leaf.split(".")[1] in said.lower() for leaf in leaves), said)
        history = wend("taxonomy", "show", "--dataset", grown["dataset"], "--history", cwd=self.place, check=0).stdout
        self.assertIn("settled:", history)

    def test_serve_knows_the_branch_after_a_reload(self):
        shutil.copytree(self.place / "trained", self.place / "live")
        with Proxy(self.place / "wend.yaml") as proxy:
            grown = self.grow(out="live")
            proxy.send(signal.SIGHUP)
            prompt = next(iter(self.questions(grown["dataset"])))
            until = time.monotonic() + 20
            while (answer := self.decision(proxy, prompt))["artifact"] != grown["artifact"]:
                self.assertLess(time.monotonic(), until, proxy.log())
                time.sleep(0.05)
            new = {node["task_id"] for node in grown["nodes"]}
            self.assertTrue(new & {task["id"] for task in answer["tasks"]}, answer)

    def decision(self, proxy, prompt):
        body = json.dumps({"messages": [{"role": "user", "content": prompt}]}).encode()
        request = urllib.request.Request(proxy.url + "/route", body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.loads(reply.read())

    def test_money_is_asked_for_and_a_stopped_run_goes_on(self):
        plan = self.grow("--dry-run")
        self.assertEqual([stage["stage"] for stage in plan["plan"]], ["write", "answer", "judge"])
        self.assertEqual(sum(stage["calls"] for stage in plan["plan"]), plan["calls"])
        self.assertIn("--yes", self.grow(check=2, flags=("--json", "--quiet"))["error"]["message"])
        self.assertIn("calls to make", self.grow(check=2, flags=()).stderr)
        self.assertEqual((self.upstream.received(), (self.place / "grown").exists()), ([], False))
        whole = self.grow(out="whole")
        self.assertGreater(plan["estimate"], whole["spent"])
        shutil.copy(self.home / "wend.db", self.place)
        for name in self.place.glob("wend.db-*"):
            name.unlink()
        self.upstream._stored.clear()
        calls, spent = 0, 0
        for share in (0.3, 0.5):
            stopped = self.grow("--budget", whole["spent"] * share, check=3)
            self.assertEqual((stopped["artifact"], stopped["changed"], stopped["stopped"]), (None, [], "budget"))
            self.assertLessEqual(stopped["spent"], whole["spent"] * share)
            self.assertFalse((self.place / "grown").exists())
            calls, spent = calls + stopped["calls"], spent + stopped["spent"]
        rest = self.grow()
        self.assertEqual(calls + rest["calls"], whole["calls"])
        self.assertAlmostEqual(spent + rest["spent"], whole["spent"])
        self.assertEqual((self.weights(), self.manifest()), (self.weights("whole"), self.manifest("whole")))
        asked = len(self.upstream.received())
        again = self.grow(flags=("--json", "--quiet"))  # Nothing to pay for is nothing to ask.
        self.assertEqual((again["calls"], again["artifact"], len(self.upstream.received())), (0, rest["artifact"], asked))

    def writes(self, name, *questions, definition="Of it."):
        """A writer that says one thing to whatever it is asked: one task type, these questions, and that the set is well as it is."""
        pairs = "\n\n".join(f"Q: {question}\nA: So it is said." for question in questions)
        self.upstream.when_model(WRITER, "answer text=" + json.dumps(
            f"<node begin>\nSubcategory: {name}\nDefinition: {definition}\nExample: Which?\n</node end>\n"
            f"<qa_pairs begin>\n{pairs}\n</qa_pairs end>\n<preferred set>\nSet A\n</preferred set>").replace("\\n", "\n"))

    def test_ids_of_what_is_gone_do_not_come_back(self):
        self.writes("Bridges", "Who was Isambard Brunel?", "How long is the Humber Bridge?")
        (first,) = self.grow("--at-most", 1, out="first")["nodes"]
        self.assertEqual(first["task_id"], "arithmetic.bridges")
        wend_json("taxonomy", "prune", first["task_id"], "--artifact", "first", "--out", "pruned", cwd=self.place)
        self.writes("Bridges", "Who was Isambard Brunel?", "When did the Tay Bridge fall?", definition="Of those that fell.")
        grown = wend_json("taxonomy", "grow", "--under", "arithmetic", "--describe", "bridges that fell", "--shots", SHOTS, "--at-most",
                          1, "--artifact", "pruned", "--out", "grown", "--yes", cwd=self.place)
        # One of its two questions was a question of the first branch.
        self.assertEqual([(node["task_id"], node["have"]) for node in grown["nodes"]], [("arithmetic.bridges-2", 1)])
        self.assertEqual([grave["id"] for grave in self.manifest()["tombstones"]], ["arithmetic.bridges"])
        self.assertEqual([step.get("dataset", "") for step in self.manifest()["upkeep"]][1], "")

    def test_a_new_domain_stands_beside_the_old(self):
        done = wend_json("taxonomy", "grow", "--describe", "questions about ships", "--shots", SHOTS, "--at-most", 1, "--artifact",
                         "trained", "--out", "grown", "--yes", cwd=self.place)
        roots = [node["id"] for node in self.manifest()["taxonomy"]["nodes"]]
        self.assertEqual(len(roots), 5)
        self.assertTrue(all(node["task_id"].startswith(roots[-1] + ".") for node in done["nodes"]))

    def test_what_says_what_an_old_question_says_is_dropped(self):
        old = self.old[0]["prompt"]
        self.writes("Bridges", old, "Who was Isambard Brunel?")
        grown = self.grow("--at-most", 1)
        self.assertEqual([node["have"] for node in grown["nodes"]], [1])
        self.assertNotIn(old, self.questions(grown["dataset"]))

    def test_replay_teaches_the_new_without_forgetting_the_old(self):
        appended = self.grow(out="appended")
        asked = len(self.upstream.received())
        grown = self.grow("--replay-old")
        self.assertEqual((grown["calls"], len(self.upstream.received())), (0, asked))
        self.assertNotEqual(grown["artifact"], appended["artifact"])
        self.assertEqual([step["verb"] for step in self.manifest()["upkeep"]], ["grow", "replay"])
        self.assertEqual(self.route(OLD)["tasks"][0]["id"], NODE)
        leaves = {node["task_id"] for node in grown["nodes"]}

        def weight(artifact):
            return sum(task["weight"] for prompt in self.questions(grown["dataset"])
                       for task in self.route(prompt, artifact)["tasks"] if task["id"] in leaves)
        self.assertGreater(weight("grown"), weight("appended"))
        self.assertTrue(any(change["from"] is not None for change in grown["changed"]))
        self.grow("--replay-old", out="twice")
        self.assertEqual(self.weights(), self.weights("twice"))

    def test_what_cannot_grow_is_said_before_anything_is_asked(self):
        for words, under, status in (("itself a task type", NODE, 2), ("no task type 'aritmetic'", "aritmetic", 2)):
            self.assertIn(words, self.grow(under=under, check=status)["error"]["message"])
        refused = self.grow("--dataset", "smal", check=1)["error"]["message"]
        self.assertIn("small", refused)
        refused = self.grow("--set", "synth.max_subcategories=1", check=1)["error"]["message"]
        self.assertIn("synth.max_subcategories allows 1", refused)
        self.assertIn("--replay-old", wend("taxonomy", "grow", "--help", check=0).stdout)
        self.assertEqual(self.upstream.received(), [])


if __name__ == "__main__":
    unittest.main()
