// SPDX-License-Identifier: Apache-2.0
// Vectors or token ids of texts, as `wend embed` gives them: cut on the right, unlike routing,
// which keeps head and tail.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/encoder/encoder.h"
#include "wend/trips/embeddings.h"

namespace wend::trips {

enum class VectorScale { kUnit, kRaw };

struct EmbedRequest {
  std::size_t max_tokens = 256;
  VectorScale scale = VectorScale::kUnit;
  std::size_t threads = 0;
};

struct EmbeddedTexts {
  base::Matrix vectors;             ///< (texts, dim) in input order.
  std::vector<std::size_t> tokens;  ///< Of each text, after the cut.
  std::size_t truncated = 0;
};

base::Result<EmbeddedTexts> embed_texts(TextEmbedder& embedder,
                                        const std::vector<std::string>& texts,
                                        const EmbedRequest& request,
                                        base::Progress* progress);

struct TokenisedTexts {
  std::vector<encoder::TokenIds> ids;
  std::size_t truncated = 0;
};

/// [CLS] pieces [SEP] of each text, cut at max_tokens (0: never). No forward pass.
base::Result<TokenisedTexts> token_ids(TextEmbedder& embedder,
                                       const std::vector<std::string>& texts,
                                       std::size_t max_tokens,
                                       std::size_t threads);

/// NumPy's .npy image of a float32 matrix, version 1.0, C order.
std::string npy_image(const base::Matrix& matrix);

}  // namespace wend::trips
