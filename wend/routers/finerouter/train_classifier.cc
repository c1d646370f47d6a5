// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/train_classifier.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "wend/base/random.h"
#include "wend/routers/trouter/packed_mlp.h"
#include "wend/routers/validation.h"
#include "wend/train/exchange.h"
#include "wend/train/product.h"
#include "wend/train/runtime.h"

namespace wend::routers {
namespace {

/// Of the logits at the start: embeddings are unit vectors, so their products lie within [-1, 1].
constexpr double kFirstScale = 20;

/// The unit rows of the tasks' own embeddings: (tasks, dim).
base::Matrix leaf_rows(const data::TrainingSet& set, const std::vector<std::size_t>& leaves) {
  base::Matrix rows(leaves.size(), set.task_embeddings.unit.columns());
  for (std::size_t t = 0; t < leaves.size(); ++t) {
    const auto from = set.task_embeddings.unit.row(leaves[t]);
    std::copy(from.begin(), from.end(), rows.row(t).begin());
  }
  return rows;
}

/// Which tasks are right for a row: its own, and those whose encoding is as near to its own's as
/// `also_right` says. Kept by the own task, since rows times tasks are many; spread out by rows(),
/// for a minibatch or for a whole part that is looked at once.
class RightTasks {
 public:
  RightTasks(const base::Matrix& encodings, double also_right) {
    const std::size_t tasks = encodings.rows();
    base::Matrix right(tasks + 1, tasks);  // The last row is that of no task.
    for (std::size_t own = 0; own < tasks; ++own) {
      for (std::size_t t = 0; t < tasks; ++t) {
        const bool near = also_right < 1 && static_cast<double>(dot(encodings.row(own),
                                                                    encodings.row(t))) > also_right;
        right(own, t) = t == own || near ? 1.0F : 0.0F;
      }
    }
    of_own_ = train::to_torch(right);
  }

  /// Of each row its own task, as rows() takes it.
  at::Tensor own_tasks(const data::Examples& examples, const core::Taxonomy& taxonomy) const {
    std::vector<std::int64_t> own;
    own.reserve(examples.size());
    for (const std::vector<core::TaskLabel>& labels : examples.labels) {
      const std::optional<std::size_t> leaf = leaf_of(taxonomy, labels);
      own.push_back(leaf ? static_cast<std::int64_t>(*leaf) : of_own_.size(1));
    }
    return at::tensor(own, at::kLong);
  }

  /// own (n) -> (n, tasks) of 1 where a task is right.
  at::Tensor rows(const at::Tensor& own) const { return of_own_.index_select(0, own); }

 private:
  at::Tensor of_own_;  ///< (tasks + 1, tasks)
};

struct BilinearClassifier {
  at::Tensor encodings;   ///< (tasks, dim)
  at::Tensor projection;  ///< (dim, dim); undefined where the embedding is taken as it is.
  at::Tensor scale;       ///< (1)
  at::Tensor bias;        ///< (tasks)

  std::vector<at::Tensor> parameters() const {
    std::vector<at::Tensor> all = {encodings, scale, bias};
    if (projection.defined()) {
      all.push_back(projection);
    }
    return all;
  }

  /// x (n, dim) -> (n, tasks).
  at::Tensor logits(const at::Tensor& x) const {
    const at::Tensor v =
        projection.defined() ? train::product_transposed(encodings, projection) : encodings;
    return train::product_transposed(x, v) * scale + bias;
  }

  void export_to(ml::TensorMap& weights) const {
    weights.put("classifier.encodings", train::to_artifact(encodings));
    weights.put("classifier.scale", train::to_artifact(scale));
    weights.put("classifier.bias", train::to_artifact(bias));
    if (projection.defined()) {
      weights.put("classifier.projection", train::to_artifact(projection));
    }
  }
};

at::Tensor weighted_bce(const at::Tensor& logits, const at::Tensor& right, double positive_weight) {
  const at::Tensor weight = at::full({1}, positive_weight);
  return at::binary_cross_entropy_with_logits(logits, right, {}, weight, at::Reduction::Mean);
}

/// Biases such that a task's logit is zero half-way between how near its own rows and all others
/// lie to it. Takes `right` (n, tasks) to write on, for there is memory for few matrices of its
/// size.
at::Tensor first_bias(const at::Tensor& x, const at::Tensor& right, const at::Tensor& encodings) {
  at::Tensor near = train::product_transposed(x, encodings);
  const at::Tensor own_rows = right.sum(0);
  const at::Tensor near_own = right.mul_(near);
  const at::Tensor own = near_own.sum(0) / own_rows.clamp_min(1);
  const at::Tensor other_rows = static_cast<double>(x.size(0)) - own_rows;
  const at::Tensor others = near.sub_(near_own).sum(0) / other_rows.clamp_min(1);
  return (own + others) * (-kFirstScale / 2);
}

BilinearClassifier make_classifier(const base::Matrix& encodings,
                                   const at::Tensor& x,
                                   const at::Tensor& right,
                                   bool projection) {
  BilinearClassifier classifier;
  classifier.encodings = train::to_torch(encodings);
  classifier.bias = first_bias(x, right, classifier.encodings);
  classifier.scale = at::full({1}, kFirstScale);
  if (projection) {
    classifier.projection = at::eye(classifier.encodings.size(1));
  }
  for (const at::Tensor& parameter : classifier.parameters()) {
    parameter.requires_grad_(true);
  }
  return classifier;
}

at::Tensor entries(const at::Tensor& tensor, std::span<const std::uint32_t> rows) {
  const std::vector<std::int64_t> index(rows.begin(), rows.end());
  return tensor.index_select(0, at::tensor(index, at::kLong));
}

train::LoopOptions loop_of(const FitOptions& fit, std::size_t batch, std::uint64_t seed) {
  return {fit.epochs,
          batch,
          1,
          fit.patience,
          base::stage_seed(seed, "classifier"),
          "training the task classifier"};
}

}  // namespace

base::Result<train::LoopReport> train_classifier(const ClassifierOptions& options,
                                                 std::size_t batch,
                                                 const TrainContext& context,
                                                 ml::TensorMap& weights) {
  const data::TrainingSet& set = context.set;
  const base::Matrix encodings = leaf_rows(set, set.taxonomy.leaves());
  const RightTasks right(encodings, options.also_right);
  const at::Tensor own = right.own_tasks(set.train, set.taxonomy);
  const at::Tensor judged_x = train::to_torch(set.validation.embeddings.unit);
  const at::Tensor judged_right = right.rows(right.own_tasks(set.validation, set.taxonomy));
  const BilinearClassifier classifier = make_classifier(
      encodings, train::to_torch(set.train.embeddings.unit), right.rows(own), options.projection);
  const auto loss = [&](const at::Tensor& x, const at::Tensor& right_there) {
    return weighted_bce(classifier.logits(x), right_there, options.positive_weight);
  };
  const train::Lesson lesson = {set.train.size(),
                                classifier.parameters(),
                                [&](std::span<const std::uint32_t> rows) {
                                  return loss(train::to_torch(set.train.embeddings.unit, rows),
                                              right.rows(entries(own, rows)));
                                },
                                [&] {
                                  const double judged = loss(judged_x, judged_right).item<double>();
                                  return train::Validation{-judged, judged};
                                }};
  const train::LoopReport report =
      TRY(train::run_loop(lesson,
                          {train::OptimizerKind::kAdamW, options.fit.learning_rate},
                          loop_of(options.fit, batch, set.seed),
                          context.progress));
  classifier.export_to(weights);
  return report;
}

}  // namespace wend::routers
