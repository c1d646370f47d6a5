// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/train_losses.h"

#include <algorithm>
#include <utility>

#include "wend/base/check.h"
#include "wend/routers/trouter/train_mixture_row.h"
#include "wend/routers/trouter/train_pairwise_shard.h"

namespace wend::routers {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Fixed, so that sums over shards run in one order whatever the number of threads.
constexpr std::int64_t kShards = 8;

std::int64_t shard_begin(std::int64_t shard, std::int64_t batch) {
  return shard * batch / kShards;
}

template <class T>
Gradient<T> pairwise_gradient(const PairwiseTerms& terms,
                              const at::Tensor& g,
                              const LossTargets& targets) {
  const std::int64_t batch = terms.query_terms.size(0);
  const at::Tensor query_slopes = at::zeros_like(terms.query_terms);
  const SecondLayer<T> second_layer(terms);
  std::vector<Gradient<T>> parts(kShards);
  at::parallel_for(0, kShards, 1, [&](std::int64_t first, std::int64_t last) {
    const at::NoGradGuard no_grad;  // Each thread has its own switch.
    for (std::int64_t shard = first; shard < last; ++shard) {
      parts[static_cast<std::size_t>(shard)] =
          PairwiseShard<T>(terms, second_layer, g, targets, query_slopes)
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
