# SPDX-License-Identifier: Apache-2.0
"""python3 tools/starter_lib/scoring_test.py"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from starter_lib import scoring  # noqa: E402  (the path comes first)


def score(metric, reference, reply, prompt="?"):
    """The score of a reply to a made-up query."""
    return scoring.score({"id": "q", "metric": metric, "reference": reference, "prompt": prompt}, reply)


class Numeric(unittest.TestCase):
    """The last number of the final answer counts."""

    def test_forms_of_the_same_number(self):
        for reply in ("12", "7 + 5 = 12.", "Answer: 12.00 dollars", "**Answer:** $12$", r"Answer: \boxed{12}",
                      "Answer: 12 cm^2", "Answer: 12 m/s^2", "Answer: 5\nNo.\nAnswer: 12",
                      "7 + 5 = 12 Answer:"):
            self.assertEqual(score("numeric", "12", reply), 1.0, reply)
        self.assertEqual(score("numeric", "3464.5", "Answer: 3,464.50"), 1.0)
        self.assertEqual(score("numeric", "-4", "Answer: -4"), 1.0)

    def test_other_answers(self):
        for reply in ("", "Answer:", "Answer: twelve", "Answer: 120", "12\nAnswer: 13", "Answer: -12"):
            self.assertEqual(score("numeric", "12", reply), 0.0, reply)

    def test_a_difference_is_not_a_negative_number(self):
        self.assertEqual(score("numeric", "4", "Answer: 8-4"), 1.0)


class Exact(unittest.TestCase):
    """Case, outer punctuation, an article and spacing do not count; everything else does."""

    def test_forms_of_the_same_text(self):
        for reply in ("Answer: The Mediterranean  Sea.", "Answer:\n*Mediterranean Sea*\nIt is large.",
                      "It is large.\nMediterranean Sea", "Mediterranean Sea\n\n**Answer:**"):
            self.assertEqual(score("exact", "Mediterranean Sea", reply), 1.0, reply)
        self.assertEqual(score("exact", "a, b, c", "Answer: a,b , c"), 1.0)

    def test_other_answers(self):
        for reply in ("", "Answer:", "Answer: Black Sea", "Answer: It is the Mediterranean Sea"):
            self.assertEqual(score("exact", "Mediterranean Sea", reply), 0.0, reply)


class MultipleChoice(unittest.TestCase):
    """The letter in front or the option's text."""

    PROMPT = "Which?\nA. Stack\nB. Queue\nC. A heap"

    def test_forms_of_the_same_option(self):
        for reply in ("B", "Answer: B.", "Answer: (B)", "Answer: B. Queue", "Answer: B Queue", "Answer: queue",
                      "Answer: Option B", "Answer: **b**", "A is wrong.\nAnswer: B - Queue"):
            self.assertEqual(score("multiple_choice", "B", reply, self.PROMPT), 1.0, reply)

    def test_an_article_is_not_a_letter(self):
        self.assertEqual(score("multiple_choice", "A", "Answer: A queue, I think", self.PROMPT), 0.0)
        self.assertEqual(score("multiple_choice", "C", "Answer: A heap", self.PROMPT), 1.0)

    def test_other_answers(self):
        for reply in ("", "Answer: C", "Answer: E", "The answer could be B or C"):
            self.assertEqual(score("multiple_choice", "B", reply, self.PROMPT), 0.0, reply)


if __name__ == "__main__":
    unittest.main()
