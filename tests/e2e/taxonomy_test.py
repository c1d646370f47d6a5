# SPDX-License-Identifier: Apache-2.0
"""Taxonomy upkeep with the real binary: what is corrected in an artifact is what `route` and `serve` decide by, and say."""

import contextlib
import json
import pathlib
import signal
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from fake_upstream import FakeUpstream  # noqa: E402
from proxy import Proxy  # noqa: E402
from wend_cli import MODELS, encoder_is_there, make_collection, wend, wend_json  # noqa: E402

PROMPT = "What is 12 times 34? Show the product of 12 and 34."
NODE = "arithmetic:set-arithmetic"


def weights_of(folder):
    return (folder / "weights.safetensors").read_bytes()


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text())


class TaxonomyUpkeep(unittest.TestCase):
    """One router over four topics; each test corrects it in folders of its own."""

    @classmethod
    def setUpClass(cls):
        if not encoder_is_there():
            raise unittest.SkipTest("the encoder's weights are absent: tools/fetch_encoder.sh fetches them")
        cls.scratch = tempfile.TemporaryDirectory(prefix="wend-taxonomy-")
        cls.home = pathlib.Path(cls.scratch.name)
        make_collection(cls.home / "small")
        wend_json("import", "small", cwd=cls.home)
        wend_json("train", "--router", "trouter", "--dataset", "small", "--out", "trained", cwd=cls.home)
        cls.trained = cls.home / "trained"
        cls.choice = cls.route(cls.trained)["model"]

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def route(cls, artifact, prompt=PROMPT):
        return wend_json("route", "--artifact", artifact, prompt, cwd=cls.home)

    def taxonomy(self, verb, *arguments, artifact=None, out="corrected"):
        """Runs a verb that changes one; (its document, the new artifact's folder)."""
        folder = self.home / self._testMethodName / out
        document = wend_json("taxonomy", verb, *arguments, "--artifact", artifact or self.trained, "--out", folder,
                             cwd=self.home)
        return document, folder

    # adjust

    def test_an_adjustment_flips_the_choice_and_is_told(self):
        document, folder = self.taxonomy("adjust", "arithmetic", "--model", self.choice, "--quality", "=0.05")
        self.assertEqual([change["task_id"] for change in document["changed"]], [NODE])
        change = document["changed"][0]
        self.assertEqual((change["model"], change["metric"], change["to"]), (self.choice, "quality", 0.05))
        before, after = self.route(self.trained), self.route(folder)
        self.assertNotEqual(after["model"], self.choice)
        self.assertEqual(after["artifact"], document["artifact"])
        self.assertNotIn("overrides", before)
        (override,) = after["overrides"]
        self.assertEqual({key: override[key] for key in ("node", "model", "metric", "mode", "value")},
                         {"node": "arithmetic", "model": self.choice, "metric": "quality", "mode": "set", "value": 0.05})
        self.assertLess(override["moved"], -0.1)
        qualities = [{c["model"]: c["quality"] for c in answer["candidates"]} for answer in (before, after)]
        self.assertAlmostEqual(qualities[0][self.choice] + override["moved"], qualities[1][self.choice], places=5)
        said = wend("route", "--artifact", folder, "--explain", PROMPT, cwd=self.home, check=0).stdout
        self.assertIn(f"quality of {self.choice} =0.05 at arithmetic", said)
        # Another topic is touched by as much as its prompt is arithmetic, the trained artifact not at all.
        roast = self.route(folder, "How long should I roast 3 potatoes with 4 cloves of garlic in the oven?")
        weight = {task["id"]: task["weight"] for task in roast["tasks"]}[NODE]
        self.assertLess(weight, 0.05)
        for told in roast.get("overrides", []):
            self.assertGreaterEqual(told["moved"], -weight)
        self.assertEqual(weights_of(folder), weights_of(self.trained))
        self.assertEqual(self.route(self.trained)["model"], self.choice)
        self.assertEqual((folder.parent / "latest").resolve(), folder.resolve())

    def test_serve_decides_by_an_adjustment_after_a_reload_and_says_so(self):
        live = self.home / self._testMethodName / "live"
        other = next(model for model, _, _ in MODELS if model != self.choice)
        self.taxonomy("adjust", NODE, "--model", other, "--quality", "-0.0001", out="live")
        with self.served(live) as proxy:
            self.assertEqual(self.decision(proxy)["model"], self.choice)
            for reload in (lambda: proxy.send(signal.SIGHUP), lambda: proxy.admin("/admin/reload", "POST")):
                for change, flips in (("=0.05", True), ("=0.95", False)):
                    document, _ = self.taxonomy("adjust", NODE, "--model", self.choice, "--quality", change,
                                                artifact=live, out="live")
                    reload()
                    answer = self.decision_by(proxy, document["artifact"])
                    self.assertEqual(answer["model"] != self.choice, flips)
                    self.assertIn((self.choice, "set", float(change[1:])),
                                  [(o["model"], o["mode"], o["value"]) for o in answer["overrides"]])
                    self.assertEqual(self.record(proxy, answer["decision"])["overrides"], answer["overrides"])

    def test_serve_picks_up_what_was_pruned_and_merged(self):
        live = self.home / self._testMethodName / "live"
        self.taxonomy("adjust", NODE, "--model", self.choice, "--quality", "+0.0001", out="live")
        with self.served(live) as proxy:
            self.assertEqual(self.decision(proxy)["tasks"][0]["id"], NODE)
            document, _ = self.taxonomy("merge", "cooking:set-cooking", NODE, artifact=live, out="live")
            proxy.admin("/admin/reload", "POST")
            self.assertEqual(self.decision_by(proxy, document["artifact"])["tasks"][0]["id"], "cooking:set-cooking")
            document, _ = self.taxonomy("prune", "cooking", artifact=live, out="live")
            proxy.admin("/admin/reload", "POST")
            left = {task["id"] for task in self.decision_by(proxy, document["artifact"])["tasks"]}
            self.assertLessEqual(left, {"python:set-python", "geography:set-geography"})

    @contextlib.contextmanager
    def served(self, artifact):
        with FakeUpstream() as upstream:
            config = {"store": "served.db", "upstreams": {"local": {"base_url": upstream.url()}},
                      "models": [{"id": model, "upstream": "local", "price": {"input": p, "output": o}}
                                 for model, p, o in MODELS],
                      "router": {"artifact": str(artifact)}}
            path = self.home / self._testMethodName / "wend.yaml"
            path.write_text(json.dumps(config))
            with Proxy(path) as proxy:
                yield proxy

    def decision(self, proxy):
        body = json.dumps({"messages": [{"role": "user", "content": PROMPT}]}).encode()
        request = urllib.request.Request(proxy.url + "/route", body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.loads(reply.read())

    def decision_by(self, proxy, artifact, seconds=20):
        until = time.monotonic() + seconds
        while (answer := self.decision(proxy))["artifact"] != artifact:
            self.assertLess(time.monotonic(), until, proxy.log())
            time.sleep(0.05)
        return answer

    def record(self, proxy, decision):
        with urllib.request.urlopen(f"{proxy.url}/decisions/{decision}", timeout=30) as reply:
            return json.loads(reply.read())

    def test_a_number_may_go_down_and_cost_is_scaled(self):
        document, _ = self.taxonomy("adjust", NODE, "--model", self.choice, "--quality", "-0.1", "--cost", "x1.2")
        quality, cost = document["changed"]
        self.assertAlmostEqual(quality["from"] - 0.1, quality["to"], places=5)
        self.assertAlmostEqual(cost["from"] * 1.2, cost["to"], places=5)

    def test_what_is_no_adjustment_is_misuse_and_writes_nothing(self):
        out = self.home / self._testMethodName
        for words in (["adjust", NODE, "--model", "nobody", "--quality", "+0.1"],
                      ["adjust", NODE, "--model", self.choice, "--quality", "0.1"],
                      ["adjust", NODE, "--model", self.choice],
                      ["adjust", "arithmetics", "--model", self.choice, "--quality", "+0.1"],
                      ["merge", NODE, NODE]):
            wend("taxonomy", *words, "--artifact", self.trained, "--out", out, cwd=self.home, check=2)
            self.assertFalse(out.exists())

    # prune, merge, show, diff

    def test_a_pruned_task_type_has_no_weight_and_its_id_does_not_come_back(self):
        document, folder = self.taxonomy("prune", "arithmetic")
        self.assertEqual([change["to"] for change in document["changed"]], ["pruned"])
        answer = self.route(folder)
        self.assertNotIn(NODE, [task["id"] for task in answer["tasks"]])
        self.assertAlmostEqual(sum(task["weight"] for task in answer["tasks"]), 1, places=5)
        self.assertEqual({grave["id"] for grave in manifest_of(folder)["tombstones"]}, {"arithmetic", NODE})
        again = wend("taxonomy", "prune", NODE, "--artifact", folder, "--out", folder, cwd=self.home, check=1)
        self.assertIn("was pruned", again.stderr)

    def test_a_merged_task_type_counts_for_the_other(self):
        _, folder = self.taxonomy("merge", "cooking:set-cooking", NODE)
        before = {task["id"]: task["weight"] for task in self.route(self.trained)["tasks"]}
        after = {task["id"]: task["weight"] for task in self.route(folder)["tasks"]}
        self.assertNotIn(NODE, after)
        self.assertAlmostEqual(after["cooking:set-cooking"], before[NODE] + before["cooking:set-cooking"], places=4)

    def test_show_and_diff_tell_what_was_done(self):
        _, folder = self.taxonomy("adjust", NODE, "--model", self.choice, "--quality", "=0.05")
        _, folder = self.taxonomy("prune", "python", artifact=folder, out="second")
        shown = wend_json("taxonomy", "show", "--artifact", folder, cwd=self.home)
        nodes = {node["id"]: node for node in shown["nodes"]}
        self.assertEqual(len(nodes), 8)
        self.assertEqual(nodes["python"]["state"], "pruned")
        self.assertNotEqual(nodes[NODE]["best"], self.choice)
        self.assertGreater(nodes[NODE]["count"], 30)
        self.assertEqual([model["model"] for model in nodes["cooking"]["models"]], sorted(m for m, _, _ in MODELS))
        told = wend("taxonomy", "show", "--artifact", folder, cwd=self.home, check=0).stdout
        self.assertIn("(pruned)", told)
        diff = wend_json("taxonomy", "diff", self.trained, folder, cwd=self.home)
        self.assertEqual([grave["id"] for grave in diff["nodes"]["tombstoned"]], ["python", "python:set-python"])
        self.assertEqual([(c["task_id"], c["to"]) for c in diff["changed"]], [(NODE, 0.05)])
        self.assertEqual(len(diff["overrides"]["added"]), 1)

    def test_another_router_is_refused_with_what_was_expected(self):
        wend_json("train", "--router", "knn", "--dataset", "small", "--out", self.home / "knn" / "a", cwd=self.home)
        said = wend("taxonomy", "show", "--artifact", self.home / "knn" / "a", cwd=self.home, check=1)
        self.assertIn("which has no task types", said.stderr)


if __name__ == "__main__":
    unittest.main()
