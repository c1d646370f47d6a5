// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/encoder/encoder.h"
#include "wend/store/store.h"
#include "wend/text/wordpiece.h"
#include "wend/trips/text_encoder.h"

namespace wend::trips {

struct MissingText;

/// Routing texts to pooled vectors. The weights are hashed at once, since caches and artifacts are
/// tied to them, but loaded only when a vector is really missing: a second run over the same data
/// reads the store alone.
class TextEmbedder {
 public:
  /// Fails where the folder lacks a file of the encoder; says how to fetch it.
  static base::Result<TextEmbedder> open(const std::string& folder);

  /// One more of the same encoder, for who outlives this one; weights that are loaded are shared.
  TextEmbedder another() const;

  const std::string& encoder_sha256() const { return sha256_; }

  /// (texts, dim) pooled vectors in order. Looks into the store first and keeps there what it
  /// computes, also what was computed before a stop; store may be null.
  base::Result<base::Matrix> pooled(const std::vector<std::string>& texts,
                                    store::Store* store,
                                    std::size_t threads,
                                    base::Progress* progress);

  /// The parts, loaded on first use.
  base::Result<const encoder::Encoder*> encoder();
  base::Result<const text::WordPiece*> tokenizer();

 private:
  TextEmbedder(std::string folder, std::string sha256);

  /// Into the rows of `all` that want them, pass by pass; `all` gets its columns from the first.
  base::Status fill_missing(std::span<const MissingText> missing,
                            store::Store* store,
                            std::size_t threads,
                            base::Progress* progress,
                            base::Matrix& all);
  base::Result<base::Matrix> compute_and_keep(std::span<const MissingText> missing,
                                              store::Store* store,
                                              std::size_t threads,
                                              base::Progress* progress);
  base::Result<const TextEncoder*> loaded();

  std::string folder_;
  std::string sha256_;
  std::shared_ptr<const TextEncoder> text_encoder_;  ///< Null until a vector is missing.
  std::optional<text::WordPiece> tokenizer_;         ///< For those who want ids alone.
};

}  // namespace wend::trips
