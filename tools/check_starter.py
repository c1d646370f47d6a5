#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the starter pack: exit 1 and one line per fault, exit 0 and a count otherwise.

A query's free key `check` says how its reference is recomputed:
- `output of the code block`: what the Python code block in the prompt prints;
- else a Python expression over math, Fraction, Decimal, date, datetime, timedelta, re, json, base64, itertools
  and `only(solutions)`.
A numeric reference must equal the value, an exact one its text, a multiple-choice one the text of the right option.
The expressions are part of this repository and are evaluated as code: do not run this on files from elsewhere.
"""

import base64
import collections
import itertools
import json
import math
import re
import subprocess
import sys
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from starter_lib import files, scoring

CODE_BLOCK = re.compile(r"```python\n(.*?)\n```", re.DOTALL)


def only(values):
    """The one value that all of a puzzle's solutions agree on; several are an error."""
    (value,) = set(values)
    return value


NAMES = {"only": only, "math": math, "Fraction": Fraction, "Decimal": Decimal, "date": date, "datetime": datetime,
         "timedelta": timedelta, "re": re, "json": json, "base64": base64, "itertools": itertools}
LEVELS = ("domain", "subcategory", "difficulty")
METRICS = ("exact", "numeric", "multiple_choice")


def normalised_prompt(text):
    """NFC, white space collapsed, case set aside: what makes two prompts the same question."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip().casefold()


def recomputed(query):
    """The value that a query's `check` gives."""
    if query["check"] == "output of the code block":
        code = CODE_BLOCK.search(query["prompt"]).group(1)
        run = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=10, check=True)
        return run.stdout.strip()
    return eval(query["check"], dict(NAMES))  # pylint: disable=eval-used


def as_fraction(value):
    """A number, or the text of one, without rounding: 0.1 is one tenth."""
    return value if isinstance(value, Fraction) else Fraction(str(value))


def expected(query):
    """The reference in the form that `check` computes: the option's text for a multiple choice."""
    if query["metric"] == "multiple_choice":
        return scoring.options_of(query["prompt"])[query["reference"]]
    return query["reference"]


def check_reference(query):
    """Faults of one query's reference."""
    if "check" not in query:
        return
    try:
        value = recomputed(query)
        same = as_fraction(value) == as_fraction(query["reference"]) if query["metric"] == "numeric" \
            else str(value) == expected(query)
    except Exception as error:  # whatever an expression raises is a fault of the row
        yield f"query {query['id']}: its check failed: {type(error).__name__}: {error}"
        return
    if not same:
        yield f"query {query['id']}: reference '{expected(query)}', but its check gives '{value}'"


def check_shape(query):
    """Faults of one query's fields, and of a reference that no reply could match."""
    missing = [key for key in ("dataset", "task", "prompt", "reference", "metric") if not query.get(key)]
    if missing:
        yield f"query {query['id']}: no {', '.join(missing)}"
        return
    if query["metric"] not in METRICS:
        yield f"query {query['id']}: metric '{query['metric']}' is none of {', '.join(METRICS)}"
        return
    options = scoring.options_of(query["prompt"])
    if query["metric"] == "multiple_choice":
        if query["reference"] not in options:
            yield f"query {query['id']}: reference '{query['reference']}' is not among its options {sorted(options)}"
            return
        if len(set(map(scoring.normalised, options.values()))) != len(options):
            yield f"query {query['id']}: two options are the same"
    if scoring.score(query, f"Answer: {query['reference']}") != 1.0:
        yield f"query {query['id']}: its own reference would be scored as wrong"


def repeated(values):
    """The values that occur more than once."""
    return [value for value, count in collections.Counter(values).items() if count > 1]


def check_queries(queries):
    """Faults of the questions."""
    for query_id in repeated(query["id"] for query in queries):
        yield f"query id {query_id} occurs more than once"
    prompts = collections.defaultdict(list)
    for query in queries:
        prompts[normalised_prompt(query["prompt"])].append(query["id"])
        faults = list(check_shape(query))
        yield from faults or check_reference(query)
    for ids in prompts.values():
        if len(ids) > 1:
            yield f"queries {', '.join(ids)} have the same prompt"


