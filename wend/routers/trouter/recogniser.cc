// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/recogniser.h"

#include <algorithm>
#include <utility>

namespace wend::routers {
namespace {

constexpr std::size_t kEmbeddingLayers = 2;

/// w3 . relu(W2 relu(A e_q + B e_t + b1) + b2) + b3, the same weights for every task; tasks in
/// tiles that stay in the cache.
class PairwiseScorer final : public TaskScorer {
 public:
  static base::Result<std::unique_ptr<TaskScorer>> load(const ml::TensorMap& weights,
                                                        const base::Matrix& e_t) {
    const std::size_t width = e_t.columns();
    const StoredLinear first =
        TRY(StoredLinear::load(weights, "scorer.0", -1, static_cast<std::int64_t>(2 * width)));
    const auto hidden = static_cast<std::int64_t>(first.weight.rows());
    const StoredLinear second = TRY(StoredLinear::load(weights, "scorer.1", hidden, hidden));
    StoredLinear last = TRY(StoredLinear::load(weights, "scorer.2", 1, hidden));
    const ml::PackedLinear tasks = TRY(first.columns(width, width).pack());
    return std::unique_ptr<TaskScorer>(
        new PairwiseScorer(TRY(first.columns(0, width).without_bias().pack()),
                           TRY(second.pack()),
                           std::move(last),
                           apply_packed(tasks, first.weight.rows(), e_t)));
  }

  std::vector<float> scores(std::span<const float> e_q) const override {
    const std::size_t hidden = task_terms_.columns();
    const std::vector<float> query = apply_packed(first_, hidden, e_q);
    std::vector<float> result(task_terms_.rows());
    base::Matrix in(ml::PackedLinear::kMaxRows, hidden);
    base::Matrix out(ml::PackedLinear::kMaxRows, hidden);
    for (std::size_t begin = 0; begin < result.size(); begin += in.rows()) {
      const std::size_t count = std::min(in.rows(), result.size() - begin);
      for (std::size_t t = 0; t < count; ++t) {
        const auto task = task_terms_.row(begin + t);
        const auto row = in.row(t);
        for (std::size_t i = 0; i < hidden; ++i) {
          row[i] = std::max(query[i] + task[i], 0.0F);
        }
      }
      second_.apply(count, in.data(), out.data());
      for (std::size_t t = 0; t < count; ++t) {
        relu(out.row(t));
        result[begin + t] = dot(out.row(t), last_.weight.row(0)) + last_.bias[0];
      }
    }
    return result;
  }

 private:
  PairwiseScorer(ml::PackedLinear first,
                 ml::PackedLinear second,
                 StoredLinear last,
                 base::Matrix task_terms)
      : first_(std::move(first)),
        second_(std::move(second)),
        last_(std::move(last)),
        task_terms_(std::move(task_terms)) {}

  ml::PackedLinear first_;   ///< A.
  ml::PackedLinear second_;  ///< W2, b2.
  StoredLinear last_;        ///< w3, b3.
  base::Matrix task_terms_;  ///< B e_t + b1, (tasks, hidden).
};

/// One MLP over [e_q ; e_1 ; ... ; e_K] (the paper's words): the tasks' part of its first layer is
/// a constant vector.
class ConcatScorer final : public TaskScorer {
 public:
  static base::Result<std::unique_ptr<TaskScorer>> load(const ml::TensorMap& weights,
                                                        const base::Matrix& e_t) {
    const std::size_t width = e_t.columns();
    const std::size_t tasks = e_t.rows();
    const auto inputs = static_cast<std::int64_t>((tasks + 1) * width);
    StoredLinear first = TRY(StoredLinear::load(weights, "scorer.0", -1, inputs));
    const std::size_t hidden = first.weight.rows();
    const auto size = static_cast<std::int64_t>(hidden);
    const StoredLinear second = TRY(StoredLinear::load(weights, "scorer.1", size, size));
    const StoredLinear last =
        TRY(StoredLinear::load(weights, "scorer.2", static_cast<std::int64_t>(tasks), size));
    for (std::size_t i = 0; i < hidden; ++i) {
      first.bias[i] += dot(first.weight.row(i).subspan(width), e_t.values());
    }
    return std::unique_ptr<TaskScorer>(new ConcatScorer(TRY(first.columns(0, width).pack()),
                                                        TRY(second.pack()),
                                                        TRY(last.pack()),
                                                        {hidden, tasks}));
  }

