// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/train_losses.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "wend/base/check.h"
#include "wend/base/random.h"

namespace wend::routers {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Fixed, so that sums over shards run in one order whatever the number of threads.
constexpr std::int64_t kShards = 8;
/// Rows of (query, task) pairs that are worked on at once: three buffers of 512 x 256 floats fit a
/// core's second-level cache.
constexpr std::int64_t kTileRows = 512;

/// Everything that one shard of the batch adds up; summed over shards in order.
template <class T>
struct Gradient {
  double loss = 0;
  at::Tensor scores_or_queries;  ///< Whole-batch rows written by their own shard alone.
  at::Tensor tasks, w2, b2, w3, b3, g;
};

/// Sixteen sums side by side: a single one would wait for itself at every step.
template <class T>
T dot(const T* a, const T* b, std::int64_t count) {
  std::array<T, 16> sums = {};
  std::int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (std::size_t lane = 0; lane < 16; ++lane) {
      sums[lane] += a[i + static_cast<std::int64_t>(lane)] * b[i + static_cast<std::int64_t>(lane)];
    }
  }
  T total = 0;
  for (const T sum : sums) {
    total += sum;
  }
  for (; i < count; ++i) {
    total += a[i] * b[i];
  }
  return total;
}

/// One query: scores s (K) -> its loss, ds (K), and dg (J, K) added to.
template <class T>
class MixtureRow {
 public:
  MixtureRow(const at::Tensor& g, const LossTargets& targets)
      : targets_(targets),
        j_count_(g.size(0)),
        k_count_(g.size(1)),
        batch_(static_cast<double>(targets.outcomes.size(0))),
        g_(g.data_ptr<T>()),
        outcomes_(targets.outcomes.data_ptr<T>()),
        labels_(targets.labels.data_ptr<T>()),
        posterior_(static_cast<std::size_t>(k_count_)),
        slope_(static_cast<std::size_t>(k_count_)) {}

  double run(std::int64_t row, const T* s, T* ds, T* dg) {
    softmax(s);
    std::fill(slope_.begin(), slope_.end(), T(0));
    const double loss =
        regression(outcomes_ + row * j_count_, dg) + labelling(labels_ + row * k_count_);
    through_softmax(ds);
    return loss;
  }

 private:
  void softmax(const T* s) {
    const T highest = *std::max_element(s, s + k_count_);
    T sum = 0;
    for (std::int64_t t = 0; t < k_count_; ++t) {
      posterior_[t] = std::exp((s[t] - highest) / T(targets_.tau));
      sum += posterior_[t];
    }
    for (T& weight : posterior_) {
      weight /= sum;
    }
  }

  /// Adds dl[t] = sum_j dhhat[j] g[j,t] to slope_ and dg[j,t] += dhhat[j] l[t].
  double regression(const T* outcomes, T* dg) {
    double loss = 0;
    for (std::int64_t j = 0; j < j_count_; ++j) {
      if (std::isnan(outcomes[j])) {
        continue;
      }
      const T* g = g_ + j * k_count_;
      const T predicted = dot(posterior_.data(), g, k_count_);
      const T weight = T(targets_.cell_weights[static_cast<std::size_t>(j)]);
      const T error = predicted - outcomes[j];
      loss += static_cast<double>(weight * error * error);
      const T slope = T(2) * weight * error;
      for (std::int64_t t = 0; t < k_count_; ++t) {
        slope_[t] += slope * g[t];
        dg[j * k_count_ + t] += slope * posterior_[t];
      }
    }
    return loss;
  }

  double labelling(const T* labels) {
    double loss = 0;
    const double weight = targets_.task_weight / batch_;
    for (std::int64_t t = 0; t < k_count_; ++t) {
      if (labels[t] != T(0) && weight != 0) {
        const T floored = posterior_[t] + T(kLogFloor);
        loss -= weight * static_cast<double>(labels[t] * std::log(floored));
        slope_[t] -= T(weight) * labels[t] / floored;
      }
    }
    return loss;
  }

  void through_softmax(T* ds) const {
    const T mean = dot(posterior_.data(), slope_.data(), k_count_);
    for (std::int64_t t = 0; t < k_count_; ++t) {
      ds[t] = posterior_[t] * (slope_[t] - mean) / T(targets_.tau);
    }
  }

