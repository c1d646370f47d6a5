// SPDX-License-Identifier: Apache-2.0
#include "wend/ml/kmeans.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>

#include "wend/base/check.h"
#include "wend/base/parallel.h"
#include "wend/base/random.h"
#include "wend/base/stop.h"
#include "wend/ml/matmul.h"
#include "wend/ml/neighbours.h"

namespace wend::ml {
namespace {

constexpr std::size_t kBlock = PackedLinear::kMaxRows;

/// Sums in lanes, so that the compiler may add several at once. 0 for equal rows alone, which the
/// difference of inner products would not be.
double square_distance(std::span<const float> a, std::span<const float> b) {
  constexpr std::size_t kLanes = 16;
  std::array<float, kLanes> lanes = {};
  std::size_t j = 0;
  for (; j + kLanes <= a.size(); j += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float difference = a[j + lane] - b[j + lane];
      lanes[lane] += difference * difference;
    }
  }
  for (; j < a.size(); ++j) {
    lanes[j % kLanes] += (a[j] - b[j]) * (a[j] - b[j]);
  }
  return std::accumulate(lanes.begin(), lanes.end(), 0.0);
}

class Clustering {
 public:
  Clustering(const base::Matrix& points, const KmeansOptions& options)
      : points_(points),
        options_(options),
        threads_(options.threads == 0 ? base::available_threads() : options.threads),
        squares_(points.rows()) {
    for_each_point(
        [&](std::size_t i) { squares_[i] = inner_product(points_.row(i), points_.row(i)); });
  }

  base::Result<Kmeans> best() {
    Kmeans best;
    best.inertia = std::numeric_limits<double>::infinity();
    const auto restarts = static_cast<std::size_t>(options_.restarts);
    if (options_.progress != nullptr) {
      options_.progress->start("k-means", restarts * steps_of_restart());
    }
    for (int restart = 0; restart < options_.restarts; ++restart) {
      // Hashed twice, so that a restart's draws are not those of the next seed's.
      const std::uint64_t seed = base::stage_seed(options_.seed, "kmeans");
      base::Random random(base::stage_seed(seed + static_cast<std::uint64_t>(restart), "restart"));
      steps_left_ = steps_of_restart();
      base::Matrix centres = TRY(seeds(random));
      Kmeans found = TRY(from_seeds(std::move(centres)));
      advance(steps_left_);
      if (found.inertia < best.inertia) {
        best = std::move(found);
      }
    }
    if (options_.progress != nullptr) {
      options_.progress->finish();
    }
    return best;
  }

 private:
  /// A seed is a step, and so is an iteration; what was not needed is passed at the end.
  std::size_t steps_of_restart() const {
    return options_.clusters + static_cast<std::size_t>(options_.iterations);
  }

  void advance(std::size_t steps) {
    steps_left_ -= steps;
    if (options_.progress != nullptr) {
      options_.progress->advance(steps);
    }
  }

  /// Calls work(i) for each point, a block at a time.
  template <class Work>
  void for_each_point(const Work& work) const {
    const std::size_t count = points_.rows();
    base::parallel_for((count + kBlock - 1) / kBlock, threads_, [&](std::size_t b, std::size_t) {
      for (std::size_t i = b * kBlock; i < std::min(count, (b + 1) * kBlock); ++i) {
        work(i);
      }
    });
  }

  /// Each is, of a few points drawn with a chance as of their squared distance to those before, the
  /// one that leaves the least distance (greedy k-means++), until no point differs from a seed.
  base::Result<base::Matrix> seeds(base::Random& random) {
    const auto tries =
        2 + static_cast<std::size_t>(std::log(static_cast<double>(options_.clusters)));
    std::vector<std::size_t> chosen = {random.below(points_.rows())};
    std::vector<double> distance(points_.rows(), std::numeric_limits<double>::infinity());
    distance = with_seed(distance, chosen.front());
    for (double total = sum(distance); total > 0 && chosen.size() < options_.clusters;) {
      const std::vector<double> before = distance;
      chosen.push_back(0);
      total = std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < tries; ++i) {
        TRY(base::check_stop());
        const std::size_t point = draw(before, random.uniform() * sum(before));
        std::vector<double> after = with_seed(before, point);
        if (const double left = sum(after); left < total) {
          total = left;
          chosen.back() = point;
          distance = std::move(after);
        }
      }
      advance(1);
    }
    base::Matrix centres(chosen.size(), points_.columns());
    for (std::size_t c = 0; c < chosen.size(); ++c) {
      std::ranges::copy(points_.row(chosen[c]), centres.row(c).begin());
    }
    return centres;
  }

  /// The squared distances to the nearest seed, once that point is one.
  std::vector<double> with_seed(const std::vector<double>& distance, std::size_t seed) const {
    std::vector<double> after(distance.size());
    for_each_point([&](std::size_t i) {
      after[i] = std::min(distance[i], square_distance(points_.row(i), points_.row(seed)));
    });
    return after;
  }

  static double sum(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
  }

