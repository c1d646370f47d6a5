// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/task_fate.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace wend::routers {
namespace {

base::Result<std::vector<float>> load_mask(const ml::TensorMap& weights, std::size_t tasks) {
  if (!weights.has("task_mask")) {
    return std::vector<float>(tasks, 1.0F);
  }
  std::vector<float> mask = TRY(weights.vector("task_mask", static_cast<std::int64_t>(tasks)));
  const bool binary =
      std::ranges::all_of(mask, [](float value) { return value == 0.0F || value == 1.0F; });
  if (!binary || std::ranges::count(mask, 1.0F) == 0) {
    return base::fail(base::Code::kDataLoss,
                      "task_mask: expected zeros and ones, and a one among them");
  }
  return mask;
}

/// Pairs of a task and the one that its weight goes to. A target keeps its own weight, so that none
/// is moved twice or lost.
base::Result<std::vector<std::pair<std::size_t, std::size_t>>> load_merges(
    const ml::TensorMap& weights, const std::vector<float>& mask) {
  std::vector<std::pair<std::size_t, std::size_t>> merges;
  if (!weights.has("task_merge")) {
    return merges;
  }
  const std::vector<float> targets =
      TRY(weights.vector("task_merge", static_cast<std::int64_t>(mask.size())));
  for (std::size_t from = 0; from < targets.size(); ++from) {
    const float target = targets[from];
    const bool is_index =
        target >= 0 && target < static_cast<float>(targets.size()) && target == std::floor(target);
    const std::size_t to = is_index ? static_cast<std::size_t>(target) : targets.size();
    if (to == from) {
      continue;
    }
    if (!is_index || targets[to] != target || mask[to] < mask[from]) {
      return base::fail(base::Code::kDataLoss,
                        "task_merge: expected indices of tasks that keep their own weight");
    }
    merges.emplace_back(from, to);
  }
  return merges;
}

}  // namespace

base::Result<TaskFate> TaskFate::load(const ml::TensorMap& weights, std::size_t tasks) {
  std::vector<float> mask = TRY(load_mask(weights, tasks));
  auto merges = TRY(load_merges(weights, mask));
  return TaskFate{std::move(mask), std::move(merges)};
}

void TaskFate::weigh(std::span<float> scores, double tau) const {
  float highest = -std::numeric_limits<float>::infinity();
  for (std::size_t t = 0; t < scores.size(); ++t) {
    highest = mask[t] > 0 ? std::max(highest, scores[t]) : highest;
  }
  const auto temperature = static_cast<float>(tau);
  float sum = 0;
  for (std::size_t t = 0; t < scores.size(); ++t) {
    scores[t] = mask[t] > 0 ? std::exp((scores[t] - highest) / temperature) : 0.0F;
    sum += scores[t];
  }
  for (float& weight : scores) {
    weight /= sum;
  }
  for (const auto& [from, to] : merges) {
    scores[to] += scores[from];
    scores[from] = 0;
  }
}

}  // namespace wend::routers
