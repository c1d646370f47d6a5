#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every relative link in the tree's Markdown leads to a file or folder that is there.

    tools/check_links.py [ROOT]
"""

import pathlib
import re
import sys

LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
SKIPPED = {"build", ".git", ".venv", "runs"}


def pages(root):
    for page in sorted(root.rglob("*.md")):
        if not SKIPPED & set(page.relative_to(root).parts):
            yield page


def dead_links(root):
    for page in pages(root):
        for number, line in enumerate(page.read_text().splitlines(), 1):
            for target in LINK.findall(line):
                if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists():
                    yield f"{page.relative_to(root)}:{number}: no such file: {target}"


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    dead = list(dead_links(root))
    for link in dead:
        print(link, file=sys.stderr)
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
