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

  /// texts -> (texts, dimension), mean-pooled and not normalised, in input order. The row of a text
  /// does not depend on its neighbours or on the number of threads (0: all). Fails for an id
  /// outside the vocabulary, an empty or a too long sequence, and once a stop is asked for.
  /// progress, which may be null, is advanced by every text done; starting and finishing its stage
  /// is the caller's.
  virtual base::Result<base::Matrix> pooled(std::span<const TokenIds> texts,
                                            std::size_t threads,
                                            base::Progress* progress) const = 0;
};

struct TokenLimits {
  std::size_t vocabulary = 0;
  std::size_t max_tokens = 0;
};

/// Refuses an empty or too long sequence and an id outside the vocabulary; `text` is its number for
/// the message.
base::Status check_ids(const TokenIds& ids, std::size_t text, const TokenLimits& limits);

/// Loads a BERT of a Hugging Face folder (config.json, model.safetensors), maps its weights and
/// packs them for this processor (WEND_MAX_ISA and
/// DNNL_MAX_CPU_ISA lower what it may use). A folder that is not one of a BERT we compute is
/// refused with the file, key or tensor at fault.
base::Result<std::unique_ptr<Encoder>> load_bert(const std::string& folder);

}  // namespace wend::encoder
