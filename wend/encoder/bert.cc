// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include "wend/base/file.h"
#include "wend/base/hash.h"
#include "wend/base/parallel.h"
#include "wend/base/stop.h"
#include "wend/encoder/bert_forward.h"
#include "wend/encoder/bert_weights.h"
#include "wend/encoder/encoder.h"
#include "wend/encoder/tiles.h"
#include "wend/ml/safetensors.h"

namespace wend::encoder {
namespace {

using base::Code;
using base::fail;

// Rows of a tile in bulk work: enough to keep the products near their peak, few enough for the
// second-level cache.
constexpr std::size_t kTileRows = 128;

/// Scratches that wait for the next call, so that a stream of short prompts allocates nothing.
class ScratchPool {
 public:
  std::unique_ptr<BertScratch> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) {
      return std::make_unique<BertScratch>();
    }
    auto scratch = std::move(idle_.back());
    idle_.pop_back();
    return scratch;
  }

  void give_back(std::unique_ptr<BertScratch> scratch) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(scratch));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<BertScratch>> idle_;
};

class Bert final : public Encoder {
 public:
  Bert(std::unique_ptr<const BertWeights> weights, BertForward forward, std::string sha256)
      : weights_(std::move(weights)), forward_(std::move(forward)), sha256_(std::move(sha256)) {}

  std::size_t dimension() const override { return weights_->config.hidden; }

  std::size_t max_tokens() const override { return weights_->config.positions; }

  const std::string& sha256() const override { return sha256_; }

  base::Result<base::Matrix> pooled(std::span<const TokenIds> texts,
                                    std::size_t threads,
                                    base::Progress* progress) const override;

 private:
  void run_tile(const Tile& tile,
                std::span<const TokenIds> texts,
                BertScratch& scratch,
                base::Matrix& vectors) const;

  std::unique_ptr<const BertWeights> weights_;
  BertForward forward_;
  std::string sha256_;
  mutable ScratchPool scratches_;
};

void Bert::run_tile(const Tile& tile,
                    std::span<const TokenIds> texts,
                    BertScratch& scratch,
                    base::Matrix& vectors) const {
  std::vector<std::span<const std::int32_t>> sequences;
  std::vector<float*> out;
  for (const std::size_t text : tile) {
    sequences.emplace_back(texts[text]);
    out.push_back(vectors.row(text).data());
  }
  forward_.pooled(sequences, scratch, out);
}

// Few texts are spread over all threads; many fill whole tiles.
std::size_t tile_rows(std::span<const std::size_t> lengths, std::size_t threads) {
  std::size_t total = 0;
  for (const std::size_t length : lengths) {
    total += length;
  }
  return std::min(kTileRows, (total + threads - 1) / threads);
}

base::Result<base::Matrix> Bert::pooled(std::span<const TokenIds> texts,
                                        std::size_t threads,
                                        base::Progress* progress) const {
  const TokenLimits limits{weights_->config.vocabulary, weights_->config.positions};
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    TRY(check_ids(texts[i], i, limits));
    lengths.push_back(texts[i].size());
  }
  threads = threads == 0 ? base::available_threads() : threads;
  const std::vector<Tile> tiles = plan_tiles(lengths, tile_rows(lengths, threads));
  std::vector<std::unique_ptr<BertScratch>> scratches(std::min(threads, tiles.size()));
  std::generate(scratches.begin(), scratches.end(), [&] { return scratches_.take(); });
  base::Matrix vectors(texts.size(), dimension());
  base::parallel_for(tiles.size(), threads, [&](std::size_t tile, std::size_t worker) {
    if (!base::check_stop()) {
      return;
    }
    run_tile(tiles[tile], texts, *scratches[worker], vectors);
    if (progress != nullptr) {
      progress->advance(tiles[tile].size());
    }
  });
  for (auto& scratch : scratches) {
    scratches_.give_back(std::move(scratch));
  }
  TRY(base::check_stop());
  return vectors;
}

// A value whose exponent bits are all set is an infinity or no number.
bool all_finite(std::span<const float> values) {
  constexpr std::uint32_t kExponent = 0x7F800000U;
  std::uint32_t bad = 0;
  for (const float value : values) {
    bad |=
        static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent);
  }
  return bad == 0;
}

base::Status check_finite(const ml::TensorMap& tensors) {
  for (const auto& [name, tensor] : tensors.all()) {
    if (!all_finite(tensor.values())) {
      return fail(Code::kInvalidArgument, "tensor '{}' holds an infinity or NaN", name);
    }
  }
  return {};
}

struct LoadedWeights {
  std::shared_ptr<const base::MappedFile> file;
  std::unique_ptr<const BertWeights> weights;
};

base::Result<LoadedWeights> map_weights(const BertConfig& config, const std::string& path) {
  const auto file = TRY(base::MappedFile::open(path));
  auto tensors = ml::parse_safetensors(file->bytes(), file);
  if (!tensors) {
    return base::pass_on(std::move(tensors), fmt::format("'{}'", path));
  }
  auto weights = find_bert_weights(config, *std::move(tensors));
  if (!weights) {
    return base::pass_on(std::move(weights), fmt::format("'{}'", path));
  }
  return LoadedWeights{file, std::make_unique<const BertWeights>(*std::move(weights))};
}

}  // namespace

base::Result<std::unique_ptr<Encoder>> load_bert(const std::string& folder) {
  const std::string config_path = folder + "/config.json";
  const std::string weights_path = folder + "/model.safetensors";
  const ml::Isa isa = TRY(ml::usable_isa());
  const std::string json = TRY(base::read_file(config_path));
  const BertConfig config = TRY(parse_bert_config(json, config_path));
  LoadedWeights loaded = TRY(map_weights(config, weights_path));
  std::string sha256;
  base::Status finite;
  std::optional<base::Result<BertForward>> forward;
  // Reading every byte for the checksum and packing take about as long: side by side.
  base::parallel_for(2, 2, [&](std::size_t item, std::size_t) {
    if (item == 0) {
      forward = BertForward::pack(*loaded.weights, isa);
    } else {
      sha256 = base::sha256_hex(loaded.file->bytes());
      finite = check_finite(loaded.weights->tensors);
    }
  });
  if (!finite) {
    return base::pass_on(std::move(finite), fmt::format("'{}'", weights_path));
  }
  return std::make_unique<Bert>(
      std::move(loaded.weights), TRY(*std::move(forward)), std::move(sha256));
}

}  // namespace wend::encoder
