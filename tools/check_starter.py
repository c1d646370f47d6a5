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
from pathlib import Path

STARTER = Path(__file__).resolve().parent.parent / "starter"
OPTION = re.compile(r"^([A-E])\. (.+)$", re.MULTILINE)
CODE_BLOCK = re.compile(r"```python\n(.*?)\n```", re.DOTALL)


def read_jsonl(name):
    """The rows of a file of the pack in order; a broken line is a ValueError that names file and line."""
    rows = []
    for number, line in enumerate((STARTER / name).read_text(encoding="utf-8").splitlines(), 1):
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError as error:
            raise ValueError(f"{name}:{number}: not JSON: {error}") from error
    return rows


def options_of(prompt):
    """{letter: text} of the lines `A. text` of a multiple-choice prompt."""
    return dict(OPTION.findall(prompt))


def only(values):
    """The one value that all of a puzzle's solutions agree on; several are an error."""
    (value,) = set(values)
    return value


NAMES = {"only": only, "math": math, "Fraction": Fraction, "Decimal": Decimal, "date": date, "datetime": datetime,
         "timedelta": timedelta, "re": re, "json": json, "base64": base64, "itertools": itertools}
LEVELS = ("domain", "subcategory", "difficulty")
METRICS = ("exact", "numeric", "multiple_choice")


def normalised(text):
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
        return options_of(query["prompt"])[query["reference"]]
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
    """Faults of one query's fields."""
    missing = [key for key in ("dataset", "task", "prompt", "reference", "metric") if not query.get(key)]
    if missing:
        yield f"query {query['id']}: no {', '.join(missing)}"
        return
    if query["metric"] not in METRICS:
        yield f"query {query['id']}: metric '{query['metric']}' is none of {', '.join(METRICS)}"
        return
    options = options_of(query["prompt"])
    if query["metric"] == "multiple_choice":
        if query["reference"] not in options:
            yield f"query {query['id']}: reference '{query['reference']}' is not among its options {sorted(options)}"
            return
        if len(set(map(normalised, options.values()))) != len(options):
            yield f"query {query['id']}: two options are the same"


def repeated(values):
    """The values that occur more than once."""
    return [value for value, count in collections.Counter(values).items() if count > 1]


def check_queries(queries):
    """Faults of the questions."""
    for query_id in repeated(query["id"] for query in queries):
        yield f"query id {query_id} occurs more than once"
    prompts = collections.defaultdict(list)
    for query in queries:
        prompts[normalised(query["prompt"])].append(query["id"])
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
    """Faults of the outcomes: unknown names, repeated and missing cells. Their qualities are held against the replies by a test."""
    cells = collections.Counter((row["query_id"], row["model"]) for row in read_jsonl("outcomes.jsonl"))
    wanted = {(query["id"], model["id"]) for query in queries for model in models}
    for query_id, model in sorted(cells.keys() - wanted):
        yield f"outcome of {model} on {query_id}: no such query or model"
    for query_id, model in sorted(wanted - cells.keys()):
        yield f"outcome of {model} on {query_id}: missing"
    for query_id, model in repeated(cells.elements()):
        yield f"outcome of {model} on {query_id}: more than once"


def main():
    """Prints the faults."""
    queries = read_jsonl("queries.jsonl")
    labels = read_jsonl("task_labels.jsonl")
    models = read_jsonl("models.jsonl")
    taxonomy = json.loads((STARTER / "taxonomy.json").read_text(encoding="utf-8"))
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