  const LossTargets& targets_;
  std::int64_t j_count_;
  std::int64_t k_count_;
  double batch_;
  const T* g_;
  const T* outcomes_;
  const T* labels_;
  std::vector<T> posterior_;
  std::vector<T> slope_;  ///< dL/dl.
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
                const at::Tensor& g,
                const LossTargets& targets,
                const at::Tensor& query_slopes)
      : terms_(terms),
        targets_(targets),
        mixture_(g, targets),
        tasks_(terms.task_terms.size(0)),
        hidden_(terms.task_terms.size(1)),
        tile_queries_(std::max<std::int64_t>(1, kTileRows / tasks_)),
        scale_(T(1.0 / (1.0 - targets.dropout))),
        query_slopes_(query_slopes.data_ptr<T>()) {
    const auto options = terms.w2.options().requires_grad(false);
    const std::int64_t rows = tile_queries_ * tasks_;
    first_ = at::empty({rows, hidden_}, options);
    second_ = at::empty({rows, hidden_}, options);
    slope_ = at::empty({rows, hidden_}, options);
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
        for (std::int64_t i = 0; i < hidden_; ++i) {
          first[i] = std::max(terms[i] + tasks[t * hidden_ + i], T(0));
        }
      }
    }
    const std::int64_t rows = count * tasks_;
    drop_tile(first_, rows, query, 0);
    at::Tensor second = second_.narrow(0, 0, rows);
    at::mm_out(second, first_.narrow(0, 0, rows), terms_.w2.t());
    T* values = second_.data_ptr<T>();
    const T* bias = terms_.b2.data_ptr<T>();
    for (std::int64_t r = 0; r < rows; ++r, values += hidden_) {
      for (std::int64_t i = 0; i < hidden_; ++i) {
        values[i] = std::max(values[i] + bias[i], T(0));
      }
    }
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
      scores_[static_cast<std::size_t>(r)] = dot(second, w3, hidden_) + bias;
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
      for (std::int64_t i = 0; i < hidden_; ++i) {
        dw3[i] += ds * second[i];
        slope[i] = second[i] > T(0) ? ds * w3[i] * scale_ : T(0);
        db2[i] += slope[i];
      }
    }
  }

  /// slope_ -> dW2, and through W2 to the two terms of the first layer. second_ is free by now and
  /// takes dL/dfirst_.
  void backward_layers(std::int64_t query, std::int64_t count) {
    const std::int64_t rows = count * tasks_;
    const at::Tensor slope = slope_.narrow(0, 0, rows);
    sum_.w2.addmm_(slope.t(), first_.narrow(0, 0, rows));
    at::Tensor back = second_.narrow(0, 0, rows);
    at::mm_out(back, slope, terms_.w2);
    const T* first = first_.data_ptr<T>();
    const T* values = second_.data_ptr<T>();
    T* tasks = sum_.tasks.template data_ptr<T>();
    for (std::int64_t q = 0; q < count; ++q) {
      T* queries = query_slopes_ + (query + q) * hidden_;
      for (std::int64_t t = 0; t < tasks_; ++t, first += hidden_, values += hidden_) {
        for (std::int64_t i = 0; i < hidden_; ++i) {
          const T value = first[i] > T(0) ? values[i] * scale_ : T(0);
          queries[i] += value;
          tasks[t * hidden_ + i] += value;
        }
      }
    }
  }

  const PairwiseTerms& terms_;
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

std::int64_t shard_begin(std::int64_t shard, std::int64_t batch) {
  return shard * batch / kShards;
}

template <class T>
Gradient<T> pairwise_gradient(const PairwiseTerms& terms,
                              const at::Tensor& g,
                              const LossTargets& targets) {
  const std::int64_t batch = terms.query_terms.size(0);
  const at::Tensor query_slopes = at::zeros_like(terms.query_terms);
  std::vector<Gradient<T>> parts(kShards);
  at::parallel_for(0, kShards, 1, [&](std::int64_t first, std::int64_t last) {
    const at::NoGradGuard no_grad;  // Each thread has its own switch.
    for (std::int64_t shard = first; shard < last; ++shard) {
      parts[static_cast<std::size_t>(shard)] =
          PairwiseShard<T>(terms, g, targets, query_slopes)
              .run(shard_begin(shard, batch), shard_begin(shard + 1, batch));
    }
  });
  Gradient<T> total = std::move(parts.front());
  total.scores_or_queries = query_slopes;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    total.loss += parts[i].loss;
    total.tasks += parts[i].tasks;
    total.w2 += parts[i].w2;
    total.b2 += parts[i].b2;
    total.w3 += parts[i].w3;
    total.b3 += parts[i].b3;
    total.g += parts[i].g;
  }
  return total;
}

