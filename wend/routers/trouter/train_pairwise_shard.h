// SPDX-License-Identifier: Apache-2.0
// The fused pass of train_losses.h over one shard of a minibatch: tiles of whole queries are
// scored, weighed and differentiated while their rows lie in the cache.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "wend/base/random.h"
#include "wend/routers/trouter/train_losses.h"
#include "wend/routers/trouter/train_mixture_row.h"
#include "wend/routers/trouter/train_pairwise_rows.h"
#include "wend/routers/trouter/train_second_layer.h"

namespace wend::routers {

/// Rows of (query, task) pairs that are worked on at once: three buffers of 512 x 256 floats fit a
/// core's second-level cache.
inline constexpr std::int64_t kTileRows = 512;

/// Everything that one shard of the batch adds up; summed over shards in order.
template <class T>
struct Gradient {
  double loss = 0;
  at::Tensor scores_or_queries;  ///< Whole-batch rows written by their own shard alone.
  at::Tensor tasks, w2, b2, w3, b3, g;
};

/// Inverted dropout of one tile; a stream of its own for each tile, so the draws do not depend on
/// threads. Four draws from each 64 bits.
template <class T>
void drop(T* values, std::int64_t count, double rate, std::uint64_t seed) {
  base::Random random(seed);
  const auto threshold = static_cast<std::uint64_t>(rate * 65536.0);
  const T scale = T(1.0 / (1.0 - rate));
  for (std::int64_t i = 0; i < count; i += 4) {
    std::uint64_t bits = random.next();
    for (std::int64_t j = i; j < std::min(i + 4, count); ++j, bits >>= 16) {
      values[j] = (bits & 0xFFFF) < threshold ? T(0) : values[j] * scale;
    }
  }
}

/// The fused pass over one shard's queries, a tile of whole queries at a time.
template <class T>
class PairwiseShard {
 public:
  PairwiseShard(const PairwiseTerms& terms,
                const SecondLayer<T>& second_layer,
                const at::Tensor& g,
                const LossTargets& targets,
                const at::Tensor& query_slopes)
      : terms_(terms),
        second_layer_(second_layer),
        targets_(targets),
        mixture_(g, targets),
        tasks_(terms.task_terms.size(0)),
        hidden_(terms.task_terms.size(1)),
        tile_queries_(std::max<std::int64_t>(1, kTileRows / tasks_)),
        scale_(T(1.0 / (1.0 - targets.dropout))),
        query_slopes_(query_slopes.data_ptr<T>()) {
    const auto options = terms.w2.options().requires_grad(false);
    const std::int64_t rows = tile_queries_ * tasks_;
    const std::int64_t room = SecondLayer<T>::padded_rows(rows);
    first_ = at::empty({room, hidden_}, options);
    second_ = at::empty({room, hidden_}, options);
    slope_ = at::empty({room, hidden_}, options);
    scores_.resize(static_cast<std::size_t>(rows));
    score_slopes_.resize(static_cast<std::size_t>(rows));
    sum_.tasks = at::zeros({tasks_, hidden_}, options);
    sum_.w2 = at::zeros({hidden_, hidden_}, options);
    sum_.b2 = at::zeros({hidden_}, options);
    sum_.w3 = at::zeros({1, hidden_}, options);
    sum_.b3 = at::zeros({1}, options);
    sum_.g = at::zeros(g.sizes(), options);
  }

  Gradient<T> run(std::int64_t begin, std::int64_t end) {
    for (std::int64_t query = begin; query < end; query += tile_queries_) {
      const std::int64_t count = std::min(tile_queries_, end - query);
      forward_layers(query, count);
      score(count);
      weigh(query, count);
      backward_last(count);
      backward_layers(query, count);
    }
    return std::move(sum_);
  }

