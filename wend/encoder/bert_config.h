// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "wend/base/result.h"

namespace wend::encoder {

/// The shape of a BERT, as its config.json names it (there: hidden_size, num_hidden_layers,
/// num_attention_heads, ...).
struct BertConfig {
  std::size_t hidden = 0;
  std::size_t layers = 0;
  std::size_t heads = 0;
  std::size_t intermediate = 0;
  std::size_t vocabulary = 0;
  std::size_t positions = 0;
  std::size_t token_types = 2;
  float layer_norm_epsilon = 1e-12F;

  std::size_t head_dim() const { return hidden / heads; }
};

/// Reads the text of a config.json; `path` names it in errors. Refuses what our forward pass is
/// not: another model_type than bert, an activation other than exact GELU, relative positions, a
/// hidden size that the heads do not divide.
base::Result<BertConfig> parse_bert_config(std::string_view json, const std::string& path);

}  // namespace wend::encoder
