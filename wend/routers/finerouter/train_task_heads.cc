// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/train_task_heads.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>

#include "wend/base/random.h"
#include "wend/base/stop.h"
#include "wend/routers/finerouter/train_heads.h"
#include "wend/routers/trouter/input.h"
#include "wend/train/exchange.h"
#include "wend/train/known_error.h"
#include "wend/train/optimizer.h"
#include "wend/train/runtime.h"

namespace wend::routers {
namespace {

using Rows = std::vector<std::uint32_t>;

/// One part of the set as the heads see it.
struct Part {
  base::Matrix inputs;          ///< (n, inputs)
  const base::Matrix& quality;  ///< (n, models)

  at::Tensor x(std::span<const std::uint32_t> rows) const { return train::to_torch(inputs, rows); }

  at::Tensor y(std::span<const std::uint32_t> rows, const std::vector<std::int64_t>& models) const {
    return train::to_torch(quality, rows).index_select(1, at::tensor(models, at::kLong));
  }
};

/// The heads of one task.
struct TaskLesson {
  std::size_t task = 0;
  std::vector<std::int64_t> models;
  Rows train;
  Rows validation;
  TorchHeads heads = {};
  TorchHeads start = {};
  std::unique_ptr<torch::optim::Optimizer> optimizer = nullptr;

  at::Tensor predicted(const at::Tensor& x, double dropout) const {
    return at::sigmoid(heads.logits(x, heads.first_bias, dropout));
  }

  /// How far the heads have come from where they began, squared.
  at::Tensor distance() const {
    at::Tensor sum = at::zeros({});
    for (std::size_t i = 0; i < heads.parameters().size(); ++i) {
      sum = sum + (heads.parameters()[i] - start.parameters()[i]).square().sum();
    }
    return sum;
  }
};

std::vector<Rows> rows_by_task(const RowTasks& tasks, std::size_t count) {
  std::vector<Rows> rows(count);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (tasks[i]) {
      rows[*tasks[i]].push_back(static_cast<std::uint32_t>(i));
    }
  }
  return rows;
}

/// Those of the candidates that have at least so many cells among the rows, rising.
std::vector<std::int64_t> seen_candidates(const std::vector<std::size_t>& candidates,
                                          const base::Matrix& quality,
                                          const Rows& rows,
                                          std::size_t least) {
  std::vector<std::int64_t> models;
  for (const std::size_t model : candidates) {
    const auto cells = std::ranges::count_if(
        rows, [&](std::uint32_t row) { return !std::isnan(quality(row, model)); });
    if (static_cast<std::size_t>(cells) >= least) {
      models.push_back(static_cast<std::int64_t>(model));
    }
  }
  std::ranges::sort(models);
  models.erase(std::unique(models.begin(), models.end()), models.end());
  return models;
}

/// All tasks' heads in training on one set, which it borrows.
class TaskPhase {
 public:
  TaskPhase(const QualityOptions& options,
            const Assignment& assignment,
            const TrainContext& context,
            const TorchHeads& general)
      : options_(options),
        random_(base::stage_seed(context.set.seed, "task heads")),
        train_{network_inputs(context.set.train.embeddings, options.input),
               context.set.train.quality},
        validation_{network_inputs(context.set.validation.embeddings, options.input),
                    context.set.validation.quality} {
    const auto& candidates = *context.task_candidates;
    std::vector<Rows> train = rows_by_task(assignment.train, candidates.size());
    std::vector<Rows> validation = rows_by_task(assignment.validation, candidates.size());
    for (std::size_t task = 0; task < candidates.size(); ++task) {
      auto models =
          seen_candidates(candidates[task], train_.quality, train[task], options.min_train);
      if (!models.empty()) {
        add(general,
            {task, std::move(models), std::move(train[task]), std::move(validation[task])});
      }
    }
  }

  base::Status run_epoch() {
    for (TaskLesson& lesson : lessons_) {
      random_.shuffle(std::span(lesson.train));
      for (std::size_t begin = 0; begin < lesson.train.size(); begin += options_.batch) {
        TRY(base::check_stop());
        const std::size_t count = std::min(options_.batch, lesson.train.size() - begin);
        step(lesson, std::span(lesson.train).subspan(begin, count));
      }
    }
    return {};
  }

  /// Mean squared error on the validation cells of the tasks that have heads; 0 without any.
  double validation_loss() const {
    const at::NoGradGuard no_grad;
    double sum = 0;
    double cells = 0;
    for (const TaskLesson& lesson : lessons_) {
      if (lesson.validation.empty()) {
        continue;
      }
      const at::Tensor truth = validation_.y(lesson.validation, lesson.models);
      const at::Tensor predicted = lesson.predicted(validation_.x(lesson.validation), 0);
      sum += train::known_error(predicted, truth).square().sum().item<double>();
      cells += at::isfinite(truth).sum().item<double>();
    }
    return cells > 0 ? sum / cells : 0;
  }

