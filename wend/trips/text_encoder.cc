// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/text_encoder.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "wend/base/parallel.h"
#include "wend/text/routing_text.h"

namespace wend::trips {

using base::Result;

Result<std::string> find_weights(const std::string& folder) {
  std::string weights = folder + "/model.safetensors";
  if (!std::filesystem::exists(weights)) {
    return base::fail(base::Code::kNotFound,
                      "encoder: '{}' is missing; expected a Hugging Face folder of a BERT in "
                      "encoder.path, or run tools/fetch_encoder.sh",
                      weights);
  }
  return weights;
}

Result<std::shared_ptr<const TextEncoder>> TextEncoder::load(const std::string& folder) {
  TRY(find_weights(folder));
  auto encoder = TRY(encoder::load_bert(folder));
  auto tokenizer = TRY(text::WordPiece::load(folder));
  return std::shared_ptr<const TextEncoder>(
      new TextEncoder(std::move(encoder), std::move(tokenizer)));
}

Result<base::Matrix> TextEncoder::pooled(std::span<const std::string* const> texts,
                                         std::size_t threads,
                                         base::Progress* progress) const {
  const std::size_t window = std::min(kRoutingTokens, encoder_->max_tokens());
  std::vector<encoder::TokenIds> ids(texts.size());
  base::parallel_for(texts.size(), threads, [&](std::size_t i, std::size_t) {
    ids[i] = text::routing_ids(tokenizer_, *texts[i], window);
  });
  return encoder_->pooled(ids, threads, progress);
}

}  // namespace wend::trips