def walk(nodes, depth=0):
    """(node, depth) of every taxonomy node, parents first."""
    for node in nodes:
        yield node, depth
        yield from walk(node["children"], depth + 1)


def check_taxonomy(taxonomy):
    """Faults of the tree: repeated ids, empty texts, leaves at another level than difficulty."""
    nodes = list(walk(taxonomy["nodes"]))
    for node_id in repeated(node["id"] for node, _ in nodes):
        yield f"taxonomy id {node_id} occurs more than once"
    for node, depth in nodes:
        empty = [key for key in ("name", "definition", "example") if not node.get(key)]
        if empty:
            yield f"taxonomy node {node['id']}: no {', '.join(empty)}"
        if (depth == len(LEVELS) - 1) != (not node["children"]):
            yield f"taxonomy node {node['id']}: only a node of the third level ({LEVELS[-1]}) is a leaf"


def check_labels(labels, queries, taxonomy):
    """Faults of the labels: unknown queries or nodes, leaves without a question, questions without a leaf."""
    leaves = {node["id"] for node, _ in walk(taxonomy["nodes"]) if not node["children"]}
    ids = {query["id"] for query in queries}
    for label in labels:
        if label["query_id"] not in ids:
            yield f"task label of {label['query_id']}: no such query"
        if label["task_id"] not in leaves:
            yield f"task label of {label['query_id']}: '{label['task_id']}' is not a leaf of the taxonomy"
        if not 0 < label["weight"] <= 1:
            yield f"task label of {label['query_id']}: weight {label['weight']}, expected more than 0 and at most 1"
    for query_id in sorted(ids - {label["query_id"] for label in labels}):
        yield f"query {query_id}: no task label"
    for leaf in sorted(leaves - {label["task_id"] for label in labels}):
        yield f"taxonomy leaf {leaf}: no question"


def check_outcomes(queries, models):
    """Faults of the outcomes where they are there: unknown names, repeated cells, quality that the reply does not give."""
    path = files.STARTER / "outcomes.jsonl"
    if not path.exists():
        return
    by_id, names = {query["id"]: query for query in queries}, {model["id"] for model in models}
    replies = {row["id"]: row["reply"] for row in files.read_jsonl(files.STARTER / "replies.jsonl.zst")}
    rows = files.read_jsonl(path)
    for cell in repeated((row["query_id"], row["model"], row["draw"]) for row in rows):
        yield f"outcome {cell}: more than once"
    for row in rows:
        where = f"outcome of {row['model']} on {row['query_id']}"
        if row["query_id"] not in by_id or row["model"] not in names:
            yield f"{where}: no such query or model"
        elif row["reply_id"] not in replies:
            yield f"{where}: its reply {row['reply_id']} is not in replies.jsonl.zst"
        elif row["quality"] != scoring.score(by_id[row["query_id"]], replies[row["reply_id"]]):
            yield f"{where}: quality {row['quality']} is not what its reply scores"


def main():
    """Prints the faults."""
    queries = files.read_jsonl(files.STARTER / "queries.jsonl")
    labels = files.read_jsonl(files.STARTER / "task_labels.jsonl")
    models = files.read_jsonl(files.STARTER / "models.jsonl")
    taxonomy = json.loads(files.read_text(files.STARTER / "taxonomy.json"))
    faults = [*check_queries(queries), *check_taxonomy(taxonomy), *check_labels(labels, queries, taxonomy),
              *check_outcomes(queries, models)]
    for fault in faults:
        print(fault)
    if faults:
        return 1
    computed = sum("check" in query for query in queries)
    print(f"starter: {len(queries)} questions, {computed} references recomputed, no fault")
    return 0


if __name__ == "__main__":
    sys.exit(main())
