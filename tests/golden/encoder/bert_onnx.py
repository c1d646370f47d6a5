# SPDX-License-Identifier: Apache-2.0
"""A BERT of a Hugging Face folder as an ONNX graph, written with onnx.helper alone: ids (1, S) int64 -> pooled (1, H).

The graph is the textbook one (post-LayerNorm, exact GELU, mean over all positions); one sequence at a time, so there is no mask.
"""
import json
import math
import pathlib

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file


class Graph:
    def __init__(self):
        self.nodes, self.constants, self.count = [], {}, 0

    def constant(self, name, value):
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def node(self, kind, *inputs, **attributes):
        self.count += 1
        out = f"{kind}_{self.count}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def scalar(self, value):
        return self.constant(f"scalar_{value!r}", np.float32(value))

    def ints(self, *values):
        return self.constant("ints_" + "_".join(map(str, values)), np.array(values, np.int64))


def gelu(g, x):
    erf = g.node("Erf", g.node("Div", x, g.scalar(math.sqrt(2))))
    return g.node("Mul", g.node("Mul", x, g.node("Add", erf, g.scalar(1.0))), g.scalar(0.5))


class Bert:
    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.config = json.loads((folder / "config.json").read_text())
        tensors = load_file(folder / "model.safetensors")
        self.tensors = {name.removeprefix("bert."): value for name, value in tensors.items()}

    def linear(self, g, x, name):
        weight = g.constant(name + ".weight.T", self.tensors[name + ".weight"].T)
        return g.node("Add", g.node("MatMul", x, weight),
                      g.constant(name + ".bias", self.tensors[name + ".bias"]))

    def norm(self, g, x, name):
        return g.node("LayerNormalization", x,
                      *(g.constant(f"{name}.{part}", self.tensors[f"{name}.{part}"]) for part in ("weight", "bias")),
                      axis=-1, epsilon=self.config["layer_norm_eps"])

    def heads(self, g, x, order):
        heads = self.config["num_attention_heads"]
        split = g.node("Reshape", x, g.ints(1, -1, heads, self.config["hidden_size"] // heads))
        return g.node("Transpose", split, perm=order)

    def attention(self, g, x, layer):
        q, k, v = (self.linear(g, x, f"{layer}.attention.self.{part}") for part in ("query", "key", "value"))
        scores = g.node("MatMul", self.heads(g, q, [0, 2, 1, 3]), self.heads(g, k, [0, 2, 3, 1]))
        width = self.config["hidden_size"] // self.config["num_attention_heads"]
        weights = g.node("Softmax", g.node("Div", scores, g.scalar(math.sqrt(width))), axis=-1)
        mixed = g.node("MatMul", weights, self.heads(g, v, [0, 2, 1, 3]))
        joined = g.node("Reshape", g.node("Transpose", mixed, perm=[0, 2, 1, 3]),
                        g.ints(1, -1, self.config["hidden_size"]))
        out = self.linear(g, joined, f"{layer}.attention.output.dense")
        return self.norm(g, g.node("Add", x, out), f"{layer}.attention.output.LayerNorm")

    def embeddings(self, g):
        parts = {part: self.tensors[f"embeddings.{part}_embeddings.weight"] for part in ("word", "position", "token_type")}
        words = g.node("Gather", g.constant("words", parts["word"] + parts["token_type"][0]), "ids")
        length = g.node("Slice", g.node("Shape", "ids"), g.ints(1), g.ints(2))
        positions = g.node("Slice", g.constant("positions", parts["position"]), g.ints(0), length)
        return self.norm(g, g.node("Add", words, positions), "embeddings.LayerNorm")

    def model(self):
        g = Graph()
        x = self.embeddings(g)
        for index in range(self.config["num_hidden_layers"]):
            layer = f"encoder.layer.{index}"
            x = self.attention(g, x, layer)
            inner = gelu(g, self.linear(g, x, f"{layer}.intermediate.dense"))
            x = self.norm(g, g.node("Add", x, self.linear(g, inner, f"{layer}.output.dense")), f"{layer}.output.LayerNorm")
        g.nodes.append(helper.make_node("ReduceMean", [x], ["pooled"], axes=[1], keepdims=0))
        graph = helper.make_graph(
            g.nodes, "bert",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "length"])],
            [helper.make_tensor_value_info("pooled", TensorProto.FLOAT, [1, self.config["hidden_size"]])],
            list(g.constants.values()))
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def session(folder, intra_threads=1):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = intra_threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(Bert(folder).model().SerializeToString(), options,
                                        providers=["CPUExecutionProvider"])


def pooled(runner, ids):
    return runner.run(["pooled"], {"ids": np.asarray([ids], np.int64)})[0][0]
