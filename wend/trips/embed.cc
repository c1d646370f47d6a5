// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/embed.h"

#include <algorithm>
#include <cstring>

#include "wend/base/parallel.h"
#include "wend/data/training_set.h"
#include "wend/text/routing_text.h"

namespace wend::trips {

using base::Result;

Result<TokenisedTexts> token_ids(TextEmbedder& embedder,
                                 const std::vector<std::string>& texts,
                                 std::size_t max_tokens,
                                 std::size_t threads) {
  const text::WordPiece& pieces = *TRY(embedder.tokenizer());
  TokenisedTexts tokenised;
  tokenised.ids.resize(texts.size());
  base::parallel_for(texts.size(), threads, [&](std::size_t i, std::size_t) {
    tokenised.ids[i] = text::whole_ids(pieces, texts[i]);
  });
  for (encoder::TokenIds& ids : tokenised.ids) {
    tokenised.truncated += text::cut_right(ids, max_tokens) ? 1 : 0;
  }
  return tokenised;
}

Result<EmbeddedTexts> embed_texts(TextEmbedder& embedder,
                                  const std::vector<std::string>& texts,
                                  const EmbedRequest& request,
                                  base::Progress* progress) {
  const encoder::Encoder& bert = *TRY(embedder.encoder());
  if (request.max_tokens > bert.max_tokens()) {
    return base::fail(base::Code::kInvalidArgument,
                      "--max-tokens {}: this encoder takes at most {}",
                      request.max_tokens,
                      bert.max_tokens());
  }
  const TokenisedTexts tokenised =
      TRY(token_ids(embedder, texts, request.max_tokens, request.threads));
  EmbeddedTexts embedded;
  embedded.truncated = tokenised.truncated;
  for (const encoder::TokenIds& ids : tokenised.ids) {
    embedded.tokens.push_back(ids.size());
  }
  if (progress != nullptr) {
    progress->start("vectors of texts", texts.size());
  }
  embedded.vectors = TRY(bert.pooled(tokenised.ids, request.threads, progress));
  if (progress != nullptr) {
    progress->finish();
  }
  if (request.scale == VectorScale::kUnit) {
    embedded.vectors = std::move(data::Embeddings::from_pooled(embedded.vectors).unit);
  }
  return embedded;
}

std::string npy_image(const base::Matrix& matrix) {
  std::string header =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}",
                  matrix.rows(),
                  matrix.columns());
  static constexpr std::size_t kPreamble = 10;
  static constexpr std::size_t kAlignment = 64;
  header.append(kAlignment - (kPreamble + header.size() + 1) % kAlignment, ' ');
  header += '\n';
  std::string image("\x93NUMPY\x01\x00", 8);
  image += static_cast<char>(header.size() & 0xFFU);
  image += static_cast<char>(header.size() >> 8U);
  image += header;
  image.append(reinterpret_cast<const char*>(matrix.data()), matrix.values().size_bytes());
  return image;
}

}  // namespace wend::trips
