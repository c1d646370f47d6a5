#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a collection of a SQLite store as a folder that `wend import` reads, in the order of import.

    tools/export_collection.py STORE COLLECTION OUT
"""

import json
import sqlite3
import sys
from pathlib import Path

STATUS = ("ok", "failed", "unscored")  # As the store numbers them.
OF = " JOIN datasets d ON d.key = {}.collection WHERE d.name = ? "
QUERIES = "SELECT q.id, q.dataset, q.task, q.context, q.prompt, q.reference, q.metric, q.extra FROM queries q" + OF.format("q")
MODELS = "SELECT m.id, m.params_b, m.input_price_per_mtok, m.output_price_per_mtok FROM models m" + OF.format("m")
LABELS = "SELECT q.id, l.task, l.weight FROM task_labels l JOIN queries q ON q.key = l.query" + OF.format("q")
OUTCOMES = """
SELECT q.id, m.id, o.draw, o.quality, o.status, o.input_tokens, o.output_tokens, o.cost, o.latency_s, o.extra
FROM outcomes o JOIN queries q ON q.key = o.query JOIN models m ON m.key = o.model""" + OF.format("q")
MODEL_KEYS = ("id", "params_b", "input_price_per_mtok", "output_price_per_mtok")
QUERY_KEYS = ("id", "dataset", "task", "context", "prompt", "reference", "metric")


def rounded(value, digits):
    """Rounded, where there is a value."""
    return None if value is None else round(value, digits)


class Collection:
    """The parts of a collection, each as the rows of its file."""

    def __init__(self, store, name):
        self._database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
        self._name = name

    def _rows(self, query, order):
        return self._database.execute(f"{query} ORDER BY {order}", (self._name,))

    def queries(self):
        """Rows of queries.jsonl."""
        for *values, extra in self._rows(QUERIES, "q.key"):
            yield {key: value for key, value in zip(QUERY_KEYS, values) if value} | json.loads(extra or "{}")

    def models(self):
        """Rows of models.jsonl."""
        for values in self._rows(MODELS, "m.key"):
            yield {key: value for key, value in zip(MODEL_KEYS, values) if value is not None}

    def labels(self):
        """Rows of task_labels.jsonl."""
        for query, task, weight in self._rows(LABELS, "q.key, l.task"):
            yield {"query_id": query, "task_id": task, "weight": weight}

    def outcomes(self):
        """Rows of outcomes.jsonl."""
        for query, model, draw, quality, status, tokens_in, tokens_out, cost, latency, extra in self._rows(OUTCOMES, "q.key, m.key, o.draw"):
            row = {"query_id": query, "model": model, "draw": draw, "quality": quality, "status": STATUS[status], "input_tokens": tokens_in,
                   "output_tokens": tokens_out, "cost": rounded(cost, 12), "latency_s": rounded(latency, 3)}
            yield row | json.loads(extra or "{}")

    def taxonomy(self):
        """The text of taxonomy.json."""
        return self._database.execute("SELECT taxonomy FROM datasets WHERE name = ?", (self._name,)).fetchone()[0]


def main():
    """Writes."""
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    collection, out = Collection(*sys.argv[1:3]), Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    (out / "taxonomy.json").write_text(json.dumps(json.loads(collection.taxonomy()), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for name, rows in (("queries", collection.queries()), ("models", collection.models()), ("task_labels", collection.labels()),
                       ("outcomes", collection.outcomes())):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (out / f"{name}.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