template <class T>
Gradient<T> mixture_gradient(const at::Tensor& scores,
                             const at::Tensor& g,
                             const LossTargets& targets) {
  Gradient<T> sum;
  sum.scores_or_queries = at::zeros_like(scores);
  sum.g = at::zeros_like(g);
  MixtureRow<T> mixture(g, targets);
  for (std::int64_t b = 0; b < scores.size(0); ++b) {
    sum.loss += mixture.run(b,
                            scores.data_ptr<T>() + b * scores.size(1),
                            sum.scores_or_queries.template data_ptr<T>() + b * scores.size(1),
                            sum.g.template data_ptr<T>());
  }
  return sum;
}

/// Calls f with a value of the parameters' type.
template <class F>
variable_list for_type(const at::Tensor& like, F f) {
  return like.scalar_type() == at::kDouble ? f(double()) : f(float());
}

variable_list scaled(const variable_list& saved, const at::Tensor& by) {
  variable_list result;
  for (const at::Tensor& gradient : saved) {
    result.push_back(gradient * by);
  }
  return result;
}

/// Both functions compute the gradient with the loss and keep it; backward only scales it.
struct PairwiseLoss : torch::autograd::Function<PairwiseLoss> {
  static at::Tensor forward(AutogradContext* context,
                            const at::Tensor& query_terms,
                            const at::Tensor& task_terms,
                            const at::Tensor& w2,
                            const at::Tensor& b2,
                            const at::Tensor& w3,
                            const at::Tensor& b3,
                            const at::Tensor& g,
                            const LossTargets* targets) {
    const PairwiseTerms terms = {query_terms.contiguous(),
                                 task_terms.contiguous(),
                                 w2.contiguous(),
                                 b2.contiguous(),
                                 w3.contiguous(),
                                 b3.contiguous()};
    double loss = 0;
    context->save_for_backward(for_type(g, [&](auto type) {
      auto sum = pairwise_gradient<decltype(type)>(terms, g.contiguous(), *targets);
      loss = sum.loss;
      return variable_list{sum.scores_or_queries, sum.tasks, sum.w2, sum.b2, sum.w3, sum.b3, sum.g};
    }));
    return at::scalar_tensor(loss, g.options().requires_grad(false));
  }

  static variable_list backward(AutogradContext* context, const variable_list& slopes) {
    variable_list result = scaled(context->get_saved_variables(), slopes[0]);
    result.emplace_back();  // The targets are constants.
    return result;
  }
};

struct MixtureLoss : torch::autograd::Function<MixtureLoss> {
  static at::Tensor forward(AutogradContext* context,
                            const at::Tensor& scores,
                            const at::Tensor& g,
                            const LossTargets* targets) {
    double loss = 0;
    context->save_for_backward(for_type(g, [&](auto type) {
      auto sum = mixture_gradient<decltype(type)>(scores.contiguous(), g.contiguous(), *targets);
      loss = sum.loss;
      return variable_list{sum.scores_or_queries, sum.g};
    }));
    return at::scalar_tensor(loss, g.options().requires_grad(false));
  }

  static variable_list backward(AutogradContext* context, const variable_list& slopes) {
    variable_list result = scaled(context->get_saved_variables(), slopes[0]);
    result.emplace_back();
    return result;
  }
};

}  // namespace

std::vector<double> cell_weights(const at::Tensor& outcomes,
                                 const std::vector<double>& metric_weights) {
  const std::int64_t columns = outcomes.size(1);
  const auto metrics = static_cast<std::int64_t>(metric_weights.size());
  CHECK(metrics > 0 && columns % metrics == 0, "{} columns for {} metrics", columns, metrics);
  const std::int64_t models = columns / metrics;
  std::vector<double> weights(static_cast<std::size_t>(columns), 0.0);
  for (std::int64_t metric = 0; metric < metrics; ++metric) {
    const at::Tensor cells = outcomes.narrow(1, metric * models, models);
    const auto present = static_cast<double>((~cells.isnan()).sum().item<std::int64_t>());
    const double weight = metric_weights[static_cast<std::size_t>(metric)];
    std::fill_n(weights.begin() + metric * models, models, present == 0 ? 0.0 : weight / present);
  }
  return weights;
}

at::Tensor pairwise_loss(const PairwiseTerms& terms,
                         const at::Tensor& g,
                         const LossTargets& targets) {
  return PairwiseLoss::apply(
      terms.query_terms, terms.task_terms, terms.w2, terms.b2, terms.w3, terms.b3, g, &targets);
}

at::Tensor mixture_loss(const at::Tensor& scores, const at::Tensor& g, const LossTargets& targets) {
  return MixtureLoss::apply(scores, g, &targets);
}

}  // namespace wend::routers
