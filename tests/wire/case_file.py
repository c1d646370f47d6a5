# SPDX-License-Identifier: Apache-2.0
"""Reads a wire case; README.md beside this file describes the format."""

import dataclasses
import itertools
import re

DIRECTIVE = re.compile(r"\{\{(\w+)((?: .*?)?)\}\}")


@dataclasses.dataclass
class Section:
    """`--- kind argument` and the lines below it."""

    kind: str
    argument: str
    lines: list
    number: int  # Of its first line in the file.


@dataclasses.dataclass
class Expected:
    """A message as a case writes it: a first line, headers and a body (None: not looked at)."""

    first_line: str
    headers: list
    body: str


KINDS = ("config", "with", "upstream", "request", "response", "received", "metrics", "log", "connection")


def sections(text, name="case"):
    """The sections of a file, in order."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("--- "):
            kind, _, argument = line[4:].strip().partition(" ")
            if kind not in KINDS:
                raise ValueError(f"{name}:{number}: unknown section '{kind}'; expected one of {', '.join(KINDS)}")
            found.append(Section(kind, argument, [], number + 1))
        elif found:
            found[-1].lines.append(line)
        elif line and not line.startswith("#"):
            raise ValueError(f"{name}:{number}: expected '# why', or a section")
    for section in found:
        while section.lines and not section.lines[-1]:
            section.lines.pop()
    return found


def variants(found):
    """The case once for each combination of its `with` lists: [(title, sections)]."""
    lists = [(s.argument, s.lines) for s in found if s.kind == "with"]
    others = [s for s in found if s.kind != "with"]
    made = []
    for values in itertools.product(*(lines for _, lines in lists)):
        names = dict(zip((name for name, _ in lists), values))
        title = " ".join(f"{name}={value[:40]}" for name, value in names.items())
        made.append((title, [dataclasses.replace(s, lines=[_fill(line, names) for line in s.lines]) for s in others]))
    return made


def _fill(line, names):
    return DIRECTIVE.sub(lambda m: names.get(m.group(1), m.group(0)), line)


def message(section):
    """The section's lines as a message."""
    lines = section.lines
    blank = lines.index("") if "" in lines else len(lines)
    headers = [tuple(part.strip() for part in line.partition(":")[::2]) for line in lines[1:blank]]
    body = "\n".join(lines[blank + 1:]) if blank < len(lines) else None
    return Expected(lines[0] if lines else "", headers, body)


def _directive(match):
    name, rest = match.group(1), match.group(2)[1:]
    if name == "repeat":  # {{repeat 3000000 x}}
        count, _, what = rest.partition(" ")
        return what.encode() * int(count)
    if name == "bytes":  # {{bytes ff fe}}
        return bytes.fromhex(rest)
    if name == "nested":  # {{nested 64}}: so many arrays in one another
        return b"[" * int(rest) + b"]" * int(rest)
    raise ValueError(f"unknown directive '{match.group(0)}'; expected repeat, bytes, nested, or the name of a list")


def expand(text):
    """The bytes of a body with its directives carried out."""
    made, place = b"", 0
    for match in DIRECTIVE.finditer(text):
        made += text[place : match.start()].encode() + _directive(match)
        place = match.end()
    return made + text[place:].encode()
