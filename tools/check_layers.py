#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds every #include under wend/ against docs/layers.txt: the floors, the training files and the doors of heavy libraries.

    tools/check_layers.py [ROOT]        ROOT is the checkout, by default the one this file lies in

Each offence is one line, `file:line: what, and what the page allows`; the exit status is 1 where there is one. The page's
grammar: `module : module ... [+train]`, `door HEADER-PREFIX : place ...`, `cc-only HEADER-PREFIX`; # begins a comment. A place is
a module, a file without its ending (its test included), or a pattern with *.
"""

import fnmatch
import pathlib
import re
import sys
from dataclasses import dataclass, field

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')
TRAINING_FILE = re.compile(r"(main_)?train[_.]")


@dataclass
class Page:
    """What docs/layers.txt says."""

    modules: dict = field(default_factory=dict)  # module -> the modules it may include
    trainers: set = field(default_factory=set)  # modules marked +train
    doors: dict = field(default_factory=dict)  # header prefix -> places
    cc_only: list = field(default_factory=list)  # header prefixes that no header may include


class PageError(Exception):
    pass


def read_page(path):
    page = Page()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        left, colon, right = (part.strip() for part in line.partition(":"))
        if left.startswith("cc-only "):
            page.cc_only.append(left.split()[1])
        elif not colon:
            raise PageError(f"{path}:{number}: expected 'name : name ...', found '{line}'")
        elif left.startswith("door "):
            page.doors[left.split()[1]] = right.split()
        else:
            read_module(page, left, right.split(), f"{path}:{number}")
    return page


def read_module(page, name, allowed, where):
    """A module may only name those on the lines above it: so no circle can be written down."""
    if "+train" in allowed:
        allowed.remove("+train")
        page.trainers.add(name)
    for other in allowed:
        if other not in page.modules:
            raise PageError(f"{where}: '{name}' names '{other}', which is not on a line above it")
    page.modules[name] = set(allowed)


def includes_of(path):
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(2)


def is_training_file(name):
    return TRAINING_FILE.match(pathlib.PurePosixPath(name).name) is not None


def floor_offence(page, file, header):
    """`file` and `header` are paths below wend/."""
    module, other = file.parts[0], pathlib.PurePosixPath(header).parts[0]
    if other not in page.modules:
        return f"'{other}' is no module of docs/layers.txt"
    of_training = other == "train" or (other in page.trainers and is_training_file(header))
    if of_training and module != "train":
        if module not in page.trainers or not is_training_file(file.name):
            return "training code, which only files named train* (main_train*) of a module marked +train may include"
        return None
    if other != module and other not in page.modules[module]:
        allowed = " ".join(sorted(page.modules[module])) or "nothing"
        return f"'{module}' may include only itself and: {allowed}"
    return None


def is_at(place, file):
    stem = str(file.with_suffix(""))
    return any(fnmatch.fnmatch(stem, pattern) for pattern in (place, place + "_test", place + "/*"))


def door_offence(page, file, header):
    for prefix, places in page.doors.items():
        if header.startswith(prefix) and not any(is_at(place, file) for place in places):
            return f"the door of {prefix} is: {' '.join(places)}"
    if file.suffix == ".h" and any(header.startswith(prefix) for prefix in page.cc_only):
        return "only .cc files may include it"
    return None


def offences(root):
    page = read_page(root / "docs" / "layers.txt")
    tree = root / "wend"
    for path in sorted(tree.rglob("*")):
        if path.suffix not in (".h", ".cc"):
            continue
        file = pathlib.PurePosixPath(path.relative_to(tree).as_posix())
        if file.parts[0] not in page.modules:
            yield f"wend/{file}: '{file.parts[0]}' has no line in docs/layers.txt"
            continue
        for number, header in includes_of(path):
            if header.startswith("wend/"):
                why = floor_offence(page, file, header.removeprefix("wend/"))
            else:
                why = door_offence(page, file, header)
            if why:
                yield f"wend/{file}:{number}: includes {header}: {why}"


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    try:
        found = list(offences(root))
    except (OSError, PageError) as error:
        found = [str(error)]
    for offence in found:
        print(offence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
