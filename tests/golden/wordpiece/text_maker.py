# SPDX-License-Identifier: Apache-2.0
"""The texts of the comparison, made from a seed. text_maker.h makes the same bytes: change both or neither.

Text number i is of kind i % KINDS and drawn by SplitMix64 from seed FIRST_SEED + i. Every text is bytes; malformed ones are decoded
with replacement on both sides.
"""

from pathlib import Path

HERE = Path(__file__).resolve().parent
FIRST_SEED = 20240903
KINDS = 8
MASK = (1 << 64) - 1

# The parts of Unicode where something happens: first code point, and how many.
BLOCKS = [
    (0x0000, 0x0250), (0x0250, 0x0120), (0x0370, 0x0190), (0x0500, 0x0400), (0x0900, 0x0800), (0x1100, 0x0300),
    (0x1400, 0x0C00), (0x2000, 0x0400), (0x2400, 0x0C00), (0x3000, 0x0400), (0x4DC0, 0x0100), (0xA000, 0x0C00),
    (0xABC0, 0x0100), (0xD780, 0x0080), (0xE000, 0x0040), (0xF8F0, 0x0710), (0x10000, 0x1000), (0x11000, 0x1000),
    (0x16800, 0x0800), (0x1D000, 0x0300), (0x1D400, 0x0400), (0x1E000, 0x0A00), (0x1F000, 0x0B00), (0x2F800, 0x0220),
    (0x2B820, 0x0120), (0xE0000, 0x0200),
]  # fmt: skip

# Marks, most of them of a combining class above 0, some of them kept by the reference.
MARKS = [
    (0x0300, 0x70), (0x0591, 0x30), (0x064B, 0x15), (0x08D3, 0x2D), (0x093C, 0x12), (0x0E31, 0x1E), (0x0F71, 0x14),
    (0x1B34, 0x11), (0x1DC0, 0x40), (0x20D0, 0x21), (0x302A, 0x06), (0xA953, 0x01), (0xFE20, 0x10), (0x11442, 0x05),
    (0x1D15E, 0x20), (0x1D185, 0x28), (0x1E000, 0x2B), (0x1E944, 0x07),
]  # fmt: skip

SPECIAL = ["[SEP]", "[CLS]", "[MASK]", "[PAD]", "[UNK]", "[sep]", "[SEP", "SEP]", "[[CLS]]", "[UNK]]", " [MASK] ", "##"]


class Random:
    """SplitMix64, as wend/base/random.h."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) * n) >> 64

    def of(self, items):
        return items[self.below(len(items))]


def fragments():
    return (HERE / "fragments.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")


def in_ranges(random, ranges):
    first, count = random.of(ranges)
    return chr(first + random.below(count)).encode()


class TextMaker:
    def __init__(self, vocabulary):
        """The tokens of a vocab.txt, in order."""
        self.tokens = [token.encode() for token in vocabulary]
        self.fragments = [fragment.encode() for fragment in fragments()]
        self.words = [word for fragment in self.fragments for word in fragment.split(b" ")]
        self.special = [token.encode() for token in SPECIAL]
        self.kinds = [self.anywhere, self.blocks, self.marks, self.sentences, self.pieces, self.long_word, self.specials]

    def text(self, number):
        random = Random(FIRST_SEED + number)
        kind = number % KINDS
        if kind == len(self.kinds):
            return self.damaged(random)
        return self.kinds[kind](random)

    def anywhere(self, random):
        """Code points from all of Unicode but the surrogates."""
        text = b""
        for _ in range(random.below(24)):
            c = random.below(0x110000 - 0x800)
            text += chr(c if c < 0xD800 else c + 0x800).encode()
        return text

    def blocks(self, random):
        """Two blocks mixed with letters and blanks."""
        ranges = [random.of(BLOCKS), random.of(BLOCKS), (0x61, 26), (0x41, 26), (0x20, 1)]
        return b"".join(in_ranges(random, ranges) for _ in range(random.below(48)))

    def marks(self, random):
        """Heaps of marks on few letters."""
        text = b""
        for _ in range(random.below(40)):
            text += in_ranges(random, MARKS) if random.below(8) else in_ranges(random, [(0x61, 26), (0x391, 25), (0x20, 1)])
        return text

    def sentences(self, random):
        """Words of many languages and of code, sometimes glued, sometimes in capitals."""
        text = b""
        for _ in range(1 + random.below(30)):
            word = random.of(self.words)
            text += word.upper() if random.below(6) == 0 else word
            text += b" " if random.below(8) else b""
        return text

    def pieces(self, random):
        """Pieces of the vocabulary glued to words."""
        text = b""
        for _ in range(1 + random.below(20)):
            token = random.of(self.tokens)
            text += token[2:] if token.startswith(b"##") else token
            text += b" " if random.below(4) == 0 else b""
        return text

    def long_word(self, random):
        """Words of about the hundred code points at which they become unknown."""
        text = b""
        for _ in range(1 + random.below(3)):
            unit = in_ranges(random, [(0x61, 26), (0xE0, 30), (0x430, 32), (0x41, 26)])
            text += unit * (95 + random.below(10)) + in_ranges(random, [(0x61, 26), (0x301, 1), (0xAD, 1), (0xAC01, 27)])
            text += b" " if random.below(2) else b"-"
        return text

    def specials(self, random):
        """Special tokens and what looks like them, in text."""
        text = b""
        for _ in range(1 + random.below(12)):
            text += random.of(self.special) if random.below(2) else random.of(self.words)
            text += b" " if random.below(2) else b""
        return text

    def damaged(self, random):
        """A text of another kind with bytes changed, left out or put in."""
        text = self.kinds[random.below(len(self.kinds))](random)
        damaged = b""
        for byte in text:
            what = random.below(16)
            if what == 0:
                damaged += bytes([random.below(256)])
            elif what == 1:
                damaged += bytes([byte, 128 + random.below(128)])
            elif what > 2:
                damaged += bytes([byte])
        return damaged
