#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tools/check_starter.py recomputes every kind of reference, finds what is planted and tells what was not asked yet."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parents[2] / "tools" / "check_starter.py"
TABLES = "Table t:\nname | size\na | 3\nb | NULL\n\nTable u:\nname\nb\n```sql\nSELECT COUNT(*) FROM t JOIN u ON t.name = u.name;\n```"


def query(prompt, reference, check=None, metric="numeric"):
    row = {"dataset": "s", "task": "d", "prompt": prompt, "reference": reference, "metric": metric}
    return row | ({"check": check} if check else {})


def node(node_id, *children):
    return {"id": node_id, "name": node_id, "definition": "x", "example": "x", "children": list(children)}


def write_jsonl(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


class Starter(unittest.TestCase):
    def check(self, *queries, arguments=(), outcomes=()):
        """(status, what is printed) for a pack of these questions, all of one leaf."""
        rows = [{"id": f"q{place}"} | row for place, row in enumerate(queries)]
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            write_jsonl(folder / "queries.jsonl", rows)
            write_jsonl(folder / "task_labels.jsonl", [{"query_id": row["id"], "task_id": "d.s.l", "weight": 1} for row in rows])
            write_jsonl(folder / "models.jsonl", [{"id": "small"}, {"id": "large"}])
            write_jsonl(folder / "outcomes.jsonl", [{"query_id": q, "model": m} for q, m in outcomes])
            (folder / "taxonomy.json").write_text(json.dumps({"nodes": [node("d", node("d.s", node("d.s.l")))]}))
            done = subprocess.run([sys.executable, CHECK, folder, *arguments], capture_output=True, text=True, check=False)
            self.assertEqual(done.stderr, "")
            return done.returncode, done.stdout

    def test_every_kind_of_reference_is_recomputed(self):
        kinds = {("Add.", "1+1"): "2", ("Solve.", "x = 1\nanswer = x + 1"): "2", (TABLES, "result of the SQL block"): "1",
                 ("Run.\n```python\nprint(4)\n```", "output of the code block"): "4",
                 ("Run.\n```sh\necho 5\n```", "output of the shell block"): "5", ("Six: 6.", "a phrase of the prompt"): "6"}
        for (prompt, check), right in kinds.items():
            self.assertEqual(self.check(query(prompt, right, check))[0], 0, check)
            status, text = self.check(query(prompt, "17", check))
            self.assertEqual(status, 1, check)
            self.assertIn("q0", text)

    def test_a_choice_is_held_against_its_options_text(self):
        prompt = "Which?\nA. red\nB. blue"
        self.assertEqual(self.check(query(prompt, "B", "'blue'", "multiple_choice"))[0], 0)
        self.assertIn("'red'", self.check(query(prompt, "A", "'blue'", "multiple_choice"))[1])
        self.assertIn("not among its options", self.check(query(prompt, "C", metric="multiple_choice"))[1])

    def test_many_questions_that_differ_in_numbers_alone_are_found(self):
        alike = [query(f"What is {n} plus {n + 1.5}?", str(n + n + 1.5)) for n in range(3)]
        self.assertEqual(self.check(*alike[:2])[0], 0)
        self.assertIn("only the numbers differ in q0 and q1, q0 and q2, q1 and q2", self.check(*alike)[1])
        self.assertIn("the same prompt", self.check(alike[0], alike[0])[1])

    def test_a_question_not_asked_yet_is_counted_and_one_half_asked_is_a_fault(self):
        questions = query("One?", "1"), query("Two?", "2")
        both = [("q0", "small"), ("q0", "large")]
        self.assertEqual(self.check(*questions, outcomes=both)[0], 0)
        self.assertIn("1 not asked yet", self.check(*questions, outcomes=both)[1])
        self.assertIn("q1: not asked yet", self.check(*questions, outcomes=both, arguments=["--all-asked"])[1])
        self.assertIn("outcome of large on q0: missing", self.check(*questions, outcomes=both[:1])[1])


if __name__ == "__main__":
    unittest.main()