  std::vector<float> scores(std::span<const float> e_q) const override {
    std::vector<float> values = apply_packed(first_, sizes_.hidden, e_q);
    relu(values);
    values = apply_packed(second_, sizes_.hidden, values);
    relu(values);
    return apply_packed(last_, sizes_.tasks, values);
  }

 private:
  struct Sizes {
    std::size_t hidden;
    std::size_t tasks;
  };

  ConcatScorer(ml::PackedLinear first, ml::PackedLinear second, ml::PackedLinear last, Sizes sizes)
      : first_(std::move(first)),
        second_(std::move(second)),
        last_(std::move(last)),
        sizes_(sizes) {}

  ml::PackedLinear first_;
  ml::PackedLinear second_;
  ml::PackedLinear last_;
  Sizes sizes_;
};

/// e_q^T W e_t with W e_t kept: one small product a query.
class BilinearScorer final : public TaskScorer {
 public:
  static base::Result<std::unique_ptr<TaskScorer>> load(const ml::TensorMap& weights,
                                                        const base::Matrix& e_t) {
    const auto width = static_cast<std::int64_t>(e_t.columns());
    StoredLinear form;
    form.weight = TRY(weights.matrix("scorer.0.weight", width, width));
    const ml::PackedLinear packed = TRY(form.without_bias().pack());
    StoredLinear tasks;
    tasks.weight = apply_packed(packed, e_t.columns(), e_t);
    return std::unique_ptr<TaskScorer>(
        new BilinearScorer(TRY(tasks.without_bias().pack()), e_t.rows()));
  }

  std::vector<float> scores(std::span<const float> e_q) const override {
    return apply_packed(tasks_, count_, e_q);
  }

 private:
  BilinearScorer(ml::PackedLinear tasks, std::size_t count)
      : tasks_(std::move(tasks)), count_(count) {}

  ml::PackedLinear tasks_;
  std::size_t count_;
};

base::Result<std::unique_ptr<TaskScorer>> load_scorer(const ml::TensorMap& weights,
                                                      Scorer scorer,
                                                      const base::Matrix& e_t) {
  switch (scorer) {
    case Scorer::kPairwise:
      return PairwiseScorer::load(weights, e_t);
    case Scorer::kConcatAll:
      return ConcatScorer::load(weights, e_t);
    case Scorer::kBilinear:
      return BilinearScorer::load(weights, e_t);
  }
  return base::fail(base::Code::kInternal, "unknown scorer");
}

}  // namespace

base::Result<Recogniser> Recogniser::load(const ml::TensorMap& weights, Scorer scorer, double tau) {
  PackedMlp query_mlp = TRY(PackedMlp::load(weights, "query_mlp", kEmbeddingLayers));
  const PackedMlp task_mlp = TRY(PackedMlp::load(weights, "task_mlp", kEmbeddingLayers));
  const base::Matrix inputs =
      TRY(weights.matrix("task_inputs", -1, static_cast<std::int64_t>(query_mlp.inputs())));
  if (inputs.rows() == 0 || task_mlp.inputs() != query_mlp.inputs() ||
      task_mlp.outputs() != query_mlp.outputs()) {
    return base::fail(base::Code::kDataLoss,
                      "query_mlp and task_mlp differ in shape, or task_inputs is empty");
  }
  base::Matrix e_t = task_mlp.apply(inputs);
  std::unique_ptr<TaskScorer> task_scorer = TRY(load_scorer(weights, scorer, e_t));
  TaskFate fate = TRY(TaskFate::load(weights, e_t.rows()));
  return Recogniser(
      std::move(query_mlp), std::move(e_t), std::move(task_scorer), std::move(fate), tau);
}

std::vector<float> Recogniser::posterior(std::span<const float> input) const {
  std::vector<float> weights = scorer_->scores(query_vector(input));
  fate_.weigh(weights, tau_);
  return weights;
}

}  // namespace wend::routers