  /// Whose data is copied to and from is the heads' own.
  std::vector<at::Tensor> parameters() const {
    std::vector<at::Tensor> all;
    for (const TaskLesson& lesson : lessons_) {
      const std::vector<at::Tensor> own = lesson.heads.parameters();
      all.insert(all.end(), own.begin(), own.end());
    }
    return all;
  }

  std::size_t heads() const {
    std::size_t count = 0;
    for (const TaskLesson& lesson : lessons_) {
      count += lesson.models.size();
    }
    return count;
  }

  void export_to(ml::TensorMap& weights) const {
    if (lessons_.empty()) {
      return;
    }
    TorchHeads all;
    const auto stacked = [&](at::Tensor TorchHeads::*member) {
      std::vector<at::Tensor> parts;
      for (const TaskLesson& lesson : lessons_) {
        parts.push_back(lesson.heads.*member);
      }
      return at::cat(parts);
    };
    all.first = stacked(&TorchHeads::first);
    all.first_bias = stacked(&TorchHeads::first_bias);
    all.last = stacked(&TorchHeads::last);
    all.last_bias = stacked(&TorchHeads::last_bias);
    all.export_to("task_heads", weights);
    weights.put("task_heads.of", ml::Tensor::from_matrix(owners()));
  }

 private:
  void add(const TorchHeads& general, TaskLesson lesson) {
    lesson.heads = general.copies_of(lesson.models);
    lesson.start = general.copies_of(lesson.models);
    for (const at::Tensor& fixed : lesson.start.parameters()) {
      fixed.requires_grad_(false);
    }
    lesson.optimizer = train::make_optimizer(
        lesson.heads.parameters(), {train::OptimizerKind::kAdamW, options_.task.learning_rate});
    lessons_.push_back(std::move(lesson));
  }

  void step(TaskLesson& lesson, std::span<const std::uint32_t> rows) const {
    lesson.optimizer->zero_grad();
    at::Tensor loss = squared_error(lesson.predicted(train_.x(rows), options_.dropout),
                                    train_.y(rows, lesson.models));
    if (options_.pull > 0) {
      loss = loss + options_.pull * lesson.distance();
    }
    loss.backward();
    lesson.optimizer->step();
  }

  /// (heads, 2): task and model of each head.
  base::Matrix owners() const {
    base::Matrix of(heads(), 2);
    std::size_t head = 0;
    for (const TaskLesson& lesson : lessons_) {
      for (const std::int64_t model : lesson.models) {
        of(head, 0) = static_cast<float>(lesson.task);
        of(head, 1) = static_cast<float>(model);
        ++head;
      }
    }
    return of;
  }

  const QualityOptions& options_;
  base::Random random_;
  Part train_;
  Part validation_;
  std::vector<TaskLesson> lessons_;
};

base::Result<TaskHeadReport> run(TaskPhase& phase,
                                 const FitOptions& fit,
                                 base::Progress* progress) {
  TaskHeadReport report;
  report.heads = phase.heads();
  report.first_loss = report.best_loss = phase.validation_loss();
  std::vector<at::Tensor> best = train::copies(phase.parameters());
  while (report.epochs < fit.epochs && report.epochs - report.best_epoch < fit.patience) {
    TRY(phase.run_epoch());
    ++report.epochs;
    const double loss = phase.validation_loss();
    if (!std::isfinite(loss)) {
      return base::fail(base::Code::kInternal,
                        "training the task heads broke in epoch {}; a smaller task_lr may help",
                        report.epochs);
    }
    if (loss < report.best_loss) {
      report.best_epoch = report.epochs;
      report.best_loss = loss;
      best = train::copies(phase.parameters());
    }
    if (progress != nullptr) {
      progress->advance(1);
    }
  }
  train::restore(phase.parameters(), best);
  return report;
}

}  // namespace

base::Result<TaskHeadReport> train_task_heads(const QualityOptions& options,
                                              const Assignment& assignment,
                                              const TrainContext& context,
                                              ml::TensorMap& weights) {
  train::settle(base::stage_seed(context.set.seed, "task dropout"), context.threads);
  const TorchHeads general = TRY(general_heads_of(weights));
  TaskPhase phase(options, assignment, context, general);
  if (context.progress != nullptr) {
    context.progress->start("training the tasks' heads", options.task.epochs);
  }
  base::Result<TaskHeadReport> report = run(phase, options.task, context.progress);
  if (context.progress != nullptr) {
    context.progress->finish();
  }
  if (report) {
    phase.export_to(weights);
  }
  return report;
}

}  // namespace wend::routers
