# SPDX-License-Identifier: Apache-2.0
"""python3 tests/checks/quickstart_test.py: what quickstart.sh prints is read rightly from answers and records."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

import quickstart_lib  # noqa: E402

STREAM = "".join(f"data: {json.dumps(event)}\n\n" for event in (
    {"choices": [{"delta": {"role": "assistant", "content": None}}]}, {"choices": [{"delta": {"content": "Nile\n"}}]},
    {"choices": [{"delta": {"content": "Congo"}}]}, {"choices": [], "usage": {}})) + "data: [DONE]\n\n"


def record(model, cost, tokens):
    """A decision record with what is read of it."""
    return {"quality": 0.5, "cost": 1e-6, "tasks": [{"name": "world > geography"}],
            "outcome": {"answered_by": model, "cost": cost, "input_tokens": tokens, "output_tokens": tokens}}


class Quickstart(unittest.TestCase):
    """In a folder of its own."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="wend-quickstart-")
        self.addCleanup(scratch.cleanup)
        self.run_folder = pathlib.Path(scratch.name)

    def said(self, verb, *arguments):
        """What a verb prints."""
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            verb(*arguments)
        return printed.getvalue()

    def test_a_stream_is_put_together_and_its_first_line_shown(self):
        (self.run_folder / "answer").write_text(STREAM)
        (self.run_folder / "decision").write_text(json.dumps(record("smollm2-135m", 2e-6, 10)))
        shown = self.said(quickstart_lib.show, self.run_folder, "auto", "stream", "Rivers?").splitlines()
        self.assertEqual(shown[1:3], ["> Rivers?   [auto, streamed]", "  Nile"])
        self.assertIn("smollm2-135m for world > geography: quality 0.50 expected, cost 1.00e-06 expected, 2.00e-06 real", shown[3])

    def test_the_bill_compares_with_the_largest_model_of_the_run_at_the_same_tokens(self):
        pool = ("smollm2-135m=http://127.0.0.1:1", "qwen2.5-coder-0.5b=http://127.0.0.1:2")
        (self.run_folder / "wend.yaml").write_text(self.said(quickstart_lib.config, "artifact", *pool))
        calls = [{"model": "smollm2-135m", "cost": 1e-6, "input_tokens": 10, "output_tokens": 10},
                 {"model": "qwen2.5-coder-0.5b", "cost": 4e-6, "input_tokens": 10, "output_tokens": 10}]
        (self.run_folder / "bill.jsonl").write_text("".join(json.dumps(call) + "\n" for call in calls))
        self.assertEqual(self.said(quickstart_lib.bill, self.run_folder).splitlines(), [
            "2 prompts: 1 to smollm2-135m, 1 to qwen2.5-coder-0.5b",
            "cost 5.00e-06; the same tokens from qwen2.5-coder-0.5b alone: 8.00e-06 (38 % less; the prices are made up, in "
            "proportion to size)"])

    def test_the_last_head_counts_and_a_refusal_ends_the_run_with_its_words(self):
        head = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 {} X\r\nx-wend-decision: d-1\r\n\r\n"
        (self.run_folder / "head").write_text(head.format(200))
        self.assertEqual(self.said(quickstart_lib.decision, self.run_folder), "d-1\n")
        (self.run_folder / "head").write_text(head.format(503))
        (self.run_folder / "answer").write_text("nobody is there")
        with self.assertRaisesRegex(SystemExit, "503: nobody is there"):
            quickstart_lib.decision(self.run_folder)


if __name__ == "__main__":
    unittest.main()
