# SPDX-License-Identifier: Apache-2.0
"""Scores a reply against a reference by one of three metrics, each 1.0 or 0.0.

The final answer is what stands after the last `Answer:` of the reply; a reply without one is read whole.
- numeric: the last number of the final answer equals the reference (commas and trailing zeros do not count).
- exact: the first line of the final answer (without a marker: the last line) equals the reference once case, outer
  punctuation, a leading article and spacing are set aside.
- multiple_choice: that same line opens with the letter of the right option, or is that option's text.
"""

import re
from decimal import Decimal

MARKER = re.compile(r"\banswer(?:\s+is)?\s*:|\banswer is\b", re.IGNORECASE)
# A digit glued to a letter or a caret is a name, a unit or an exponent (x2, cm^2), not a number of its own.
NUMBER = re.compile(r"(?<![\w^.])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|(?<![\w^.])-?\.\d+")
OPTION = re.compile(r"^([A-E])\. (.+)$", re.MULTILINE)
# A bare capital before a word is not enough: "A stack" may be an article.
LEADING_LETTER = re.compile(r"(?:(?:[Oo]ption|[Cc]hoice) )?([A-E])(?:[).:,]|\s*$|\s+[-–—(])|([a-e])$")
OUTER = " \t\r\n.,;:!?*_`'\"()[]{}$\\“”‘’"


def final_answer(reply):
    """(text after the last marker, True), or (the whole reply, False) where there is no marker.

    A marker with nothing behind it ("7 + 5 = 12 Answer:") is not one: what stands before it is read instead.
    """
    marks = list(MARKER.finditer(reply))
    if not marks:
        return reply, False
    after = reply[marks[-1].end():]
    return (after, True) if after.strip(OUTER) else final_answer(reply[:marks[-1].start()])


def answer_line(reply):
    """The one line that holds the answer: the first non-empty one after the marker, else the reply's last."""
    text, marked = final_answer(reply)
    lines = [line.strip() for line in text.split("\n") if line.strip(OUTER)]
    if not lines:
        return ""
    return lines[0] if marked else lines[-1]


def normalised(text):
    """Case, outer punctuation, a leading article and spacing set aside."""
    text = re.sub(r"\s+", " ", text.casefold().strip(OUTER))
    text = re.sub(r"\s*,\s*", ", ", text)
    return re.sub(r"^(?:the|a|an) (?=.)", "", text)


def last_number(text):
    """The last number of a text as a Decimal, or None."""
    numbers = NUMBER.findall(text)
    return Decimal(numbers[-1].replace(",", "")) if numbers else None


def options_of(prompt):
    """{letter: text} of the lines `A. text` of a multiple-choice prompt."""
    return dict(OPTION.findall(prompt))


def chosen_letter(line, options):
    """The option that an answer line names: by its whole text, else by its letter in front; None where neither."""
    bare = line.strip(OUTER)
    for letter, text in options.items():
        if normalised(bare) in (normalised(text), normalised(f"{letter} {text}")):
            return letter
    found = LEADING_LETTER.match(bare)
    return (found.group(1) or found.group(2)).upper() if found else None


def score(query, reply):
    """1.0 where the reply's final answer is right, else 0.0; an unknown metric is a ValueError."""
    metric, reference = query["metric"], query["reference"]
    if metric == "numeric":
        return float(last_number(final_answer(reply)[0]) == Decimal(reference))
    if metric == "exact":
        return float(normalised(answer_line(reply)) == normalised(reference))
    if metric == "multiple_choice":
        return float(chosen_letter(answer_line(reply), options_of(query["prompt"])) == reference)
    raise ValueError(f"query {query['id']}: metric '{metric}' is none of exact, numeric, multiple_choice")
