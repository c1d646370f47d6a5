# SPDX-License-Identifier: Apache-2.0
"""Records what the reference makes of the texts of wend/text/wordpiece_golden_test.cc. Run after the generator of the tables:

    pip install -r requirements.txt
    WEND_DATA=FOLDER_OF_OUTCOME_SETS python record.py [FOLDER_WITH_TOKENIZER_JSON]

A digest is the first 16 hexadecimal digits of SHA-256 over u32 little-endian numbers: of each text, how many ids, then the ids, without
[CLS] and [SEP]; of bytes, how many and the bytes. Files, all beside this script, fields separated by tabs:
    code_points.tsv   first code point of 256, digest of each alone and then each between "a" and "b" (surrogates left out)
    texts.tsv         number of the first of 500 texts of text_maker, digest, digest with special tokens as text
    revealed.tsv      the same texts with the revealing vocabulary, whose ids spell the normalised text
    prompts.tsv       outcome set, prompts, digest of their bytes, digest of their ids, digest of their routing ids
    literals.jsonl    texts to read, whole: text or hex, ids, and where they differ ids with special tokens as text
"""

import hashlib
import json
import os
import struct
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

import reference
import text_maker
from literals import LITERALS

HERE = Path(__file__).resolve().parent
TEXTS, CHUNK, REVEALED = 120_000, 500, 60_000

# All that the reference leaves of these is in the revealing vocabulary, alone and as a continuation.
REVEALING = [(0x21, 0x3400), (0xA000, 0xAC00), (0xF900, 0x12000), (0x1D100, 0x1D200), (0x1E000, 0x1E950)]


def digest(answers):
    sha = hashlib.sha256()
    for ids in answers:
        packed = ids if isinstance(ids, bytes) else struct.pack(f"<{len(ids)}I", *ids)
        sha.update(struct.pack("<I", len(ids)) + packed)
    return sha.hexdigest()[:16]


def write_rows(name, rows):
    (HERE / name).write_text("".join("\t".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    print(name, len(rows), "rows", flush=True)


def record_code_points(tokenizer):
    rows = []
    for first in range(0, 0x110000, 256):
        block = [chr(c) for c in range(first, first + 256) if not 0xD800 <= c <= 0xDFFF]
        texts = block + [f"a{c}b" for c in block]
        rows.append((f"{first:X}", digest(reference.pieces(tokenizer, texts))))
    write_rows("code_points.tsv", rows)


def record_texts(name, tokenizers, maker, count):
    rows = []
    for first in range(0, count, CHUNK):
        texts = [maker.text(first + i).decode("utf-8", "replace") for i in range(CHUNK)]
        rows.append((first, *(digest(reference.pieces(tokenizer, texts)) for tokenizer in tokenizers)))
    write_rows(name, rows)


def revealing_tokenizer():
    characters = [chr(c) for first, end in REVEALING for c in range(first, end)]
    tokens = ["[UNK]", "[CLS]", "[SEP]", *characters, *("##" + c for c in characters)]
    tokenizer = Tokenizer(models.WordPiece({token: i for i, token in enumerate(tokens)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def routed(ids):
    return ids if len(ids) <= 254 else ids[:127] + ids[-127:]


def record_prompts(tokenizer, escaping):
    import zstandard

    rows = []
    for path in sorted(Path(os.environ["WEND_DATA"]).glob("*/queries.jsonl.zst")):
        lines = zstandard.decompress(path.read_bytes(), max_output_size=1 << 30).decode().rstrip("\n").split("\n")
        queries = [json.loads(line) for line in lines]
        prompts = [query["prompt"] for query in queries]
        routing = [f"{query['context']}\n\n{query['prompt']}" if query.get("context") else query["prompt"] for query in queries]
        rows.append((
            path.parent.name,
            len(prompts),
            digest(prompt.encode() for prompt in prompts),
            digest(reference.pieces(tokenizer, prompts)),
            digest([101, *routed(ids), 102] for ids in reference.pieces(escaping, routing)),
        ))
    write_rows("prompts.tsv", rows)


def record_literals(tokenizer, escaping):
    lines = []
    for literal in LITERALS + text_maker.fragments():
        text = literal if isinstance(literal, str) else literal.decode("utf-8", "replace")
        parsed, escaped = (reference.pieces(t, [text])[0] for t in (tokenizer, escaping))
        entry = {"text": literal} if isinstance(literal, str) else {"hex": literal.hex()}
        entry["ids"] = parsed
        if escaped != parsed:
            entry["escaped_ids"] = escaped
        lines.append(json.dumps(entry, separators=(",", ":")) + "\n")
    (HERE / "literals.jsonl").write_text("".join(lines), encoding="utf-8")
    print("literals.jsonl", len(lines), "texts", flush=True)


def main():
    tokenizer, escaping = reference.load(), reference.load(escape_special=True)
    vocabulary = (reference.weights_folder() / "vocab.txt").read_text(encoding="utf-8").split("\n")
    maker = text_maker.TextMaker(vocabulary[:-1] if vocabulary[-1] == "" else vocabulary)
    record_literals(tokenizer, escaping)
    record_code_points(tokenizer)
    if "WEND_DATA" in os.environ:
        record_prompts(tokenizer, escaping)
    record_texts("texts.tsv", [tokenizer, escaping], maker, TEXTS)
    record_texts("revealed.tsv", [revealing_tokenizer()], maker, REVEALED)


main()
