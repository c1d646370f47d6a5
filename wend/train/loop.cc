// SPDX-License-Identifier: Apache-2.0
#include "wend/train/loop.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <numeric>

#include "wend/base/random.h"
#include "wend/base/stop.h"
#include "wend/train/exchange.h"

namespace wend::train {
namespace {

using base::Code;

/// One pass over the rows in an order of its own. The mean loss.
base::Result<double> run_pass(const Lesson& lesson,
                              torch::optim::Optimizer& optimizer,
                              std::span<const std::uint32_t> order,
                              std::size_t batch,
                              base::Progress* progress) {
  double sum = 0;
  for (std::size_t begin = 0; begin < order.size(); begin += batch) {
    TRY(base::check_stop());
    const auto rows = order.subspan(begin, std::min(batch, order.size() - begin));
    optimizer.zero_grad();
    const at::Tensor loss = lesson.loss(rows);
    loss.backward();
    optimizer.step();
    sum += loss.item<double>() * static_cast<double>(rows.size());
    if (progress != nullptr) {
      progress->advance(1);
    }
  }
  return sum / static_cast<double>(order.size());
}

std::size_t steps_of_a_pass(const Lesson& lesson, const LoopOptions& options) {
  return (lesson.rows + options.batch - 1) / options.batch;
}

/// Of one epoch.
std::size_t passes(const Lesson& lesson, const LoopOptions& options) {
  const std::size_t steps = steps_of_a_pass(lesson, options);
  return std::max<std::size_t>(1, (options.epoch_steps + steps - 1) / steps);
}

/// The validation of an epoch whose last pass had this mean loss.
base::Result<Validation> validated(const Lesson& lesson, std::size_t epoch, double loss) {
  const at::NoGradGuard no_grad;
  const Validation validation = lesson.validate();
  if (std::isfinite(loss) && std::isfinite(validation.score)) {
    return validation;
  }
  return base::fail(Code::kInternal,
                    "training broke in epoch {}: loss {}, validation {}; a smaller lr may help",
                    epoch,
                    loss,
                    validation.score);
}

base::Result<LoopReport> run(const Lesson& lesson,
                             torch::optim::Optimizer& optimizer,
                             const LoopOptions& options,
                             base::Progress* progress) {
  std::vector<std::uint32_t> order(lesson.rows);
  std::iota(order.begin(), order.end(), 0U);
  base::Random random(base::stage_seed(options.seed, "minibatches"));
  LoopReport report;
  std::vector<at::Tensor> best;
  for (std::size_t epoch = 1; epoch <= options.epochs; ++epoch) {
    double loss = 0;
    for (std::size_t pass = 0; pass < passes(lesson, options); ++pass) {
      random.shuffle(std::span(order));
      loss = TRY(run_pass(lesson, optimizer, order, options.batch, progress));
    }
    const Validation validation = TRY(validated(lesson, epoch, loss));
    report.epochs = epoch;
    if (best.empty() || validation.better_than(report.best)) {
      report.best_epoch = epoch;
      report.best = validation;
      best = copies(lesson.parameters);
    }
    if (epoch - report.best_epoch >= options.patience) {
      break;
    }
  }
  restore(lesson.parameters, best);
  return report;
}

}  // namespace

bool Validation::better_than(const Validation& other) const {
  return score > other.score || (score == other.score && loss < other.loss);
}

base::Result<LoopReport> run_loop(const Lesson& lesson,
                                  const OptimizerOptions& optimizer,
                                  const LoopOptions& options,
                                  base::Progress* progress) {
  if (lesson.rows == 0 || options.epochs == 0 || options.batch == 0) {
    return base::fail(Code::kInvalidArgument,
                      "training needs at least one row, one epoch and a batch of one");
  }
  if (progress != nullptr) {
    progress->start(options.stage,
                    options.epochs * passes(lesson, options) * steps_of_a_pass(lesson, options));
  }
  base::Result<LoopReport> report = LoopReport{};
  try {
    report = run(lesson, *make_optimizer(lesson.parameters, optimizer), options, progress);
  } catch (const std::exception& error) {  // libtorch throws; this is its door.
    report = base::fail(Code::kInternal, "libtorch: {}", error.what());
  }
  if (progress != nullptr) {
    progress->finish();
  }
  return report;
}

}  // namespace wend::train
