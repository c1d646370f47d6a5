# SPDX-License-Identifier: Apache-2.0
"""Records what the references make of pairs of texts, for wend/label/text_metrics_golden_test.cc:

    $(../../../tools/python_env.sh requirements.txt) record.py

A line of pairs.jsonl: references (one to three), text, bleu (sacreBLEU's sentence_bleu with its defaults, over 100), rouge_l (rouge-score's
F-measure without stemming, the best of the references), f1 and exact (SQuAD's, by the formula below, the best of the references).
The pairs: those of hard_pairs.py as they stand, and as many again drawn from their texts by a seeded generator that cuts, repeats,
shuffles, glues and exchanges what stands in them.
"""

import collections
import json
import random
import re
import string
from pathlib import Path

import sacrebleu
from rouge_score import rouge_scorer

from hard_pairs import PAIRS

HERE = Path(__file__).resolve().parent
DRAWN, SEED = 300, 5
GLUE = [" ", "  ", "\n", "-\n", "\u00a0", "\u3000", ", ", ".", "-", "&amp;", "\t", "'", "\u2019", "", "_", "\x1c"]


def squad_words(text):
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def squad_f1(reference, text):
    wanted, given = squad_words(reference), squad_words(text)
    if not wanted or not given:
        return float(wanted == given)
    common = sum((collections.Counter(wanted) & collections.Counter(given)).values())
    if common == 0:
        return 0.0
    precision, recall = common / len(given), common / len(wanted)
    return 2 * precision * recall / (precision + recall)


def changed(draw, text, other):
    pieces = re.findall(r"\s+|[^\s]+", text)
    kind = draw.randrange(7)
    if kind == 0:
        return text[draw.randrange(len(text) + 1) :]
    if kind == 1:
        return text[: draw.randrange(len(text) + 1)]
    if kind == 2:
        draw.shuffle(pieces)
        return "".join(pieces)
    if kind == 3:
        return "".join(piece * draw.choice([1, 1, 2, 3]) for piece in pieces)
    if kind == 4:
        return "".join(draw.choice(GLUE) if piece.isspace() else piece for piece in pieces)
    if kind == 5:
        return draw.choice(["", "the "]) + text.swapcase()
    return text + draw.choice(GLUE) + other


def drawn_pairs():
    draw = random.Random(SEED)
    texts = [text for references, text in PAIRS for text in [*references, text] if text]
    for _ in range(DRAWN):
        base = draw.choice(texts)
        references = [base] + [changed(draw, base, draw.choice(texts)) for _ in range(draw.choice([0, 0, 0, 1, 2]))]
        text = changed(draw, changed(draw, base, draw.choice(texts)), draw.choice(texts))
        yield references, text


def main():
    rouge = rouge_scorer.RougeScorer(["rougeL"])
    lines = []
    for references, text in [*PAIRS, *drawn_pairs()]:
        row = {
            "references": references,
            "text": text,
            "bleu": sacrebleu.sentence_bleu(text, references).score / 100,
            "rouge_l": float(rouge.score_multi(references, text)["rougeL"].fmeasure),
            "f1": max(squad_f1(reference, text) for reference in references),
            "exact": any(squad_words(reference) == squad_words(text) for reference in references),
        }
        lines.append(json.dumps(row))
    (HERE / "pairs.jsonl").write_text("\n".join(lines) + "\n")
    print(len(lines), "pairs")


if __name__ == "__main__":
    main()
