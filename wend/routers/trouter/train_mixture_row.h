// SPDX-License-Identifier: Apache-2.0
// One query's part of the loss and its gradient (algorithms.md 2.4): softmax over its K scores, the
// mixture of g, the squared errors of the cells that are there, the cross-entropy of its label, and
// back through the softmax.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "wend/routers/trouter/train_losses.h"

namespace wend::routers {

/// Sixteen sums side by side: a single one would wait for itself at every step.
template <class T>
T lane_dot(const T* a, const T* b, std::int64_t count) {
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
      const T predicted = lane_dot(posterior_.data(), g, k_count_);
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
    const T mean = lane_dot(posterior_.data(), slope_.data(), k_count_);
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

}  // namespace wend::routers
