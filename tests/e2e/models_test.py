# SPDX-License-Identifier: Apache-2.0
"""`wend models` with the real binary: a new model is asked a few queries and joins a router whose every other number stays."""

import json
import pathlib
import struct
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))

from fake_upstream import FakeUpstream  # noqa: E402
from wend_cli import MODELS, TOPICS, encoder_is_there, make_collection, wend, wend_json  # noqa: E402

PROMPT = "What is 12 times 34? Show the product of 12 and 34."
NEW = "newcomer"


def tensors_of(folder):
    """{name: (shape, floats)} of weights.safetensors."""
    data = (folder / "weights.safetensors").read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    found = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = (8 + size + offset for offset in entry["data_offsets"])
            found[name] = entry["shape"], struct.unpack(f"<{(end - begin) // 4}f", data[begin:end])
    return found


class Models(unittest.TestCase):
    """One router over four topics and three models; each test has a store and an upstream of its own."""

    @classmethod
    def setUpClass(cls):
        if not encoder_is_there():
            raise unittest.SkipTest("the encoder's weights are absent: tools/fetch_encoder.sh fetches them")
        cls.scratch = tempfile.TemporaryDirectory(prefix="wend-models-")
        cls.home = pathlib.Path(cls.scratch.name)
        make_collection(cls.home / "small")

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def setUp(self):
        self.upstream = self.enterContext(FakeUpstream(models=(NEW,)))
        self.place = self.home / self._testMethodName
        self.place.mkdir()
        priced = [*MODELS, (NEW, 0.2, 0.8)]
        (self.place / "wend.yaml").write_text(json.dumps({
            "upstreams": {"fake": {"base_url": self.upstream.url()}},
            "models": [{"id": m, "upstream": "fake", "price": {"input": p, "output": o}} for m, p, o in priced],
            "label": {"max_tokens": 64}}))
        wend_json("import", self.home / "small", "--name", "small", cwd=self.place)
        wend_json("train", "--router", "trouter{epochs=6}", "--dataset", "small", "--out", "trained", cwd=self.place)
        self.trained = self.place / "trained"

    def add(self, *arguments, check=0):
        done = wend("models", "add", NEW, "--artifact", "trained", "--dataset", "small", "--out", "grown", "--json", "--quiet",
                    *arguments, cwd=self.place, check=check)
        return json.loads(done.stdout)

    def test_list_tells_what_is_configured_and_what_the_artifact_has(self):
        listed = wend_json("models", "list", "--artifact", "trained", cwd=self.place)["models"]
        self.assertEqual({m["id"]: m["in_artifact"] for m in listed},
                         {"tiny": True, "middle": True, "great": True, NEW: False})
        self.assertIn(NEW, wend("models", "list", cwd=self.place, check=0).stdout)

    def test_a_good_cheap_model_joins_and_nothing_else_changes(self):
        self.upstream.when_model(NEW, "answer text=x")
        report = self.add("--probes", "24", "--yes")
        asked = [request.json() for request in self.upstream.received()]
        self.assertEqual({body["model"] for body in asked}, {NEW})
        self.assertEqual((report["probes"], report["calls"], len(asked)), (24, 24, 24))
        words = [topic for body in asked for topic, text in TOPICS.items()
                 if body["messages"][0]["content"].startswith(text[:7])]
        self.assertEqual({topic: words.count(topic) for topic in TOPICS}, dict.fromkeys(TOPICS, 6))
        for name in ("cost", "balanced", "quality"):
            gain = report["gain"][name]
            self.assertLessEqual(gain["ci"][0], gain["gain"])
            self.assertLessEqual(gain["gain"], gain["ci"][1])
        self.assertGreater(report["gain"]["quality"]["gain"], 0)
        self.assertGreater(report["gain"]["quality"]["share"], 0.5)
        self.check_bytes(self.place / "grown")
        before = wend_json("route", "--artifact", "trained", PROMPT, cwd=self.place)
        after = wend_json("route", "--artifact", "grown", "--preference", "quality", PROMPT, cwd=self.place)
        self.assertEqual(after["model"], NEW)
        self.assertEqual([{k: c[k] for k in ("model", "quality", "cost_normalised")} for c in before["candidates"]],
                         [{k: c[k] for k in ("model", "quality", "cost_normalised")} for c in after["candidates"]][:3])
        self.assertEqual((self.place / "latest").resolve(), (self.place / "grown").resolve())
        # Again, it costs nothing and gives the same bytes; the collection itself has no row of the new model.
        kept = (self.place / "grown" / "weights.safetensors").read_bytes()
        self.assertEqual(self.add("--probes", "24", "--yes")["calls"], 0)
        self.assertEqual((self.place / "grown" / "weights.safetensors").read_bytes(), kept)
        retrained = wend_json("train", "--router", "best_static", "--dataset", "small", "--out", "again", cwd=self.place)
        self.assertEqual(retrained["dropped_incomplete"], 0)

    def check_bytes(self, grown):
        old, new = tensors_of(self.trained), tensors_of(grown)
        self.assertEqual(set(old), set(new))
        for name, (shape, values) in old.items():
            if not (name.startswith(("heads.", "quality_")) or name == "table"):
                self.assertEqual(new[name], (shape, values), name)
                continue
            groups = 1 if name.startswith("quality_") else 2  # Quality, then cost; the new model last in each.
            before, after = len(values) // groups, len(new[name][1]) // groups
            for group in range(groups):
                self.assertEqual(new[name][1][group * after:group * after + before],
                                 values[group * before:(group + 1) * before], name)
        self.assertEqual(json.loads((grown / "manifest.json").read_text())["models"][:3],
                         json.loads((self.trained / "manifest.json").read_text())["models"])

    def test_a_bad_model_is_expected_to_gain_nothing(self):
        self.upstream.when_model(NEW, "answer text=wrong")
        gain = self.add("--probes", "24", "--yes")["gain"]["quality"]
        self.assertLess(gain["share"], 0.1)
        self.assertLess(abs(gain["gain"]), 0.02)

    def test_money_is_asked_for_and_a_budget_is_kept(self):
        self.assertEqual(self.add("--probes", "24", "--dry-run")["calls"], 24)
        self.assertIn("--yes", self.add(check=2)["error"]["message"])
        self.assertEqual(self.upstream.received(), [])
        stopped = self.add("--yes", "--budget", "0.0001", check=3)
        self.assertEqual(stopped["stopped"], "budget")
        self.assertLessEqual(stopped["spent"], 0.0001)
        self.assertFalse((self.place / "grown").exists())

    def test_what_cannot_join_is_said_before_anything_is_asked(self):
        for model, words in (("tiny", "already"), ("nobody", "nobody")):
            done = wend("models", "add", model, "--artifact", "trained", "--dataset", "small", "--out", "grown", "--yes",
                        cwd=self.place, check=2)
            self.assertIn(words, done.stderr)
        self.assertEqual(self.upstream.received(), [])


if __name__ == "__main__":
    unittest.main()
