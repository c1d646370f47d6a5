// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/quality_moe.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "wend/ml/neighbours.h"
#include "wend/routers/trouter/packed_mlp.h"

namespace wend::routers {
namespace {

constexpr std::int32_t kGeneral = -1;

std::int64_t signed_size(std::size_t size) {
  return static_cast<std::int64_t>(size);
}

/// PREFIX.0 and PREFIX.1 of the artifact.
base::Result<HeadStack> load_stack(const ml::TensorMap& weights,
                                   const std::string& prefix,
                                   std::int64_t heads) {
  const ml::Tensor first = TRY(weights.get(prefix + ".0.weight", {heads, -1, -1}));
  const std::int64_t hidden = first.shape()[1];
  const ml::Tensor bias = TRY(weights.get(prefix + ".0.bias", {heads, hidden}));
  HeadStack stack;
  stack.first = base::Matrix(static_cast<std::size_t>(heads * hidden),
                             static_cast<std::size_t>(first.shape()[2]));
  std::ranges::copy(first.values(), stack.first.data());
  stack.first_bias.assign(bias.values().begin(), bias.values().end());
  stack.last = TRY(weights.matrix(prefix + ".1.weight", heads, hidden));
  stack.last_bias = TRY(weights.vector(prefix + ".1.bias", heads));
  return stack;
}

/// "task_heads.of" names indices as floats.
bool is_index(float value, std::size_t count) {
  return value >= 0 && value < static_cast<float>(count) && std::floor(value) == value;
}

}  // namespace

float HeadStack::run(std::size_t head, std::span<const float> input) const {
  const auto weights = last.row(head);
  float logit = last_bias[head];
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t unit = head * weights.size() + i;
    logit +=
        weights[i] * std::max(ml::inner_product(first.row(unit), input) + first_bias[unit], 0.0F);
  }
  return 1.0F / (1.0F + std::exp(-logit));
}

base::Status QualityMoe::load_general(const ml::TensorMap& weights, std::size_t models) {
  general_ = TRY(load_stack(weights, "general", signed_size(models)));
  const base::Matrix embedding = TRY(weights.matrix("model_embedding", signed_size(models), -1));
  const std::size_t hidden = general_.last.columns();
  const ml::Tensor reads = TRY(
      weights.get("general.0.embedding_weight",
                  {signed_size(models), signed_size(hidden), signed_size(embedding.columns())}));
  for (std::size_t unit = 0; unit < general_.first_bias.size(); ++unit) {
    general_.first_bias[unit] +=
        dot(reads.values().subspan(unit * embedding.columns(), embedding.columns()),
            embedding.row(unit / hidden));
  }
  return {};
}

base::Status QualityMoe::load_task_heads(const ml::TensorMap& weights,
                                         std::size_t models,
                                         std::size_t tasks) {
  head_ = base::BasicMatrix<std::int32_t>(tasks, models, kGeneral);
  if (!weights.has("task_heads.of")) {
    return {};
  }
  const base::Matrix of = TRY(weights.matrix("task_heads.of", -1, 2));
  of_tasks_ = TRY(load_stack(weights, "task_heads", signed_size(of.rows())));
  if (of_tasks_.first.columns() != inputs()) {
    return base::fail(base::Code::kDataLoss,
                      "task_heads read {} values; the general heads {}",
                      of_tasks_.first.columns(),
                      inputs());
  }
  for (std::size_t head = 0; head < of.rows(); ++head) {
    if (!is_index(of(head, 0), tasks) || !is_index(of(head, 1), models)) {
      return base::fail(base::Code::kDataLoss,
                        "task_heads.of: row {} names no task and model of the manifest",
                        head);
    }
    head_(static_cast<std::size_t>(of(head, 0)), static_cast<std::size_t>(of(head, 1))) =
        static_cast<std::int32_t>(head);
  }
  return {};
}

base::Result<QualityMoe> QualityMoe::load(const ml::TensorMap& weights,
                                          const ModelMeans& means,
                                          std::size_t tasks) {
  QualityMoe moe;
  for (const float quality : means.quality) {
    moe.seen_.push_back(!std::isnan(quality));
  }
  TRY(moe.load_general(weights, means.size()));
  TRY(moe.load_task_heads(weights, means.size(), tasks));
  return moe;
}

QualityEstimate QualityMoe::estimate(std::span<const float> input,
                                     std::optional<std::size_t> task) const {
  QualityEstimate estimate;
  estimate.quality.resize(general_.last.rows());
  for (std::size_t model = 0; model < estimate.quality.size(); ++model) {
    const std::int32_t head = task ? head_(*task, model) : kGeneral;
    if (head == kGeneral) {
      estimate.quality[model] = general_.run(model, input);
    } else {
      estimate.quality[model] = of_tasks_.run(static_cast<std::size_t>(head), input);
      ++estimate.task_heads_run;
    }
    ++estimate.heads_run;
    if (!seen_[model]) {  // Nothing has trained its head.
      estimate.quality[model] = std::numeric_limits<float>::quiet_NaN();
    }
  }
  return estimate;
}

}  // namespace wend::routers
