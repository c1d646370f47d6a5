#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Exit 1 where a text of one set lies within a cosine of one of another; prints the nearest pair either way.

    tools/overlap.py LIMIT A.jsonl B.jsonl         files of `wend embed --out FILE.jsonl`
"""

import json
import sys
from operator import mul


def vectors(path):
    """[(id, unit vector), ...]"""
    with open(path, encoding="utf-8") as file:
        return [(row["id"], row["embedding"]) for row in map(json.loads, file)]


def main():
    """Compares every pair."""
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    first, second = vectors(sys.argv[2]), vectors(sys.argv[3])
    cosine, a, b = max((sum(map(mul, x, y)), a, b) for a, x in first for b, y in second)
    print(f"{len(first)} x {len(second)} texts; the nearest are {a} and {b}, cosine {cosine:.3f} (limit {sys.argv[1]})")
    sys.exit(cosine > float(sys.argv[1]))


if __name__ == "__main__":
    main()
