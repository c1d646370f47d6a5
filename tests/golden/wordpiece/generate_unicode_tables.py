# SPDX-License-Identifier: Apache-2.0
"""Writes wend/text/unicode_tables.cc by asking the reference about every code point.

    python generate_unicode_tables.py [FOLDER_WITH_TOKENIZER_JSON] > ../../../wend/text/unicode_tables.cc

The reference mixes tables of several Unicode versions (decomposition, general categories, lower case), so none of
them is taken from a Unicode library: each step of the normaliser is probed by itself, the steps are put together
here, and the outcome is compared with the whole normaliser, code point by code point, before anything is printed.
"""

import sys
import unicodedata

from tokenizers import normalizers, pre_tokenizers

import reference

STEPS = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
clean = normalizers.BertNormalizer(**{**STEPS, "clean_text": True}).normalize_str
space_ideographs = normalizers.BertNormalizer(**{**STEPS, "handle_chinese_chars": True}).normalize_str
strip = normalizers.BertNormalizer(**{**STEPS, "strip_accents": True}).normalize_str
lower = normalizers.BertNormalizer(**{**STEPS, "lowercase": True}).normalize_str
decompose = normalizers.NFD().normalize_str
split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str

PUNCTUATION_BIT = 1 << 21
BARRIER_BIT = 1 << 22
CLASS_SHIFT = 24


def has_combining_class(u):
    """Whether a mark of a low class (U+0334: 1) or of the highest (U+0345: 240) changes places with it."""
    return decompose("a" + u + "\u0334") != "a" + u + "\u0334" or decompose("a\u0345" + u) != "a\u0345" + u


def representatives():
    """One mark of every combining class that the reference knows as one; classes never change once assigned."""
    chosen = {}
    for c in reference.ALL_CODE_POINTS:
        combining = unicodedata.combining(chr(c))
        if combining and combining not in chosen and has_combining_class(chr(c)):
            chosen[combining] = chr(c)
    return chosen


REPRESENTATIVES = representatives()


def combining_class(u):
    """The canonical combining class that the reference gives a code point that decomposes to itself."""
    if not has_combining_class(u):
        return 0
    for value, mark in REPRESENTATIVES.items():
        if decompose("a" + u + mark) == "a" + u + mark and decompose("a" + mark + u) == "a" + mark + u:
            return value
    raise SystemExit(f"U+{ord(u):04X} has a combining class without a representative")


def is_punctuation(x):
    parts = [text for text, _ in split("a" + x + "a")]
    assert parts in (["a" + x + "a"], ["a", x, "a"]), f"U+{ord(x):04X} splits as {parts}"
    return len(parts) == 3


def hangul_jamo(c):
    index = c - 0xAC00
    jamo = [0x1100 + index // 588, 0x1161 + index % 588 // 28]
    return jamo + ([0x11A7 + index % 28] if index % 28 else [])


def units_of(u):
    """What one decomposed code point leaves: nothing, a barrier to reordering, or the units of its lower case."""
    combining = combining_class(u)
    if strip(u) == "":
        return [] if combining else [BARRIER_BIT]
    lowered = lower(u)
    assert not combining or lowered == u, f"U+{ord(u):04X}: a mark with a lower case"
    return [ord(x) | (PUNCTUATION_BIT if is_punctuation(x) else 0) | combining << CLASS_SHIFT for x in lowered]


def without_idle_barriers(units):
    """A code point of class 0 is itself a barrier: one beside it does nothing."""
    def starts(unit):
        return unit is not None and not unit & BARRIER_BIT and unit >> CLASS_SHIFT == 0

    padded = [None, *units, None]
    return [unit for before, unit, after in zip(padded, padded[1:], padded[2:])
            if not unit & BARRIER_BIT or not (starts(before) or starts(after))]


def action_of(c):
    """(action, argument) of a code point, as wend/text/unicode_tables.h lists them."""
    ch = chr(c)
    cleaned = clean(ch)
    if cleaned in ("", " "):
        return ("kSpace", 0) if cleaned else ("kDrop", 0)
    assert cleaned == ch
    if 0xAC00 <= c <= 0xD7A3:
        assert [ord(x) for x in decompose(ch)] == hangul_jamo(c) == [ord(x) for x in lower(strip(ch))]
        return ("kHangul", 0)
    units = without_idle_barriers([unit for u in decompose(ch) for unit in units_of(u)])
    if space_ideographs(ch) != ch:
        assert space_ideographs(ch) == f" {ch} " and len(units) == 1 and units[0] < PUNCTUATION_BIT
        return ("kIdeograph", units[0] - c)
    if not units:
        return ("kDrop", 0)
    if units == [BARRIER_BIT]:
        return ("kBarrier", 0)
    if units == [c]:
        return ("kKeep", 0)
    if units == [c | PUNCTUATION_BIT]:
        return ("kPunctuation", 0)
    if len(units) == 1 and units[0] < PUNCTUATION_BIT:
        return ("kShift", units[0] - c)
    return ("kSequence", tuple(units))


def spelled(c, action, argument):
    """The normaliser's output for a code point as our table gives it."""
    if action in ("kDrop", "kBarrier"):
        return ""
    if action == "kSpace":
        return " "
    if action == "kHangul":
        return "".join(map(chr, hangul_jamo(c)))
    if action == "kIdeograph":
        return f" {chr(c + argument)} "
    if action == "kSequence":
        return "".join(chr(unit & 0x1FFFFF) for unit in argument if not unit & BARRIER_BIT)
    return chr(c + argument)


def gather():
    """Runs of neighbours with one action and argument, and the pool of sequences: length, then units."""
    whole = reference.load().normalizer.normalize_str
    runs, pool, places = [], [], {}
    for c in reference.ALL_CODE_POINTS:
        action, argument = action_of(c)
        assert spelled(c, action, argument) == whole(chr(c)), f"U+{c:04X}: {action} is not the reference's"
        if action == "kSequence":
            if argument not in places:
                places[argument] = len(pool)
                pool.extend([len(argument), *argument])
            argument = places[argument]
        if action == "kKeep":
            continue
        if runs and runs[-1][1] == c - 1 and runs[-1][2:] == [action, argument]:
            runs[-1][1] = c
        else:
            runs.append([c, c, action, argument])
    return runs, pool


HEAD = """// SPDX-License-Identifier: Apache-2.0
// Generated by tests/golden/wordpiece/generate_unicode_tables.py from the reference tokenizer; its head says how.
#include "wend/text/unicode_tables.h"

namespace wend::text {
namespace {

using enum CharacterAction;

// clang-format off"""


def wrapped(items):
    lines, line = [], ""
    for item in items:
        if len(line) + len(item) > 118:
            lines.append(line)
            line = ""
        line += item
    return "\n".join([*lines, line])


def main():
    runs, pool = gather()
    print(HEAD)
    print("constexpr CharacterRun kRuns[] = {")
    print(wrapped(f"{{{a:#x},{b:#x},{action},{argument}}}," for a, b, action, argument in runs))
    print("};\n\nconstexpr std::uint32_t kPool[] = {")
    print(wrapped(f"{unit:#x}," for unit in pool))
    print("};\n// clang-format on\n\n}  // namespace\n")
    print("std::span<const CharacterRun> character_runs() {\n  return kRuns;\n}\n")
    print("std::span<const std::uint32_t> sequence_pool() {\n  return kPool;\n}\n")
    print("}  // namespace wend::text")
    print(f"{len(runs)} runs, {len(pool)} pool words", file=sys.stderr)


main()
