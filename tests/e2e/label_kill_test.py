#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`wend label` is killed (SIGKILL) again and again and goes on each time: nothing is lost, nothing is paid for twice.

Every call carries an Idempotency-Key made from its ledger key. Against an upstream that honours it the bill is the number of
distinct (prompt, model, parameters, draw); against one that does not, each kill may cost what was under way and no more.
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
from wend_cli import running, wend_json, write_jsonl  # noqa: E402

KILLS = 20
QUERIES = 150
MODELS = ("small", "large")
AT_ONCE = 8
SEED = 20261125
LABEL = ("label", "--in", "queries.jsonl", "--name", "mine", "--draws", "2", "--yes")
CELLS = QUERIES * len(MODELS) * 2


def prepare(folder, upstream):
    (folder / "wend.yaml").write_text(
        f"upstreams:\n  fake: {{base_url: \"{upstream.url()}\", max_concurrent: {AT_ONCE}}}\nmodels:\n"
        + "".join(f"  - {{id: {m}, upstream: fake, price: {{input: 1, output: 2}}}}\n" for m in MODELS))
    rows = [{"id": f"q{i}", "prompt": f"What is {i} + 1?", "reference": str(i + 1), "metric": "numeric"} for i in range(QUERIES)]
    write_jsonl(folder / "queries.jsonl", rows)


def state(folder):
    """Everything that was made, but for times."""
    with sqlite3.connect(folder / "wend.db") as store:
        replies = {key: {k: v for k, v in json.loads(row).items() if k != "latency_s"}
                   for key, row in store.execute("SELECT id, row FROM replies")}
        outcomes = store.execute(
            "SELECT q.id, m.id, o.draw, o.status, o.quality, o.input_tokens, o.output_tokens, o.cost, o.extra FROM outcomes o"
            " JOIN queries q ON q.key = o.query JOIN models m ON m.key = o.model ORDER BY 1, 2, 3").fetchall()
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    return replies, outcomes


class LabelKill(unittest.TestCase):
    def labelled(self, honour_keys, kills):
        """Runs to the end through so many kills; (the state at the end, the bill, calls under way at the kills)."""
        chance = random.Random(SEED)
        with tempfile.TemporaryDirectory() as name, FakeUpstream(honour_keys=honour_keys) as upstream:
            folder = pathlib.Path(name)
            prepare(folder, upstream)
            upstream.default = "answer after=0.004"
            under_way = 0
            for kill in range(kills):
                goal = (kill + 1) * CELLS * 0.9 / (kills + 1)
                with running(*LABEL, "--quiet", cwd=folder) as process:
                    upstream.wait_for(lambda u, goal=goal: u.bill.calls >= goal, 60)
                    time.sleep(chance.uniform(0, 0.03))
                    self.assertIsNone(process.poll(), "it ended before it was killed")
                    process.kill()
                    process.wait()
                time.sleep(0.05)  # What was under way is answered, and billed, all the same.
                under_way += self.lost(folder, upstream)
            result = wend_json(*LABEL, cwd=folder)
            self.assertEqual((result["done"], result["failed"], result["stopped"]), (CELLS, 0, None))
            self.assertEqual(wend_json(*LABEL, cwd=folder)["calls"], 0)
            return state(folder), upstream.bill, under_way

    def lost(self, folder, upstream):
        """Calls that were paid for and are not in the ledger: what was under way."""
        with sqlite3.connect(folder / "wend.db") as store:
            kept = {key for (key,) in store.execute("SELECT id FROM replies")}
        lost = len(set(upstream.bill.keys) - kept)
        self.assertLessEqual(lost, AT_ONCE)
        return lost

    def test_pays_once_where_the_upstream_honours_keys(self):
        undisturbed, bill, _ = self.labelled(True, 0)
        self.assertEqual(bill.calls, CELLS)
        killed, bill, lost = self.labelled(True, KILLS)
        self.assertEqual(killed, undisturbed)
        self.assertEqual((bill.calls, len(bill.keys), bill.without_key), (CELLS, CELLS, 0))
        print(f"honoured: bill {bill.calls} for {CELLS} calls, {lost} replies asked for again without being billed")

    def test_pays_at_most_for_what_was_under_way_elsewhere(self):
        killed, bill, lost = self.labelled(False, KILLS)
        self.assertEqual(len(killed[0]), CELLS)
        self.assertEqual(len(killed[1]), CELLS)
        self.assertEqual(len(bill.keys), CELLS)
        self.assertLessEqual(bill.calls - CELLS, lost)
        self.assertLessEqual(bill.calls - CELLS, KILLS * AT_ONCE)
        print(f"not honoured: bill {bill.calls} for {CELLS} calls, {lost} under way at {KILLS} kills")


if __name__ == "__main__":
    unittest.main()
