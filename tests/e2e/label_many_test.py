#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""10,000 queries by 6 models: what is in memory is what is under way, not what there is to do."""

import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import unittest

from wend_cli import wend_json, write_jsonl

FAKE = pathlib.Path(__file__).resolve().parent.parent / "support" / "fake_upstream.py"
QUERIES = 10_000
MODELS = 6
UPSTREAMS = 3
LIMIT_MB = 300
# A prompt as they are in data sets, of about 600 bytes.
PADDING = "Read the following carefully before you answer. " * 12


class LabelMany(unittest.TestCase):
    def start_upstreams(self):
        ports = []
        for _ in range(UPSTREAMS):
            fake = subprocess.Popen([sys.executable, FAKE], stdout=subprocess.PIPE, text=True)
            self.addCleanup(fake.stdout.close)
            self.addCleanup(fake.wait)
            self.addCleanup(fake.kill)
            ports.append(int(fake.stdout.readline()))
        return ports

    def test_stays_small(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            ports = self.start_upstreams()
            (folder / "wend.yaml").write_text(
                "upstreams:\n"
                + "".join(f"  fake{i}: {{base_url: \"http://127.0.0.1:{p}/v1\", max_concurrent: 16}}\n" for i, p in enumerate(ports))
                + "models:\n"
                + "".join(f"  - {{id: m{i}, upstream: fake{i % UPSTREAMS}, price: {{input: 1, output: 2}}}}\n" for i in range(MODELS)))
            write_jsonl(folder / "queries.jsonl",
                        ({"id": f"q{i}", "prompt": f"{PADDING}What is {i} + 1?", "reference": str(i + 1), "metric": "numeric"}
                         for i in range(QUERIES)))
            began = time.monotonic()
            result = wend_json("label", "--in", "queries.jsonl", "--name", "many", "--yes", cwd=folder, timeout=3600)
            seconds = time.monotonic() - began
            self.assertEqual((result["done"], result["failed"]), (QUERIES * MODELS, 0))
            again = wend_json("label", "--in", "queries.jsonl", "--name", "many", "--yes", cwd=folder)
            self.assertEqual((again["calls"], again["reused"]), (0, QUERIES * MODELS))
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(json.dumps({"calls": result["calls"], "seconds": round(seconds, 1), "peak_rss_mb": round(peak)}))
            self.assertLess(peak, LIMIT_MB)


if __name__ == "__main__":
    unittest.main()
