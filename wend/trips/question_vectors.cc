// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/question_vectors.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "wend/text/routing_text.h"

namespace wend::trips {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

/// Puts a vector's direction into a place; a vector of nothing stays one.
void put_unit(std::span<const float> from, std::span<float> to) {
  const double square = std::inner_product(from.begin(), from.end(), from.begin(), 0.0);
  const double length = square > 0 ? std::sqrt(square) : 1;
  std::ranges::transform(from, to.begin(), [&](float value) {
    return static_cast<float>(static_cast<double>(value) / length);
  });
}

}  // namespace

base::Result<std::string> question_alone(const std::string& text, TextEmbedder& embedder) {
  if (text.size() <= kRoutingTokens) {
    return text;  // A token has a byte at least.
  }
  const text::WordPiece* const tokenizer = TRY(embedder.tokenizer());
  if (text::whole_ids(*tokenizer, text).size() <= kRoutingTokens) {
    return text;
  }
  const std::size_t begin = text.find_first_not_of(kSpaces);
  const std::size_t end = text.find_last_not_of(kSpaces) + 1;
  const std::string first = text.substr(begin, std::min(text.find('\n', begin), end) - begin);
  const std::size_t last_break = text.rfind('\n', end - 1);
  const std::size_t last = last_break == std::string::npos ? begin : last_break + 1;
  return end - last < first.size() ? text.substr(last, end - last) : first;
}

base::Result<base::Matrix> question_vectors(const std::vector<std::string>& texts,
                                            TextEmbedder& embedder,
                                            store::Store* store,
                                            std::size_t threads,
                                            base::Progress* progress) {
  std::vector<std::string> alone;
  alone.reserve(texts.size());
  for (const std::string& text : texts) {
    alone.push_back(TRY(question_alone(text, embedder)));
  }
  const base::Matrix whole = TRY(embedder.pooled(texts, store, threads, progress));
  const base::Matrix parts =
      alone == texts ? whole : TRY(embedder.pooled(alone, store, threads, progress));
  base::Matrix both(texts.size(), 2 * whole.columns());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    put_unit(whole.row(i), both.row(i).first(whole.columns()));
    put_unit(parts.row(i), both.row(i).last(whole.columns()));
  }
  return both;
}

}  // namespace wend::trips
