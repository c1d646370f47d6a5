// SPDX-License-Identifier: Apache-2.0
#include "wend/encoder/fake.h"

#include "wend/base/hash.h"
#include "wend/base/random.h"

namespace wend::encoder {

FakeEncoder::FakeEncoder(std::size_t dimension, std::uint64_t seed)
    : dimension_(dimension),
      seed_(seed),
      sha256_(base::sha256_hex(fmt::format("fake {} {}", dimension, seed))) {}

base::Result<base::Matrix> FakeEncoder::pooled(std::span<const TokenIds> texts,
                                               std::size_t,
                                               base::Progress* progress) const {
  constexpr TokenLimits kLimits{.vocabulary = 1U << 20U, .max_tokens = 512};
  base::Matrix vectors(texts.size(), dimension_);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    TRY(check_ids(texts[i], i, kLimits));
    for (const std::int32_t id : texts[i]) {
      base::Random random(seed_ * 0x100000001B3ULL + static_cast<std::uint64_t>(id));
      for (float& value : vectors.row(i)) {
        value += static_cast<float>(random.normal() / static_cast<double>(texts[i].size()));
      }
    }
    if (progress != nullptr) {
      progress->advance(1);
    }
  }
  return vectors;
}

}  // namespace wend::encoder
