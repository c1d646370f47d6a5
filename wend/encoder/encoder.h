// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/progress.h"
#include "wend/base/result.h"

namespace wend::encoder {

using TokenIds = std::vector<std::int32_t>;

/// Turns token ids into one vector a text. Immutable and safe from any thread.
class Encoder {
 public:
  virtual ~Encoder() = default;

  virtual std::size_t dimension() const = 0;
  /// Longest sequence it takes, [CLS] and [SEP] included.
  virtual std::size_t max_tokens() const = 0;
  /// SHA-256 of the weights file: what artifacts and caches are tied to.
  virtual const std::string& sha256() const = 0;

  /// texts -> (texts, dimension), mean-pooled and not normalised, in input order. The row of a text does not depend on its neighbours or on
  /// the number of threads (0: all). Fails for an id outside the vocabulary, an empty or a too long sequence. progress may be null.
  virtual base::Result<base::Matrix> pooled(std::span<const TokenIds> texts,
                                            std::size_t threads,
                                            base::Progress* progress) const = 0;
};

/// Loads a BERT of a Hugging Face folder (config.json, model.safetensors), maps its weights and packs them for this processor.
base::Result<std::unique_ptr<Encoder>> load_bert(const std::string& folder);

}  // namespace wend::encoder
