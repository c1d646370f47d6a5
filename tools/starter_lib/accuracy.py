# SPDX-License-Identifier: Apache-2.0
"""The table of starter/README.md: share of right answers of each model by domain and level."""

import collections

LEVELS = ("easy", "medium", "hard")


def percent(qualities):
    """Whole percent of right answers, or a dash where none was asked."""
    return f"{100 * sum(qualities) / len(qualities):.0f}" if qualities else "-"


def markdown_table(queries, outcomes, models):
    """Rows are the domains and a last row `all`; each cell holds a model's percent at easy / medium / hard."""
    place = {query["id"]: (query["task"], query["id"].split(".")[2]) for query in queries}
    cells = collections.defaultdict(list)
    for row in outcomes:
        domain, level = place[row["query_id"]]
        for name in (domain, "all"):
            for part in (level, "together"):
                cells[name, row["model"], part].append(row["quality"])
    lines = ["| domain | " + " | ".join(models) + " |", "|---" * (len(models) + 1) + "|"]
    for name in [*dict.fromkeys(domain for domain, _ in place.values()), "all"]:
        shown = (f"{' / '.join(percent(cells[name, model, level]) for level in LEVELS)}, "
                 f"**{percent(cells[name, model, 'together'])}**" for model in models)
        lines.append(f"| {name} | " + " | ".join(shown) + " |")
    return "\n".join(lines)
