// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/embed.h"

#include <algorithm>
#include <cstring>

#include "wend/base/parallel.h"
#include "wend/data/training_set.h"
#include "wend/text/routing_text.h"

namespace wend::trips {

using base::Result;

Result<std::vector<encoder::TokenIds>> token_ids(TextEmbedder& embedder,
                                                 const std::vector<std::string>& texts,
                                                 std::size_t max_tokens,
                                                 std::size_t threads) {
  const text::WordPiece& pieces = *TRY(embedder.tokenizer());
  std::vector<encoder::TokenIds> ids(texts.size());
  base::parallel_for(texts.size(), threads, [&](std::size_t i, std::size_t) {
    ids[i] = text::right_cut_ids(pieces, texts[i], max_tokens);
  });
  return ids;
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
  std::vector<encoder::TokenIds> ids = TRY(token_ids(embedder, texts, 0, request.threads));
  EmbeddedTexts embedded;
  const std::int32_t sep = TRY(embedder.tokenizer())->sep_id();
  for (encoder::TokenIds& one : ids) {
    if (one.size() > request.max_tokens) {
      one.resize(request.max_tokens);
      one.back() = sep;
      ++embedded.truncated;
    }
    embedded.tokens.push_back(one.size());
  }
  if (progress != nullptr) {
    progress->start("vectors of texts", texts.size());
  }
  embedded.vectors = TRY(bert.pooled(ids, request.threads, progress));
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
