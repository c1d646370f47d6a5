// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/encoder/bert_config.h"
#include "wend/ml/matmul.h"
#include "wend/ml/tensor.h"

namespace wend::encoder {

struct NormView {
  std::span<const float> gamma;  ///< (hidden)
  std::span<const float> beta;   ///< (hidden)
};

struct BertLayerView {
  ml::LinearView query;
  ml::LinearView key;
  ml::LinearView value;
  ml::LinearView attention_output;
  NormView attention_norm;
  ml::LinearView intermediate;
  ml::LinearView output;
  NormView output_norm;
};

/// A BERT's weights by meaning: views of the tensors, which it keeps alive.
struct BertWeights {
  BertConfig config;
  std::span<const float> words;        ///< (vocabulary, hidden)
  std::span<const float> positions;    ///< (positions, hidden)
  std::span<const float> token_types;  ///< (token_types, hidden)
  NormView embedding_norm;
  std::vector<BertLayerView> layers;
  ml::TensorMap tensors;
};

/// Finds the tensors of a Hugging Face BERT, named with or without "bert." in front; others
/// (pooler, position ids) are passed over. Fails for a tensor that is missing or of another shape
/// than the config says, by name.
base::Result<BertWeights> find_bert_weights(const BertConfig& config, ml::TensorMap tensors);

}  // namespace wend::encoder
