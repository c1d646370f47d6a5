# SPDX-License-Identifier: Apache-2.0
"""Recomputes the references of the starter pack from the queries' free key `check`.

A `check` is one of
- `output of the code block`: what the Python code block in the prompt prints;
- `output of the shell block`: what the shell code block prints;
- `result of the SQL block`: the one value that the query in the SQL block has on the prompt's tables, in sqlite;
- `a phrase of the prompt`: nothing is computed, but the reference must stand in the prompt word for word;
- several lines of Python, a program that leaves the value in `answer`;
- else a Python expression.
Programs and expressions know the names of `NAMES`. They are part of this repository and are run as code: do not use this
on files from elsewhere.
"""

import base64
import collections
import fnmatch
import heapq
import ipaddress
import itertools
import json
import math
import re
import sqlite3
import statistics
import subprocess
import sys
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

OPTION = re.compile(r"^([A-E])\. (.+)$", re.MULTILINE)
BLOCK = re.compile(r"```(\w+)\n(.*?)\n```", re.DOTALL)
TABLE = re.compile(r"^Table (\w+):\n((?:.+\n)+?)(?=\n|```)", re.MULTILINE)


def only(values):
    """The one value that all of a puzzle's solutions agree on; several are an error."""
    (value,) = set(values)
    return value


NAMES = {"only": only, "Fraction": Fraction, "Decimal": Decimal, "date": date, "datetime": datetime, "timedelta": timedelta,
         "base64": base64, "collections": collections, "fnmatch": fnmatch, "heapq": heapq, "ipaddress": ipaddress,
         "itertools": itertools, "json": json, "math": math, "re": re, "statistics": statistics}


def options_of(prompt):
    """{letter: text} of the lines `A. text` of a multiple-choice prompt."""
    return dict(OPTION.findall(prompt))


def block_of(query, language):
    """The code in the prompt's block of that language."""
    return dict(BLOCK.findall(query["prompt"]))[language]


def printed(command):
    """What a command prints, without the space around."""
    return subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.strip()


def output_of_code(query):
    """What the Python block prints."""
    return printed([sys.executable, "-I", "-c", block_of(query, "python")])


def output_of_shell(query):
    """What the shell block prints, lines sorted by their bytes."""
    return printed(["env", "LC_ALL=C", "sh", "-c", block_of(query, "sh")])


def cell(text):
    """A cell of a table of the prompt as sqlite takes it."""
    if text == "NULL":
        return None
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def result_of_sql(query):
    """The one value that the SQL block gives on the tables of the prompt."""
    database = sqlite3.connect(":memory:")
    for name, lines in TABLE.findall(query["prompt"]):
        head, *rows = [line.split(" | ") for line in lines.splitlines()]
        database.execute(f"CREATE TABLE {name} ({', '.join(head)})")
        database.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(head))})", [[*map(cell, row)] for row in rows])
    ((value,),) = database.execute(block_of(query, "sql")).fetchall()
    return value


def phrase_of_prompt(query):
    """The reference, if the prompt holds it."""
    if query["reference"] not in query["prompt"]:
        raise ValueError(f"the prompt does not hold '{query['reference']}'")
    return query["reference"]


KINDS = {"output of the code block": output_of_code, "output of the shell block": output_of_shell,
         "result of the SQL block": result_of_sql, "a phrase of the prompt": phrase_of_prompt}


def recomputed(query):
    """The value that a query's `check` gives."""
    check = query["check"]
    if check in KINDS:
        return KINDS[check](query)
    names = dict(NAMES)
    if "\n" in check:
        exec(check, names)  # pylint: disable=exec-used
        return names["answer"]
    return eval(check, names)  # pylint: disable=eval-used


def as_fraction(value):
    """A number, or the text of one, without rounding: 0.1 is one tenth."""
    return value if isinstance(value, Fraction) else Fraction(str(value))


def expected(query):
    """The reference in the form that `check` computes: the option's text for a multiple choice."""
    if query["metric"] == "multiple_choice":
        return options_of(query["prompt"])[query["reference"]]
    return query["reference"]


def fault_of_reference(query):
    """What is wrong with a query's reference, or None: a number must be the value, another reference the value's text."""
    try:
        value = recomputed(query)
        same = as_fraction(value) == as_fraction(query["reference"]) if query["metric"] == "numeric" \
            else str(value) == expected(query)
    except Exception as error:  # whatever an expression raises is a fault of the row
        return f"its check failed: {type(error).__name__}: {error}"
    return None if same else f"reference '{expected(query)}', but its check gives '{value}'"
