// SPDX-License-Identifier: Apache-2.0
// The one training loop: epochs of seeded minibatches, a validation score after each, and an early
// stop that gives back a true copy of the best weights (the authors' code keeps references and so
// returns the last ones; algorithms.md 2.5).
//
// A pass over a few hundred rows is a handful of steps, too few for the score to move at all, and
// patience would run out before anything is learnt. So an epoch has a least number of steps: a
// small set is passed over several times in one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/train/optimizer.h"
#include "wend/train/torch.h"

namespace wend::train {

struct LoopOptions {
  std::size_t epochs = 20;
  std::size_t batch = 64;
  std::size_t epoch_steps = 1;  ///< Minibatches that an epoch has at least, in whole passes.
  std::size_t patience = 3;     ///< Epochs without a better score before it stops.
  std::uint64_t seed = 1;       ///< Of the order of the rows.
  std::string stage;            ///< What the progress line says.
};

/// How the weights do on the validation rows.
struct Validation {
  double score = 0;  ///< Higher is better.
  double loss = 0;   ///< Lower is better; asked where the scores are equal.

  bool better_than(const Validation& other) const;
};

/// What is learnt.
struct Lesson {
  std::size_t rows = 0;
  std::vector<at::Tensor> parameters;
  /// Scalar loss of one minibatch, ready for backward().
  std::function<at::Tensor(std::span<const std::uint32_t> rows)> loss;
  /// Called after each epoch without gradients.
  std::function<Validation()> validate;
};

struct LoopReport {
  std::size_t epochs = 0;      ///< That ran.
  std::size_t best_epoch = 0;  ///< From 1; its weights are the parameters now.
  Validation best;
};

/// Trains in place. A loss or score that is no number is an error that names the epoch; what
/// libtorch throws comes back as one too, and so does a stop that was asked for (kCancelled).
base::Result<LoopReport> run_loop(const Lesson& lesson,
                                  const OptimizerOptions& optimizer,
                                  const LoopOptions& options,
                                  base::Progress* progress);

}  // namespace wend::train
