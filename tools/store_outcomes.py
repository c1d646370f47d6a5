#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the outcomes of collections in a store as outcomes.jsonl has them, in the order of import.

    tools/store_outcomes.py STORE COLLECTION...
"""

import json
import sqlite3
import sys

STATUS = ("ok", "failed", "unscored")  # As the store numbers them.
ROWS = """
SELECT q.id, m.id, o.draw, o.quality, o.status, o.input_tokens, o.output_tokens, o.cost, o.latency_s, o.extra
FROM outcomes o JOIN queries q ON q.key = o.query JOIN models m ON m.key = o.model JOIN datasets d ON d.key = q.collection
WHERE d.name = ? ORDER BY q.key, m.key, o.draw"""


def outcomes(store, collection):
    """The rows of a collection."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        for query, model, draw, quality, status, tokens_in, tokens_out, cost, latency, extra in database.execute(ROWS, (collection,)):
            row = {"query_id": query, "model": model, "draw": draw, "quality": quality, "status": STATUS[status],
                   "input_tokens": tokens_in, "output_tokens": tokens_out, "cost": round(cost, 12), "latency_s": round(latency, 3)}
            yield row | json.loads(extra or "{}")


def main():
    """Prints."""
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for collection in sys.argv[2:]:
        for row in outcomes(sys.argv[1], collection):
            print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
