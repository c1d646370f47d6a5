// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "wend/base/matrix.h"
#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/encoder/encoder.h"
#include "wend/text/wordpiece.h"

namespace wend::trips {

/// The encoder's longest routing window, [CLS] and [SEP] included (algorithms.md 9.2:
/// sentence-transformers' own limit).
inline constexpr std::size_t kRoutingTokens = 256;

/// Routing text to pooled vector: tokenizer and encoder, loaded. Immutable and safe from any
/// thread.
class TextEncoder {
 public:
  /// Fails where the folder lacks a file of the encoder; says how to fetch it.
  static base::Result<std::shared_ptr<const TextEncoder>> load(const std::string& folder);

  const std::string& sha256() const { return encoder_->sha256(); }

  const encoder::Encoder& encoder() const { return *encoder_; }

  const text::WordPiece& tokenizer() const { return tokenizer_; }

  /// (texts, dim) pooled vectors in order; progress may be null.
  base::Result<base::Matrix> pooled(std::span<const std::string* const> texts,
                                    std::size_t threads,
                                    base::Progress* progress) const;

 private:
  TextEncoder(std::unique_ptr<encoder::Encoder> encoder, text::WordPiece tokenizer)
      : encoder_(std::move(encoder)), tokenizer_(std::move(tokenizer)) {}

  std::unique_ptr<const encoder::Encoder> encoder_;
  text::WordPiece tokenizer_;
};

/// Fails where `folder` holds no encoder's weights; says how to fetch them. The weights' path.
base::Result<std::string> find_weights(const std::string& folder);

}  // namespace wend::trips