  /// Never one of weight 0.
  static std::size_t draw(const std::vector<double>& weights, double place) {
    std::size_t last = 0;
    double passed = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] > 0) {
        last = i;
        passed += weights[i];
        if (passed > place) {
          break;
        }
      }
    }
    return last;
  }

  base::Result<Kmeans> from_seeds(base::Matrix centres) {
    Kmeans found;
    found.centres = std::move(centres);
    while (found.iterations < options_.iterations) {
      ++found.iterations;
      advance(1);
      std::vector<std::uint32_t> before = TRY(assign(found.centres));
      std::swap(before, found.cluster);
      if (before == found.cluster) {
        break;
      }
      move_centres(found);
    }
    std::vector<double> distances(points_.rows());
    for_each_point([&](std::size_t i) {
      distances[i] = square_distance(points_.row(i), found.centres.row(found.cluster[i]));
    });
    found.inertia = sum(distances);
    return found;
  }

  /// The nearest centre of each point, of equals the first. |x - c|^2 = |x|^2 - 2 (x c - |c|^2 /
  /// 2), and what stands in brackets is one product with a bias.
  base::Result<std::vector<std::uint32_t>> assign(const base::Matrix& centres) const {
    std::vector<float> bias;
    for (std::size_t c = 0; c < centres.rows(); ++c) {
      bias.push_back(-inner_product(centres.row(c), centres.row(c)) / 2);
    }
    const PackedLinear product =
        TRY(PackedLinear::pack({centres.values(), bias, centres.columns(), centres.rows()}));
    std::vector<std::uint32_t> cluster(points_.rows());
    std::vector<float> distance(points_.rows());
    std::vector<base::Matrix> from(threads_, base::Matrix(kBlock, centres.columns()));
    std::vector<base::Matrix> to(threads_, base::Matrix(kBlock, centres.rows()));
    const std::size_t blocks = (points_.rows() + kBlock - 1) / kBlock;
    base::parallel_for(blocks, threads_, [&](std::size_t block, std::size_t worker) {
      if (!base::check_stop()) {
        return;
      }
      const std::size_t first = block * kBlock;
      const std::size_t count = std::min(kBlock, points_.rows() - first);
      const std::size_t columns = points_.columns();
      std::ranges::copy(points_.values().subspan(first * columns, count * columns),
                        from[worker].data());
      product.apply(count, from[worker].data(), to[worker].data());
      for (std::size_t i = 0; i < count; ++i) {
        const std::span<const float> scores = to[worker].row(i);
        const auto best = std::ranges::max_element(scores);
        cluster[first + i] = static_cast<std::uint32_t>(best - scores.begin());
        distance[first + i] = squares_[first + i] - 2 * *best;
      }
    });
    TRY(base::check_stop());
    fill_empty(centres.rows(), distance, cluster);
    return cluster;
  }

  /// An empty cluster takes the point that is farthest from its centre and not alone there.
  static void fill_empty(std::size_t clusters,
                         const std::vector<float>& distance,
                         std::vector<std::uint32_t>& cluster) {
    std::vector<std::size_t> size(clusters);
    for (const std::uint32_t c : cluster) {
      ++size[c];
    }
    if (std::ranges::count(size, 0U) == 0) {
      return;
    }
    std::vector<std::size_t> farthest(cluster.size());
    std::iota(farthest.begin(), farthest.end(), 0);
    std::ranges::stable_sort(
        farthest, [&](std::size_t a, std::size_t b) { return distance[a] > distance[b]; });
    auto next = farthest.begin();
    for (std::size_t c = 0; c < clusters; ++c) {
      if (size[c] == 0) {
        next = std::find_if(
            next, farthest.end(), [&](std::size_t point) { return size[cluster[point]] > 1; });
        --size[cluster[*next]];
        cluster[*next++] = static_cast<std::uint32_t>(c);
        size[c] = 1;
      }
    }
  }

  void move_centres(Kmeans& found) const {
    std::vector<std::vector<std::uint32_t>> members(found.centres.rows());
    for (std::size_t i = 0; i < found.cluster.size(); ++i) {
      members[found.cluster[i]].push_back(static_cast<std::uint32_t>(i));
    }
    base::parallel_for(members.size(), threads_, [&](std::size_t c, std::size_t) {
      std::vector<double> sums(points_.columns());
      for (const std::uint32_t point : members[c]) {
        const std::span<const float> row = points_.row(point);
        for (std::size_t j = 0; j < sums.size(); ++j) {
          sums[j] += static_cast<double>(row[j]);
        }
      }
      for (std::size_t j = 0; j < sums.size(); ++j) {
        found.centres(c, j) = static_cast<float>(sums[j] / static_cast<double>(members[c].size()));
      }
    });
  }

  const base::Matrix& points_;
  KmeansOptions options_;
  std::size_t threads_;
  std::size_t steps_left_ = 0;
  std::vector<float> squares_;
};

}  // namespace

base::Result<Kmeans> kmeans(const base::Matrix& points, const KmeansOptions& options) {
  CHECK(options.clusters > 0 && options.restarts > 0 && options.iterations > 0,
        "{} clusters, {} restarts, {} iterations",
        options.clusters,
        options.restarts,
        options.iterations);
  if (points.rows() == 0) {
    return Kmeans{base::Matrix(0, points.columns()), {}, 0, 0};
  }
  return Clustering(points, options).best();
}

}  // namespace wend::ml
