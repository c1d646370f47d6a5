# SPDX-License-Identifier: Apache-2.0
"""The cold start with real models. Never in CI: it needs what tools/fetch_models.sh fetches, and some ten minutes.

    WEND_RECORD=1 python3 cold_start_live_test.py       also writes cold_start.jsonl, which cold_start_replay_test.py serves again
"""

import contextlib
import json
import os
import pathlib
import tempfile
import unittest

import cold_start
from live_test import SERVER, ModelServer
from recorder import Recorder
from replayed import exchange_of
from wend_cli import encoder_is_there


@unittest.skipUnless(SERVER.exists(), "the models are absent: tools/fetch_models.sh fetches them")
@unittest.skipUnless(encoder_is_there(), "the encoder's weights are absent: tools/fetch_encoder.sh fetches them")
class ColdStart(unittest.TestCase):
    """Two domains, and a generator that often breaks the format."""

    def test_ends_with_a_trained_router(self):
        with tempfile.TemporaryDirectory(prefix="wend-cold-") as name, contextlib.ExitStack() as stack:
            folder = pathlib.Path(name)
            recorders = {model: stack.enter_context(Recorder(stack.enter_context(ModelServer(file)).port))
                         for model, file in cold_start.MODELS.items()}
            cold_start.configure(folder, {model: f"http://127.0.0.1:{recorder.port}" for model, recorder in recorders.items()})
            try:
                told = cold_start.cold_start(folder)
            finally:
                if os.environ.get("WEND_RECORD") == "1":
                    rows = [exchange_of(exchange) for recorder in recorders.values() for exchange in recorder.exchanges]
                    cold_start.EXCHANGES.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
            print(json.dumps({verb: told[verb] for verb in ("synth", "label")}, indent=1))
            cold_start.check(self, told)


if __name__ == "__main__":
    unittest.main()