 private:
  /// query_terms (count, hidden), task_terms (K, hidden) -> first_ = relu(sum), second_ = relu(W2
  /// first_ + b2), (count K, hidden).
  void forward_layers(std::int64_t query, std::int64_t count) {
    const T* tasks = terms_.task_terms.data_ptr<T>();
    T* first = first_.data_ptr<T>();
    for (std::int64_t q = 0; q < count; ++q) {
      const T* terms = terms_.query_terms.data_ptr<T>() + (query + q) * hidden_;
      for (std::int64_t t = 0; t < tasks_; ++t, first += hidden_) {
        relu_of_sum(terms, tasks + t * hidden_, first, hidden_);
      }
    }
    const std::int64_t rows = count * tasks_;
    drop_tile(first_, rows, query, 0);
    second_layer_.forward(first_, rows, second_);
    relu(second_.data_ptr<T>(), rows * hidden_);
    drop_tile(second_, rows, query, 1);
  }

  void drop_tile(at::Tensor& tile, std::int64_t rows, std::int64_t query, std::uint64_t layer) {
    if (targets_.dropout > 0) {
      const std::uint64_t stream = 2 * static_cast<std::uint64_t>(query) + layer;
      drop(tile.data_ptr<T>(),
           rows * hidden_,
           targets_.dropout,
           targets_.dropout_seed ^ (stream * 0xD1342543DE82EF95ULL));
    }
  }

  void score(std::int64_t count) {
    const T* w3 = terms_.w3.data_ptr<T>();
    const T bias = *terms_.b3.data_ptr<T>();
    const T* second = second_.data_ptr<T>();
    for (std::int64_t r = 0; r < count * tasks_; ++r, second += hidden_) {
      scores_[static_cast<std::size_t>(r)] = lane_dot(second, w3, hidden_) + bias;
    }
  }

  void weigh(std::int64_t query, std::int64_t count) {
    for (std::int64_t q = 0; q < count; ++q) {
      sum_.loss += mixture_.run(query + q,
                                scores_.data() + q * tasks_,
                                score_slopes_.data() + q * tasks_,
                                sum_.g.template data_ptr<T>());
    }
  }

  /// ds (rows) -> dw3, db3, db2 and slope_ = dL/d(W2 first_ + b2), (rows, hidden).
  void backward_last(std::int64_t count) {
    const T* w3 = terms_.w3.data_ptr<T>();
    const T* second = second_.data_ptr<T>();
    T* slope = slope_.data_ptr<T>();
    T* dw3 = sum_.w3.template data_ptr<T>();
    T* db2 = sum_.b2.template data_ptr<T>();
    for (std::int64_t r = 0; r < count * tasks_; ++r, second += hidden_, slope += hidden_) {
      const T ds = score_slopes_[static_cast<std::size_t>(r)];
      *sum_.b3.template data_ptr<T>() += ds;
      last_layer_backward(ds, scale_, second, w3, slope, dw3, db2, hidden_);
    }
  }

  /// slope_ -> dW2, and through W2 to the two terms of the first layer. second_ is free by now and
  /// takes dL/dfirst_.
  void backward_layers(std::int64_t query, std::int64_t count) {
    const std::int64_t rows = count * tasks_;
    sum_.w2.addmm_(slope_.narrow(0, 0, rows).t(), first_.narrow(0, 0, rows));
    second_layer_.backward(slope_, rows, second_);
    const T* first = first_.data_ptr<T>();
    const T* values = second_.data_ptr<T>();
    T* tasks = sum_.tasks.template data_ptr<T>();
    for (std::int64_t q = 0; q < count; ++q) {
      T* queries = query_slopes_ + (query + q) * hidden_;
      for (std::int64_t t = 0; t < tasks_; ++t, first += hidden_, values += hidden_) {
        first_layer_backward(scale_, first, values, queries, tasks + t * hidden_, hidden_);
      }
    }
  }

  const PairwiseTerms& terms_;
  const SecondLayer<T>& second_layer_;
  const LossTargets& targets_;
  MixtureRow<T> mixture_;
  std::int64_t tasks_;
  std::int64_t hidden_;
  std::int64_t tile_queries_;
  T scale_;          ///< Of a value that dropout kept.
  T* query_slopes_;  ///< (B, hidden), zeroed; rows of this shard alone are written.
  at::Tensor first_, second_, slope_;
  std::vector<T> scores_, score_slopes_;
  Gradient<T> sum_;
};

}  // namespace wend::routers
