// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "wend/base/parallel.h"
#include "wend/base/random.h"

namespace wend::bench {
namespace {

constexpr std::size_t kDirections = 24;  // Along which tasks and prompts of an area differ.
constexpr double kOwnPart = 0.8;         // Of a task's centre beside its area's.
constexpr double kEverywhere = 0.4;      // Of a prompt's blur, in all dimensions alike.
constexpr std::size_t kChunk = 512;

/// Rows of expected length 1.
base::Matrix random_rows(std::size_t rows, std::size_t columns, base::Random& random) {
  base::Matrix matrix(rows, columns);
  for (float& value : matrix.values()) {
    value = static_cast<float>(random.normal() / std::sqrt(static_cast<double>(columns)));
  }
  return matrix;
}

void scale_to_unit(std::span<float> row) {
  double square = 0;
  for (const float value : row) {
    square += static_cast<double>(value) * static_cast<double>(value);
  }
  for (float& value : row) {
    value = static_cast<float>(static_cast<double>(value) / std::sqrt(square));
  }
}

class Maker {
 public:
  explicit Maker(const WorldOptions& options) : options_(options) {
    base::Random random(base::stage_seed(options.seed, "world"));
    const base::Matrix areas = random_rows(options.areas, options.dimension, random);
    directions_ = random_rows(options.areas * kDirections, options.dimension, random);
    centres_ = base::Matrix(options.tasks, options.dimension);
    levels_ = base::Matrix(options.tasks, options.models);
    base::Matrix area_levels(options.areas, options.models);
    for (float& level : area_levels.values()) {
      level = static_cast<float>(0.7 * options.skill * random.normal());
    }
    for (std::size_t t = 0; t < options.tasks; ++t) {
      const std::size_t area = random.below(options.areas);
      area_of_.push_back(area);
      std::ranges::copy(areas.row(area), centres_.row(t).begin());
      stray(centres_.row(t), area, kOwnPart, random);
      scale_to_unit(centres_.row(t));
      for (std::size_t m = 0; m < options.models; ++m) {
        levels_(t, m) =
            area_levels(area, m) + static_cast<float>(0.7 * options.skill * random.normal());
      }
      const double before = shares_.empty() ? 0 : shares_.back();
      shares_.push_back(before + std::pow(static_cast<double>(t + 1), -options.skew));
    }
  }

  World make() const {
    World world{base::Matrix(options_.prompts, options_.dimension),
                base::Matrix(options_.prompts, options_.models),
                std::vector<std::int32_t>(options_.prompts, -1)};
    const std::size_t chunks = (options_.prompts + kChunk - 1) / kChunk;
    base::parallel_for(chunks, options_.threads, [&](std::size_t chunk, std::size_t) {
      const std::size_t end = std::min(options_.prompts, (chunk + 1) * kChunk);
      for (std::size_t i = chunk * kChunk; i < end; ++i) {
        fill(world, i);
      }
    });
    return world;
  }

 private:
  void fill(World& world, std::size_t i) const {
    // Hashed twice, so that worlds of neighbouring seeds share no prompt.
    base::Random random(base::stage_seed(base::stage_seed(options_.seed, "prompts") + i, "prompt"));
    const bool is_noise = random.uniform() < options_.noise;
    const auto found =
        std::upper_bound(shares_.begin(), shares_.end() - 1, random.uniform() * shares_.back());
    const auto task = static_cast<std::size_t>(found - shares_.begin());
    world.task[i] = is_noise ? -1 : static_cast<std::int32_t>(task);
    place(world.embeddings.row(i), task, is_noise, random);
    const double hardness = random.normal();
    for (std::size_t m = 0; m < options_.models; ++m) {
      const double level =
          is_noise ? options_.skill * random.normal() : static_cast<double>(levels_(task, m));
      const double chance = 1 / (1 + std::exp(hardness - level));
      const double graded = std::clamp(chance + 0.05 * random.normal(), 0.0, 1.0);
      const double right = random.uniform() < chance ? 1 : 0;
      world.qualities(i, m) = static_cast<float>(options_.graded ? graded : right);
    }
  }

  void place(std::span<float> row, std::size_t task, bool is_noise, base::Random& random) const {
    const double along = std::sqrt(1 - kEverywhere * kEverywhere) * options_.blur;
    const double everywhere = is_noise ? 1 : kEverywhere * options_.blur;
    const double per_dimension = everywhere / std::sqrt(static_cast<double>(row.size()));
    for (std::size_t j = 0; j < row.size(); ++j) {
      const auto centre = is_noise ? 0.5F * centres_(task, j) : centres_(task, j);
      row[j] = centre + static_cast<float>(per_dimension * random.normal());
    }
    stray(row, area_of_[task], along, random);
    scale_to_unit(row);
  }

  /// Off along the area's directions by `far` on average.
  void stray(std::span<float> row, std::size_t area, double far, base::Random& random) const {
    for (std::size_t d = 0; d < kDirections; ++d) {
      const auto times =
          static_cast<float>(far * random.normal() / std::sqrt(static_cast<double>(kDirections)));
      const std::span<const float> direction = directions_.row(area * kDirections + d);
      for (std::size_t j = 0; j < row.size(); ++j) {
        row[j] += times * direction[j];
      }
    }
  }

  WorldOptions options_;
  std::vector<std::size_t> area_of_;  // By task.
  base::Matrix centres_;
  base::Matrix directions_;
  base::Matrix levels_;         // Logits of a model at a task's middling prompt.
  std::vector<double> shares_;  // Running sums.
};

}  // namespace

World make_world(const WorldOptions& options) {
  return Maker(options).make();
}

}  // namespace wend::bench
