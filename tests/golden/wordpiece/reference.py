# SPDX-License-Identifier: Apache-2.0
"""The reference: the tokenizer of the encoder's folder in the tokenizers library, padding and truncation off."""

import os
import sys
from pathlib import Path

from tokenizers import Tokenizer

ALL_CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def weights_folder():
    """The first argument that is a folder, else WEND_ENCODER, else the cache."""
    for argument in sys.argv[1:]:
        if Path(argument, "tokenizer.json").is_file():
            return Path(argument)
    cache = os.environ.get("WEND_CACHE", str(Path.home() / ".cache" / "wend"))
    return Path(os.environ.get("WEND_ENCODER", f"{cache}/encoder/all-MiniLM-L6-v2"))


def load(escape_special=False):
    tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.encode_special_tokens = escape_special
    return tokenizer


def pieces(tokenizer, texts):
    """The ids of each text, without [CLS] and [SEP]."""
    return [e.ids for e in tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
