// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <exception>
#include <mutex>
#include <span>
#include <vector>

// Its prefetches read one link behind a list's end (AddressSanitizer says so), and its distances
// are not used here.
#define NO_MANUAL_VECTORIZATION  // NOLINT(readability-identifier-naming): the library's word.
#include <hnswlib/hnswlib.h>

#include "wend/base/parallel.h"
#include "wend/base/stop.h"
#include "wend/ml/neighbours_all.h"

namespace wend::ml {
namespace {

using Index = hnswlib::HierarchicalNSW<float>;

/// hnswlib's own spaces take the instructions they are compiled for; inner_product() takes the
/// processor's.
class InnerProducts : public hnswlib::SpaceInterface<float> {
 public:
  explicit InnerProducts(std::size_t dimension) : dimension_(dimension) {}

  std::size_t get_data_size() override { return dimension_ * sizeof(float); }

  hnswlib::DISTFUNC<float> get_dist_func() override {
    return [](const void* a, const void* b, const void* dimension) {
      const std::size_t n = *static_cast<const std::size_t*>(dimension);
      return 1 -
             inner_product({static_cast<const float*>(a), n}, {static_cast<const float*>(b), n});
    };
  }

  void* get_dist_func_param() override { return &dimension_; }

 private:
  std::size_t dimension_;
};

/// The graph finds no point that its links do not lead to, and so may give fewer than asked; what
/// is missing is filled from the first points.
void fill_row(const Index& index,
              const base::Matrix& points,
              std::size_t i,
              NeighbourTable& table) {
  const std::span<Neighbour> row = table.row(i);
  auto found = index.searchKnn(points.row(i).data(), row.size() + 1);
  std::vector<Neighbour> nearest;
  for (; !found.empty(); found.pop()) {
    const auto point = static_cast<std::uint32_t>(found.top().second);
    if (point != i) {
      nearest.push_back({point, inner_product(points.row(i), points.row(point))});
    }
  }
  for (std::uint32_t point = 0; nearest.size() < row.size(); ++point) {
    const bool known = std::any_of(nearest.begin(), nearest.end(), [&](const Neighbour& other) {
      return other.point == point;
    });
    if (point != i && !known) {
      nearest.push_back({point, inner_product(points.row(i), points.row(point))});
    }
  }
  std::sort(nearest.begin(), nearest.end(), [](const Neighbour& a, const Neighbour& b) {
    return a.similarity != b.similarity ? a.similarity > b.similarity : a.point < b.point;
  });
  std::copy_n(nearest.begin(), row.size(), row.begin());
}

void start(base::Progress* progress, const char* stage, std::size_t total) {
  if (progress != nullptr) {
    progress->start(stage, total);
  }
}

void advance(base::Progress* progress) {
  if (progress != nullptr) {
    progress->advance(1);
  }
}

void finish(base::Progress* progress) {
  if (progress != nullptr) {
    progress->finish();
  }
}

base::Status enter(const base::Matrix& points, base::Progress* progress, Index& index) {
  start(progress, "index of neighbours", points.rows());
  for (std::size_t i = 0; i < points.rows(); ++i) {
    TRY(base::check_stop());
    index.addPoint(points.row(i).data(), i);
    advance(progress);
  }
  finish(progress);
  return {};
}

/// The first exception of some threads' work, for the thread that waits for them.
class FirstException {
 public:
  template <class Work>
  void keep_from(const Work& work) {
    try {
      work();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      first_ = first_ ? first_ : std::current_exception();
    }
  }

  void rethrow() const {
    if (first_) {
      std::rethrow_exception(first_);
    }
  }

 private:
  std::mutex mutex_;
  std::exception_ptr first_;
};

base::Status ask(const Index& index,
                 const base::Matrix& points,
                 std::size_t threads,
                 base::Progress* progress,
                 NeighbourTable& table) {
  start(progress, "neighbours", points.rows());
  FirstException thrown;
  base::parallel_for(points.rows(), threads, [&](std::size_t i, std::size_t) {
    if (base::check_stop()) {
      thrown.keep_from([&] { fill_row(index, points, i, table); });
      advance(progress);
    }
  });
  thrown.rethrow();
  TRY(base::check_stop());
  finish(progress);
  return {};
}

}  // namespace

base::Result<NeighbourTable> all_nearest_hnsw(const base::Matrix& points,
                                              std::size_t k,
                                              std::size_t threads,
                                              const HnswOptions& options,
                                              base::Progress* progress) {
  if (points.rows() < 2 || k == 0) {
    return NeighbourTable(points.rows(), 0);
  }
  NeighbourTable table(points.rows(), std::min(k, points.rows() - 1));
  InnerProducts space(points.columns());
  try {
    Index index(&space, points.rows(), options.links, options.build_width, options.seed);
    TRY(enter(points, progress, index));
    index.setEf(std::max(options.width, table.columns() + 1));
    TRY(ask(index, points, threads, progress, table));
  } catch (const std::exception& error) {
    return base::fail(base::Code::kResourceExhausted,
                      "an index of {} points of {} numbers: {}",
                      points.rows(),
                      points.columns(),
                      error.what());
  }
  return table;
}

}  // namespace wend::ml
