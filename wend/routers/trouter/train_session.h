// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "wend/base/matrix.h"
#include "wend/data/training_set.h"
#include "wend/routers/train_factory.h"
#include "wend/routers/trouter/options.h"
#include "wend/routers/trouter/train_losses.h"
#include "wend/routers/trouter/train_network.h"
#include "wend/routers/trouter/train_problem.h"
#include "wend/train/loop.h"

namespace wend::routers {

/// What ends the training: `utility`, or the loss negated.
train::Validation validation_of(StopBy stop, double utility, double loss);

/// What train::make_optimizer takes of the options.
train::OptimizerOptions optimizer_options(const TrainingOptions& options);

/// Trains a session (loss of a minibatch, validation score, network) on the problem's train rows
/// and leaves the best weights in it.
template <class Session>
base::Result<train::LoopReport> fit(Session& session,
                                    const TrainingOptions& options,
                                    const Problem& problem,
                                    const char* stage,
                                    const TrainContext& context) {
  const train::Lesson lesson = {
      problem.train.inputs.rows(),
      session.network().parameters(),
      [&](std::span<const std::uint32_t> rows) { return session.loss(rows); },
      [&] { return session.validate(); }};
  return train::run_loop(lesson,
                         optimizer_options(options),
                         {options.epochs,
                          options.batch,
                          options.epoch_steps,
                          options.patience,
                          context.set.seed,
                          stage},
                         context.progress);
}

/// Weight of each metric in the loss; divided by their number under eq. 10's scale.
std::vector<double> metric_weights(const TrainingOptions& options,
                                   const std::vector<Metric>& metrics);

/// One TRouter network in training on one problem, which it borrows.
class TaskSession {
 public:
  TaskSession(const TRouterOptions& options, const Problem& problem, const data::TrainingSet& set);

  /// Scalar loss of a minibatch of train rows.
  at::Tensor loss(std::span<const std::uint32_t> rows);
  /// On the validation rows: the utility sum, or the total loss negated (options.training.stop).
  train::Validation validate() const;

  /// (n, tasks): the recogniser's weights of every row of a part.
  base::Matrix posterior(const ProblemPart& part) const;
  /// (metrics x models, tasks): the heads' output. Needs assumption 1.
  base::Matrix head_table() const;
  /// posterior (n, tasks) of the part -> (n, metrics x models).
  base::Matrix predicted(const ProblemPart& part, const base::Matrix& posterior) const;

  const TaskNetwork& network() const { return network_; }

 private:
  at::Tensor scores(const at::Tensor& e_q, const at::Tensor& e_t) const;
  at::Tensor pairwise(const at::Tensor& e_q, const at::Tensor& e_t, const at::Tensor& g) const;
  at::Tensor query_head_loss(const at::Tensor& e_q, const at::Tensor& e_t) const;
  void take_targets(std::span<const std::uint32_t> rows);

  const TRouterOptions& options_;
  const Problem& problem_;
  const data::TrainingSet& set_;
  std::uint64_t seed_;
  std::uint64_t step_ = 0;
  base::Matrix labels_;  ///< Of the train rows, smoothed.
  at::Tensor task_inputs_;
  TaskNetwork network_;
  LossTargets targets_;  ///< Of the minibatch at hand; lives until its backward() is done.
};

}  // namespace wend::routers
