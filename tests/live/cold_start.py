# SPDX-License-Identifier: Apache-2.0
"""The whole cold start at its smallest: two domains described in a sentence each, questions by a real local model, answers by two
smaller ones, their scores by the first, a trained router. Told once for the real models and for what was recorded of them."""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from wend_cli import wend, wend_json  # noqa: E402

EXCHANGES = HERE / "cold_start.jsonl"
MODELS = {"small": "smollm2-135m", "medium": "qwen2.5-coder-0.5b", "large": "qwen2.5-coder-1.5b"}
QUESTION = "How much is 15 percent of 80?"

CONFIGURATION = """\
upstreams:
  small: {{base_url: "{small}/v1", max_concurrent: 1, extra_body: '{{"cache_prompt": false}}'}}
  medium: {{base_url: "{medium}/v1", max_concurrent: 1, extra_body: '{{"cache_prompt": false}}'}}
  large: {{base_url: "{large}/v1", max_concurrent: 1, json_schema: true}}
models:
  - {{id: small, upstream: small, price: {{input: 0.02, output: 0.08}}}}
  - {{id: medium, upstream: medium, price: {{input: 0.08, output: 0.32}}}}
  - {{id: large, upstream: large, price: {{input: 0.2, output: 0.8}}}}
synth:
  generator: large
  domains:
    - {{name: Arithmetic, definition: "Short calculations with whole numbers, fractions and percentages.", example: "{question}"}}
    - {{name: Geography, definition: "Facts about countries, capitals, rivers and mountains.", example: "Which river flows through Paris?"}}
  max_new_domains: 0
  max_subcategories: 2
  max_levels: 2
  max_rounds: 1
  shots: 4
  batch: 4
  extra_batches: 1
  max_tokens: 256
label: {{max_tokens: 48, temperature: 0, judge: large}}
"""


def configure(folder, urls):
    """Writes wend.yaml: which model is asked where."""
    (folder / "wend.yaml").write_text(CONFIGURATION.format(question=QUESTION, **urls), encoding="utf-8")


def cold_start(folder):
    """The trip; {verb: its JSON}."""
    spend = ("--yes",)
    return {
        "synth": wend_json("synth", "--name", "cold", *spend, cwd=folder, timeout=3600),
        "label": wend_json("label", "--dataset", "cold", "--models", "small,medium", "--score", "judge", *spend,
                           cwd=folder, timeout=3600),
        "train": wend_json("train", "--router", "trouter", "--dataset", "cold", "--out", "runs/cold", cwd=folder),
        "route": json.loads(wend("route", "--artifact", "runs/cold", "--json", QUESTION, cwd=folder, check=0).stdout),
        "taxonomy": wend("taxonomy", "show", "--artifact", "runs/cold", cwd=folder, check=0).stdout,
    }


def check(test, told):
    """What must be true of every such trip, however often the generator broke the format."""
    synth, label = told["synth"], told["label"]
    test.assertEqual((synth["domains"], synth["stopped"]), (2, None))
    test.assertTrue(2 <= synth["leaves"] <= 8, synth)
    test.assertEqual(synth["pairs"] + sum(row["want"] - row["have"] for row in synth["short"]), 4 * synth["leaves"])
    test.assertEqual((label["cells"], label["failed"]), (2 * synth["pairs"], 0))
    test.assertEqual(label["done"] + label["unscored"], label["cells"])
    test.assertGreater(told["train"]["queries"]["train"], 0)
    test.assertIn(told["route"]["model"], ("small", "medium"))
    test.assertAlmostEqual(sum(task["weight"] for task in told["route"]["tasks"]), 1, delta=0.2)
    test.assertIn("Arithmetic", told["taxonomy"])
