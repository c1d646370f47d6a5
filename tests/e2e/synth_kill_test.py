#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`wend synth` is killed (SIGKILL) fifty times at random and goes on each time: nothing is lost, nothing is paid for twice, and
what comes of it is byte for byte what an undisturbed run makes.

What a job asks next depends on the replies before; so the tree, the choices and the questions must not depend on when replies
come, and a call that was paid for and not kept is given again by the upstream for its Idempotency-Key.
"""

import json
import pathlib
import random
import sqlite3
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from fake_upstream import FakeUpstream  # noqa: E402  (the path comes first)
from wend_cli import encoder_is_there, running, wend_json  # noqa: E402

KILLS = 50
AT_ONCE = 8
SEED = 20261125
SYNTH = ("synth", "--name", "cold", "--domains", "Mathematics,Programming", "--shots", "24", "--yes")
SCRIPT = "generate children=3 bad=0.25 change=0.5 after=0.004"


def prepare(folder, upstream):
    (folder / "wend.yaml").write_text(
        f"upstreams:\n  fake: {{base_url: \"{upstream.url()}\", max_concurrent: {AT_ONCE}}}\nmodels:\n"
        "  - {id: large, upstream: fake, price: {input: 1, output: 2}}\n"
        "synth: {generator: large, batch: 4, stable_rounds: 2, max_rounds: 5}\n")


def state(folder):
    """Everything that was made, but for times: as text, to be compared byte for byte."""
    with sqlite3.connect(folder / "wend.db") as store:
        replies = [(key, {k: v for k, v in json.loads(row).items() if k != "latency_s"})
                   for key, row in store.execute("SELECT id, row FROM replies ORDER BY id")]
        made = [store.execute(query).fetchall() for query in (
            "SELECT name, taxonomy, pools FROM datasets ORDER BY name",
            "SELECT id, dataset, task, context, prompt, reference, metric, extra FROM queries ORDER BY id",
            "SELECT q.id, l.task, l.weight FROM task_labels l JOIN queries q ON q.key = l.query ORDER BY 1, 2",
            "SELECT name, record FROM syntheses ORDER BY name",
            "SELECT text_hash, vector FROM vectors ORDER BY text_hash")]
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return repr((replies, made))


@unittest.skipUnless(encoder_is_there(), "no encoder in the cache")
class SynthKill(unittest.TestCase):
    def synthesised(self, kills, calls):
        """Runs to the end through so many kills; (the state at the end, the bill, the last run's result)."""
        chance = random.Random(SEED)
        with tempfile.TemporaryDirectory() as name, FakeUpstream() as upstream:
            folder = pathlib.Path(name)
            prepare(folder, upstream)
            upstream.default = SCRIPT
            for kill in range(kills):
                goal = (kill + 1) * calls * 0.9 / (kills + 1)
                with running(*SYNTH, "--quiet", cwd=folder) as process:
                    upstream.wait_for(lambda u, goal=goal: u.bill.calls >= goal, 120)
                    time.sleep(chance.uniform(0, 0.03))
                    self.assertIsNone(process.poll(), "it ended before it was killed")
                    process.kill()
                    process.wait()
                time.sleep(0.02)  # What was under way is answered, and billed, all the same.
            result = wend_json(*SYNTH, cwd=folder)
            self.assertIsNone(result["stopped"])
            again = wend_json(*SYNTH, cwd=folder)
            self.assertEqual((again["calls"], again["pairs"]), (0, result["pairs"]))
            return state(folder), upstream.bill, result

    def test_is_what_an_undisturbed_run_makes_and_pays_once(self):
        undisturbed, bill, result = self.synthesised(0, 0)
        calls = bill.calls
        self.assertEqual(calls, result["calls"])
        short = sum(leaf["want"] - leaf["have"] for leaf in result["short"])  # The fake says the same in two leaves now and then.
        self.assertEqual((result["leaves"], result["pairs"] + short), (18, 18 * 24))
        self.assertLess(short, 5)
        self.assertGreater(result["malformed"], 5)
        killed, bill, result = self.synthesised(KILLS, calls)
        self.assertEqual((bill.calls, len(bill.keys), bill.without_key), (calls, calls, 0))
        self.assertEqual(killed, undisturbed)
        print(f"bill {bill.calls} after {KILLS} kills as undisturbed, {bill.repeated} replies asked for again without being billed")


if __name__ == "__main__":
    unittest.main()
