#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the outcomes of the collection `starter` in a store as outcomes.jsonl and prints the table of starter/README.md.

    tools/starter_outcomes.py STORE OUTCOMES.jsonl
"""

import collections
import json
import sqlite3
import sys
from pathlib import Path

STARTER = Path(__file__).resolve().parent.parent / "starter"
LEVELS = ("easy", "medium", "hard", "expert")
STATUS = ("ok", "failed", "unscored")  # As the store numbers them.
ROWS = """
SELECT q.id, q.task, m.id, o.draw, o.quality, o.status, o.input_tokens, o.output_tokens, o.cost, o.latency_s, o.extra
FROM outcomes o JOIN queries q ON q.key = o.query JOIN models m ON m.key = o.model JOIN datasets d ON d.key = q.collection
WHERE d.name = 'starter'"""


def places(name):
    """{id: its place} in a file of the pack."""
    rows = (STARTER / name).read_text(encoding="utf-8").splitlines()
    return {json.loads(row)["id"]: place for place, row in enumerate(rows)}


def read_outcomes(store):
    """[(domain, outcome row as outcomes.jsonl has it), ...] in the order of the pack's queries and models."""
    queries, models, found = places("queries.jsonl"), places("models.jsonl"), []
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        for query, task, model, draw, quality, status, tokens_in, tokens_out, cost, latency, extra in database.execute(ROWS):
            row = {"query_id": query, "model": model, "draw": draw, "quality": quality, "status": STATUS[status],
                   "input_tokens": tokens_in, "output_tokens": tokens_out, "cost": round(cost, 12), "latency_s": round(latency, 3)}
            found.append((task, row | json.loads(extra or "{}")))
    return sorted(found, key=lambda item: (queries[item[1]["query_id"]], models[item[1]["model"]], item[1]["draw"]))


def percent(qualities):
    """Whole percent of right answers, or a dash where none was asked."""
    return f"{100 * sum(qualities) / len(qualities):.0f}" if qualities else "-"


def markdown_table(outcomes):
    """Rows are the domains and a last row `all`; each cell holds a model's percent at each of LEVELS."""
    cells = collections.defaultdict(list)
    for domain, row in outcomes:
        for name in (domain, "all"):
            for part in (row["query_id"].split(".")[2], "together"):
                cells[name, row["model"], part].append(row["quality"])
    models = list(dict.fromkeys(row["model"] for _, row in outcomes))
    lines = ["| domain | " + " | ".join(models) + " |", "|---" * (len(models) + 1) + "|"]
    for name in [*dict.fromkeys(domain for domain, _ in outcomes), "all"]:
        shown = (f"{' / '.join(percent(cells[name, model, level]) for level in LEVELS)}, "
                 f"**{percent(cells[name, model, 'together'])}**" for model in models)
        lines.append(f"| {name} | " + " | ".join(shown) + " |")
    return "\n".join(lines)


def main():
    """Writes and prints."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    outcomes = read_outcomes(sys.argv[1])
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for _, row in outcomes)
    Path(sys.argv[2]).write_text(text, encoding="utf-8")
    print(markdown_table(outcomes))


if __name__ == "__main__":
    main()
