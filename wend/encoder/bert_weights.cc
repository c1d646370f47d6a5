// SPDX-License-Identifier: Apache-2.0
#include "wend/encoder/bert_weights.h"

#include <cstdint>
#include <utility>

namespace wend::encoder {
namespace {

struct Names {
  const ml::TensorMap& tensors;
  std::string prefix;

  base::Result<std::span<const float>> matrix(const std::string& name,
                                              std::size_t rows,
                                              std::size_t columns) const {
    const ml::Tensor tensor = TRY(tensors.get(
        prefix + name, {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(columns)}));
    return tensor.values();
  }

  base::Result<std::span<const float>> vector(const std::string& name, std::size_t size) const {
    const ml::Tensor tensor = TRY(tensors.get(prefix + name, {static_cast<std::int64_t>(size)}));
    return tensor.values();
  }

  base::Result<NormView> norm(const std::string& name, std::size_t size) const {
    return NormView{TRY(vector(name + ".weight", size)), TRY(vector(name + ".bias", size))};
  }

  base::Result<ml::LinearView> linear(const std::string& name,
                                      std::size_t inputs,
                                      std::size_t outputs) const {
    return ml::LinearView{TRY(matrix(name + ".weight", outputs, inputs)),
                          TRY(vector(name + ".bias", outputs)),
                          inputs,
                          outputs};
  }

  base::Result<BertLayerView> layer(const BertConfig& config, std::size_t index) const {
    const std::string at = fmt::format("encoder.layer.{}.", index);
    const std::size_t hidden = config.hidden;
    BertLayerView view;
    view.query = TRY(linear(at + "attention.self.query", hidden, hidden));
    view.key = TRY(linear(at + "attention.self.key", hidden, hidden));
    view.value = TRY(linear(at + "attention.self.value", hidden, hidden));
    view.attention_output = TRY(linear(at + "attention.output.dense", hidden, hidden));
    view.attention_norm = TRY(norm(at + "attention.output.LayerNorm", hidden));
    view.intermediate = TRY(linear(at + "intermediate.dense", hidden, config.intermediate));
    view.output = TRY(linear(at + "output.dense", config.intermediate, hidden));
    view.output_norm = TRY(norm(at + "output.LayerNorm", hidden));
    return view;
  }
};

}  // namespace

base::Result<BertWeights> find_bert_weights(const BertConfig& config, ml::TensorMap tensors) {
  BertWeights weights;
  weights.config = config;
  weights.tensors = std::move(tensors);
  const bool prefixed = weights.tensors.has("bert.embeddings.word_embeddings.weight");
  const Names names{weights.tensors, prefixed ? "bert." : ""};
  const std::size_t hidden = config.hidden;
  weights.words = TRY(names.matrix("embeddings.word_embeddings.weight", config.vocabulary, hidden));
  weights.positions =
      TRY(names.matrix("embeddings.position_embeddings.weight", config.positions, hidden));
  weights.token_types =
      TRY(names.matrix("embeddings.token_type_embeddings.weight", config.token_types, hidden));
  weights.embedding_norm = TRY(names.norm("embeddings.LayerNorm", hidden));
  for (std::size_t index = 0; index < config.layers; ++index) {
    weights.layers.push_back(TRY(names.layer(config, index)));
  }
  return weights;
}

}  // namespace wend::encoder
