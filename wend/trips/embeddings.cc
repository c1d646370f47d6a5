// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/embeddings.h"

#include <algorithm>
#include <map>

#include "wend/base/hash.h"
#include "wend/base/parallel.h"

namespace wend::trips {

using base::Result;

/// A text whose vector is not at hand, with the rows that want it.
struct MissingText {
  const std::string* text;
  std::string hash;
  std::vector<std::size_t> rows;
};

namespace {

/// Texts of one pass; each pass is kept in the store before the next, so that a long run that is
/// stopped loses little.
constexpr std::size_t kTextsAtOnce = 512;

/// What cached vectors are keyed by beside the text: other weights or another window are other
/// vectors.
std::string cache_version(const std::string& sha256) {
  return fmt::format("{}:routing:{}", sha256, kRoutingTokens);
}

std::vector<std::string> hashes_of(const std::vector<std::string>& texts, std::size_t threads) {
  std::vector<std::string> hashes(texts.size());
  base::parallel_for(texts.size(), threads, [&](std::size_t i, std::size_t) {
    hashes[i] = base::sha256_hex(texts[i]);
  });
  return hashes;
}

/// Each once, in the order of their first rows.
std::vector<MissingText> collect_missing(const std::vector<std::string>& texts,
                                         const std::vector<std::string>& hashes,
                                         const std::vector<bool>& found) {
  std::vector<MissingText> missing;
  std::map<std::string_view, std::size_t> place;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!found.empty() && found[i]) {
      continue;
    }
    const auto [entry, is_new] = place.emplace(hashes[i], missing.size());
    if (is_new) {
      missing.push_back({&texts[i], hashes[i], {}});
    }
    missing[entry->second].rows.push_back(i);
  }
  return missing;
}

}  // namespace

TextEmbedder::TextEmbedder(std::string folder, std::string sha256)
    : folder_(std::move(folder)), sha256_(std::move(sha256)) {}

Result<TextEmbedder> TextEmbedder::open(const std::string& folder) {
  const std::string weights = TRY(find_weights(folder));
  return TextEmbedder(folder, TRY(base::sha256_hex_of_file(weights)));
}

TextEmbedder TextEmbedder::another() const {
  TextEmbedder same(folder_, sha256_);
  same.text_encoder_ = text_encoder_;
  return same;
}

Result<const TextEncoder*> TextEmbedder::loaded() {
  if (!text_encoder_) {
    text_encoder_ = TRY(TextEncoder::load(folder_));
  }
  return text_encoder_.get();
}

Result<const encoder::Encoder*> TextEmbedder::encoder() {
  return &TRY(loaded())->encoder();
}

Result<const text::WordPiece*> TextEmbedder::tokenizer() {
  if (text_encoder_) {
    return &text_encoder_->tokenizer();
  }
  if (!tokenizer_) {
    tokenizer_ = TRY(text::WordPiece::load(folder_));
  }
  return &*tokenizer_;
}

Result<base::Matrix> TextEmbedder::compute_and_keep(std::span<const MissingText> missing,
                                                    store::Store* store,
                                                    std::size_t threads,
                                                    base::Progress* progress) {
  std::vector<const std::string*> texts;
  std::vector<std::string> hashes;
  for (const MissingText& one : missing) {
    texts.push_back(one.text);
    hashes.push_back(one.hash);
  }
  const TextEncoder* const text_encoder = TRY(loaded());
  base::Matrix vectors = TRY(text_encoder->pooled(texts, threads, progress));
  if (store != nullptr) {
    TRY(store->put_vectors(cache_version(sha256_), hashes, vectors));
  }
  return vectors;
}

base::Status TextEmbedder::fill_missing(std::span<const MissingText> missing,
                                        store::Store* store,
                                        std::size_t threads,
                                        base::Progress* progress,
                                        base::Matrix& all) {
  for (std::size_t begin = 0; begin < missing.size(); begin += kTextsAtOnce) {
    const auto part = missing.subspan(begin, std::min(kTextsAtOnce, missing.size() - begin));
    const base::Matrix vectors = TRY(compute_and_keep(part, store, threads, progress));
    if (all.columns() == 0) {
      all = base::Matrix(all.rows(), vectors.columns());
    }
    for (std::size_t i = 0; i < part.size(); ++i) {
      for (const std::size_t row : part[i].rows) {
        std::ranges::copy(vectors.row(i), all.row(row).begin());
      }
    }
  }
  return {};
}

Result<base::Matrix> TextEmbedder::pooled(const std::vector<std::string>& texts,
                                          store::Store* store,
                                          std::size_t threads,
                                          base::Progress* progress) {
  const std::vector<std::string> hashes = hashes_of(texts, threads);
  store::Store::CachedVectors cached;
  if (store != nullptr) {
    cached = TRY(store->find_vectors(cache_version(sha256_), hashes));
  }
  const std::vector<MissingText> missing = collect_missing(texts, hashes, cached.found);
  if (missing.empty()) {
    return std::move(cached.vectors);
  }
  if (progress != nullptr) {
    progress->start("vectors of texts", missing.size());
  }
  base::Matrix all =
      cached.vectors.empty() ? base::Matrix(texts.size(), 0) : std::move(cached.vectors);
  TRY(fill_missing(missing, store, threads, progress, all));
  if (progress != nullptr) {
    progress->finish();
  }
  return all;
}

}  // namespace wend::trips
