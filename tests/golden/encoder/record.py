# SPDX-License-Identifier: Apache-2.0
"""Records what the encoder must give: pooled vectors of onnxruntime in fp32, for MiniLM and for a small random BERT.

    python record.py MINILM_FOLDER

writes beside itself minilm.safetensors (ids and vectors), tiny_bert/ (a BERT of another shape) and tiny.safetensors. Sequences lie
end to end in `ids` with their `lengths`; ids are stored as float32, which holds them exactly, because our reader passes
integer tensors over.
"""
import json
import pathlib
import sys

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer

import bert_onnx

HERE = pathlib.Path(__file__).resolve().parent
LENGTHS = [2, 3, 5, 8, 16, 17, 31, 32, 33, 64, 100, 128, 200, 255, 256, 257, 384, 511, 512]
TEXT = """A router reads a prompt, guesses what kind of task it is, and sends it to the cheapest language model that will do it well.
Prove that the sum of the first n odd numbers is n squared. def fib(n): return n if n < 2 else fib(n-1) + fib(n-2)
Übersetze bitte: "The weather is fine today." 今天天气很好。 What is the boiling point of water at 3,000 m above the sea? """
TINY = {"model_type": "bert", "hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4, "vocab_size": 200,
        "intermediate_size": 100, "max_position_embeddings": 64, "type_vocab_size": 2, "hidden_act": "gelu",
        "layer_norm_eps": 1e-12, "position_embedding_type": "absolute"}


def text_ids(folder, length):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    pieces = tokenizer.encode(TEXT * 8, add_special_tokens=False).ids
    return [101, *pieces[: length - 2], 102]


def tiny_tensors(random):
    """Weights wide enough that attention is sharp and GELU leaves its linear part."""
    hidden, inner = TINY["hidden_size"], TINY["intermediate_size"]

    def normal(*shape, spread=1.0):
        return (random.standard_normal(shape) * spread).astype(np.float32)

    tensors = {"embeddings.word_embeddings.weight": normal(TINY["vocab_size"], hidden),
               "embeddings.position_embeddings.weight": normal(TINY["max_position_embeddings"], hidden),
               "embeddings.token_type_embeddings.weight": normal(2, hidden),
               "embeddings.position_ids": np.arange(TINY["max_position_embeddings"], dtype=np.int64)[None]}

    def norm(name):
        tensors[name + ".weight"] = 1 + normal(hidden, spread=0.2)
        tensors[name + ".bias"] = normal(hidden, spread=0.2)

    def linear(name, inputs, outputs):
        tensors[name + ".weight"] = normal(outputs, inputs, spread=1.5 / np.sqrt(inputs))
        tensors[name + ".bias"] = normal(outputs, spread=0.3)

    norm("embeddings.LayerNorm")
    for index in range(TINY["num_hidden_layers"]):
        layer = f"encoder.layer.{index}"
        for part in ("query", "key", "value"):
            linear(f"{layer}.attention.self.{part}", hidden, hidden)
        linear(f"{layer}.attention.output.dense", hidden, hidden)
        norm(f"{layer}.attention.output.LayerNorm")
        linear(f"{layer}.intermediate.dense", hidden, inner)
        linear(f"{layer}.output.dense", inner, hidden)
        norm(f"{layer}.output.LayerNorm")
    return tensors


def write_folder(folder, tensors):
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(TINY, indent=1) + "\n")
    save_file(tensors, folder / "model.safetensors")


def record(folder, sequences, path):
    runner = bert_onnx.session(folder)
    vectors = np.stack([bert_onnx.pooled(runner, ids) for ids in sequences])
    save_file({"lengths": np.array([len(ids) for ids in sequences], np.float32),
               "ids": np.concatenate([np.asarray(ids, np.float32) for ids in sequences]),
               "pooled": vectors.astype(np.float32)}, path)
    print(f"{path.name}: {len(sequences)} sequences, {path.stat().st_size} bytes")


def main():
    minilm = pathlib.Path(sys.argv[1])
    random = np.random.default_rng(20261122)
    sequences = []
    for length in LENGTHS:
        sequences.append(text_ids(minilm, length))
        sequences.append([101, *random.integers(0, 30522, length - 2).tolist(), 102])
    record(minilm, sequences, HERE / "minilm.safetensors")

    tensors = tiny_tensors(random)
    write_folder(HERE / "tiny_bert", tensors)
    sequences = [random.integers(0, TINY["vocab_size"], length).tolist() for length in (1, 2, 3, 7, 8, 9, 16, 31, 63, 64)]
    record(HERE / "tiny_bert", sequences, HERE / "tiny.safetensors")


if __name__ == "__main__":
    main()
