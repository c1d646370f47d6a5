#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the starter pack: exit 1 and one line per fault, exit 0 and a count otherwise.

    tools/check_starter.py [--all-asked] [FOLDER]

References are recomputed as tools/starter_references.py says. A question without any outcome has not been asked yet: such
questions are counted, and are faults with --all-asked. A question that only some of the models have answered is a fault.
"""

import argparse
import collections
import itertools
import json
import re
import sys
import unicodedata
from pathlib import Path

from starter_references import fault_of_reference, options_of

STARTER = Path(__file__).resolve().parent.parent / "starter"
LEVELS = ("domain", "subcategory", "difficulty")
METRICS = ("exact", "value", "numeric", "multiple_choice", "word_f1")
ALIKE = 2  # So many pairs of a leaf's questions may differ in nothing but numbers.


def read_jsonl(path):
    """The rows of a file of the pack in order; a broken line is a ValueError that names file and line."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError as error:
            raise ValueError(f"{path.name}:{number}: not JSON: {error}") from error
    return rows


def normalised(text):
    """NFC, white space collapsed, case set aside: what makes two prompts the same question."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip().casefold()


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
        prompts[normalised(query.get("prompt", ""))].append(query["id"])
        faults = list(check_shape(query))
        fault = None if faults or "check" not in query else fault_of_reference(query)
        yield from faults + ([f"query {query['id']}: {fault}"] if fault else [])
    for ids in prompts.values():
        if len(ids) > 1:
            yield f"queries {', '.join(ids)} have the same prompt"


def check_variety(queries, labels):
    """Leaves with more than ALIKE pairs of questions whose wording is the same once numbers are set aside."""
    wording = {query["id"]: re.sub(r"\d[\d.,:]*", "#", normalised(query.get("prompt", ""))) for query in queries}
    leaves = collections.defaultdict(list)
    for label in labels:
        leaves[label["task_id"]].append(label["query_id"])
    for leaf, ids in leaves.items():
        pairs = [(a, b) for a, b in itertools.combinations(ids, 2) if a in wording and wording[a] == wording.get(b)]
        if len(pairs) > ALIKE:
            yield f"taxonomy leaf {leaf}: only the numbers differ in {', '.join(f'{a} and {b}' for a, b in pairs)}"


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


def unasked(queries, outcomes):
    """The ids of the questions without any outcome."""
    asked = {row["query_id"] for row in outcomes}
    return [query["id"] for query in queries if query["id"] not in asked]


def check_outcomes(queries, models, outcomes):
    """Faults of the outcomes: unknown names, repeated cells, and missing cells of questions that were asked. Their qualities
    are held against the replies by a test."""
    cells = collections.Counter((row["query_id"], row["model"]) for row in outcomes)
    wanted = {(query["id"], model["id"]) for query in queries for model in models}
    later = set(unasked(queries, outcomes))
    for query_id, model in sorted(cells.keys() - wanted):
        yield f"outcome of {model} on {query_id}: no such query or model"
    for query_id, model in sorted(wanted - cells.keys()):
        if query_id not in later:
            yield f"outcome of {model} on {query_id}: missing"
    for query_id, model in repeated(cells.elements()):
        yield f"outcome of {model} on {query_id}: more than once"


def summary(queries, taxonomy, later):
    """One line on a pack without a fault."""
    depths = collections.Counter(depth for _, depth in walk(taxonomy["nodes"]))
    computed = sum("check" in query for query in queries)
    waiting = f"; {later} not asked yet" if later else ""
    return (f"starter: {len(queries)} questions in {depths[0]} domains, {depths[1]} subcategories, {depths[2]} levels; "
            f"{computed} references recomputed, no fault{waiting}")


def main():
    """Prints the faults."""
    parser = argparse.ArgumentParser(description="Checks the starter pack.")
    parser.add_argument("folder", nargs="?", type=Path, default=STARTER, help="the pack; starter/ where absent")
    parser.add_argument("--all-asked", action="store_true", help="a question without any outcome is a fault")
    arguments = parser.parse_args()
    queries, labels, models, outcomes = (read_jsonl(arguments.folder / f"{name}.jsonl")
                                         for name in ("queries", "task_labels", "models", "outcomes"))
    taxonomy = json.loads((arguments.folder / "taxonomy.json").read_text(encoding="utf-8"))
    later = unasked(queries, outcomes)
    faults = [*check_queries(queries), *check_taxonomy(taxonomy), *check_labels(labels, queries, taxonomy),
              *check_variety(queries, labels), *check_outcomes(queries, models, outcomes)]
    faults += [f"query {query_id}: not asked yet" for query_id in later if arguments.all_asked]
    for fault in faults:
        print(fault)
    if faults:
        return 1
    print(summary(queries, taxonomy, len(later)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
