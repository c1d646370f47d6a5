// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/train_classifier.h"

#include <algorithm>
#include <optional>
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

/// (n, tasks) of 1 where a task is right for a row: its own, and those whose encoding is as near to
/// its own's as `also_right` says.
base::Matrix right_tasks(const data::Examples& rows,
                         const core::Taxonomy& taxonomy,
                         const base::Matrix& encodings,
                         double also_right) {
  base::Matrix right(rows.size(), encodings.rows());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::optional<std::size_t> own = leaf_of(taxonomy, rows.labels[i]);
    if (!own) {
      continue;
    }
    for (std::size_t t = 0; t < encodings.rows(); ++t) {
      const bool near = also_right < 1 && static_cast<double>(dot(encodings.row(*own),
                                                                  encodings.row(t))) > also_right;
      right(i, t) = t == *own || near ? 1.0F : 0.0F;
    }
  }
  return right;
}

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
/// lie to it.
at::Tensor first_bias(const at::Tensor& x, const at::Tensor& right, const at::Tensor& encodings) {
  const at::Tensor near = train::product_transposed(x, encodings);
  const at::Tensor own = (near * right).sum(0) / right.sum(0).clamp_min(1);
  const at::Tensor others = (near * (1 - right)).sum(0) / (1 - right).sum(0).clamp_min(1);
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

}  // namespace

base::Result<train::LoopReport> train_classifier(const ClassifierOptions& options,
                                                 std::size_t batch,
                                                 const TrainContext& context,
                                                 ml::TensorMap& weights) {
  const data::TrainingSet& set = context.set;
  const base::Matrix encodings = leaf_rows(set, set.taxonomy.leaves());
  const base::Matrix right = right_tasks(set.train, set.taxonomy, encodings, options.also_right);
  const at::Tensor judged_x = train::to_torch(set.validation.embeddings.unit);
  const at::Tensor judged_right =
      train::to_torch(right_tasks(set.validation, set.taxonomy, encodings, options.also_right));
  const BilinearClassifier classifier = make_classifier(encodings,
                                                        train::to_torch(set.train.embeddings.unit),
                                                        train::to_torch(right),
                                                        options.projection);
  const train::Lesson lesson = {
      set.train.size(),
      classifier.parameters(),
      [&](std::span<const std::uint32_t> rows) {
        return weighted_bce(classifier.logits(train::to_torch(set.train.embeddings.unit, rows)),
                            train::to_torch(right, rows),
                            options.positive_weight);
      },
      [&] {
        const double loss =
            weighted_bce(classifier.logits(judged_x), judged_right, options.positive_weight)
                .item<double>();
        return train::Validation{-loss, loss};
      }};
  const train::LoopReport report =
      TRY(train::run_loop(lesson,
                          {train::OptimizerKind::kAdam, options.fit.learning_rate},
                          {options.fit.epochs,
                           batch,
                           1,
                           options.fit.patience,
                           base::stage_seed(set.seed, "classifier"),
                           "training the task classifier"},
                          context.progress));
  classifier.export_to(weights);
  return report;
}

}  // namespace wend::routers
