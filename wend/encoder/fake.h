// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "wend/encoder/encoder.h"

namespace wend::encoder {

/// An encoder for tests without weights: each token id has a random vector of its own, drawn from
/// the seed, and a text is their mean. Texts that share tokens lie near each other; order does not
/// count.
class FakeEncoder final : public Encoder {
 public:
  explicit FakeEncoder(std::size_t dimension = 16, std::uint64_t seed = 1);

  std::size_t dimension() const override { return dimension_; }

  std::size_t max_tokens() const override { return 512; }

  const std::string& sha256() const override { return sha256_; }

  base::Result<base::Matrix> pooled(std::span<const TokenIds> texts,
                                    std::size_t threads,
                                    base::Progress* progress) const override;

 private:
  std::size_t dimension_;
  std::uint64_t seed_;
  std::string sha256_;
};

}  // namespace wend::encoder
