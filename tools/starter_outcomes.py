#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the outcomes of the collection `starter` in a store as outcomes.jsonl and prints the table of starter/README.md.

    tools/starter_outcomes.py STORE OUTCOMES.jsonl
"""

import collections
import json
import sys
from pathlib import Path

from export_collection import Collection

STARTER = Path(__file__).resolve().parent.parent / "starter"
LEVELS = ("easy", "medium", "hard", "expert")


def places(name):
    """{id: its place} in a file of the pack."""
    rows = (STARTER / name).read_text(encoding="utf-8").splitlines()
    return {json.loads(row)["id"]: place for place, row in enumerate(rows)}


def read_outcomes(store):
    """The rows of outcomes.jsonl in the order of the pack's queries and models."""
    queries, models = places("queries.jsonl"), places("models.jsonl")
    return sorted(Collection(store, "starter").outcomes(), key=lambda row: (queries[row["query_id"]], models[row["model"]], row["draw"]))


def percent(qualities):
    """Whole percent of right answers, or a dash where none was asked."""
    return f"{100 * sum(qualities) / len(qualities):.0f}" if qualities else "-"


def markdown_table(rows):
    """Rows are the domains and a last row `all`; each cell holds a model's percent at each of LEVELS."""
    cells = collections.defaultdict(list)
    for row in rows:
        for name in (row["query_id"].split(".")[0], "all"):
            for part in (row["query_id"].split(".")[2], "together"):
                cells[name, row["model"], part].append(row["quality"])
    models = list(dict.fromkeys(row["model"] for row in rows))
    lines = ["| domain | " + " | ".join(models) + " |", "|---" * (len(models) + 1) + "|"]
    for name in [*dict.fromkeys(row["query_id"].split(".")[0] for row in rows), "all"]:
        shown = (f"{' / '.join(percent(cells[name, model, level]) for level in LEVELS)}, "
                 f"**{percent(cells[name, model, 'together'])}**" for model in models)
        lines.append(f"| {name} | " + " | ".join(shown) + " |")
    return "\n".join(lines)


def main():
    """Writes and prints."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    rows = read_outcomes(sys.argv[1])
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    Path(sys.argv[2]).write_text(text, encoding="utf-8")
    print(markdown_table(rows))


if __name__ == "__main__":
    main()
