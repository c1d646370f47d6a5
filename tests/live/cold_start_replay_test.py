# SPDX-License-Identifier: Apache-2.0
"""The cold start with what real models said once (cold_start.jsonl, made by cold_start_live_test.py), served again without a model."""

import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

import cold_start  # noqa: E402  (the path comes first)
from replayed import Replayed  # noqa: E402
from wend_cli import encoder_is_there  # noqa: E402


@unittest.skipUnless(encoder_is_there(), "the encoder's weights are absent: tools/fetch_encoder.sh fetches them")
class ColdStart(unittest.TestCase):
    """The whole trip as it went with the real models."""

    def test_ends_with_the_same_router(self):
        rows = [json.loads(line) for line in cold_start.EXCHANGES.read_text(encoding="utf-8").splitlines()]
        with tempfile.TemporaryDirectory(prefix="wend-cold-") as name, Replayed(rows) as upstream:
            folder = pathlib.Path(name)
            cold_start.configure(folder, dict.fromkeys(cold_start.MODELS, upstream.url))
            told = cold_start.cold_start(folder)
            cold_start.check(self, told)
            self.assertEqual(upstream.unknown, [])
            self.assertEqual(upstream.left, 0)
            self.assertEqual(told["synth"]["calls"] + told["label"]["calls"], len(rows))
            self.assertGreater(told["synth"]["malformed"], 0)  # Such a model breaks the format, and the trip still ends.
            again = cold_start.cold_start(folder)
            self.assertEqual((again["synth"]["calls"], again["label"]["calls"]), (0, 0))


if __name__ == "__main__":
    unittest.main()
