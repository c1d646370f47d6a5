// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/finerouter/train_general_heads.h"

#include <algorithm>
#include <cmath>

#include "wend/base/random.h"
#include "wend/routers/finerouter/train_heads.h"
#include "wend/routers/model_means.h"
#include "wend/routers/trouter/input.h"
#include "wend/routers/trouter/train_problem.h"
#include "wend/routers/validation.h"
#include "wend/train/exchange.h"
#include "wend/train/runtime.h"

namespace wend::routers {
namespace {

std::int64_t signed_size(std::size_t size) {
  return static_cast<std::int64_t>(size);
}

/// The general heads and what they read of a model.
struct GeneralHeads {
  TorchHeads heads;
  at::Tensor reads_embedding;  ///< (models, hidden, width)
  at::Tensor embedding;        ///< (models, width)

  std::vector<at::Tensor> parameters() const {
    std::vector<at::Tensor> all = heads.parameters();
    all.insert(all.end(), {reads_embedding, embedding});
    return all;
  }

  /// W [x ; e_m] + b = W_x x + (W_m e_m + b): the second half depends on the model alone.
  at::Tensor shift() const {
    return (reads_embedding * embedding.unsqueeze(1)).sum(-1) + heads.first_bias;
  }

  /// x (n, inputs) -> (n, models).
  at::Tensor quality(const at::Tensor& x, double dropout) const {
    return at::sigmoid(heads.logits(x, shift(), dropout));
  }

  void export_to(ml::TensorMap& weights) const {
    heads.export_to("general", weights);
    weights.put("general.0.embedding_weight", train::to_artifact(reads_embedding));
    weights.put("model_embedding", train::to_artifact(embedding));
  }
};

/// Last biases such that each head starts at its model's mean.
void calibrate(const TorchHeads& heads, const std::vector<double>& means) {
  const at::NoGradGuard no_grad;
  float* bias = heads.last_bias.data_ptr<float>();
  for (std::size_t m = 0; m < means.size(); ++m) {
    const double mean = std::clamp(means[m], 0.01, 0.99);
    bias[m] = static_cast<float>(std::log(mean / (1 - mean)));
  }
}

/// PyTorch's Linear default, as if the layer read both vectors beside one another.
GeneralHeads make_general(const QualityOptions& options, const data::TrainingSet& set) {
  const std::int64_t models = signed_size(set.models.size());
  const std::int64_t hidden = signed_size(options.hidden);
  const std::int64_t inputs = signed_size(set.train.embeddings.unit.columns());
  const std::int64_t width = signed_size(options.model_embedding);
  const double first = 1 / std::sqrt(static_cast<double>(inputs + width));
  const double last = 1 / std::sqrt(static_cast<double>(hidden));
  base::Random random(base::stage_seed(set.seed, "general heads"));
  GeneralHeads general;
  general.heads.first = train::uniform_parameter({models, hidden, inputs}, first, random);
  general.heads.first_bias = train::uniform_parameter({models, hidden}, first, random);
  general.heads.last = train::uniform_parameter({models, hidden}, last, random);
  general.heads.last_bias = train::uniform_parameter({models}, last, random);
  general.reads_embedding = train::uniform_parameter({models, hidden, width}, first, random);
  general.embedding = train::uniform_parameter({models, width}, 1, random);
  if (options.start == HeadStart::kCalibrated) {
    calibrate(general.heads, column_means(set.train.quality));
  }
  return general;
}

/// Each model's mean cost in every row: general heads know no better.
base::Matrix constant_costs(const data::TrainingSet& set) {
  const std::vector<float> means = ModelMeans::of(set.train).cost_normalised;
  base::Matrix costs(set.validation.size(), means.size());
  for (std::size_t i = 0; i < costs.rows(); ++i) {
    std::copy(means.begin(), means.end(), costs.row(i).begin());
  }
  return costs;
}

train::Validation judge(const at::Tensor& predicted,
                        StopBy stop,
                        const base::Matrix& costs,
                        const data::Examples& truth) {
  const double loss = squared_error(predicted, train::to_torch(truth.quality)).item<double>();
  if (stop == StopBy::kLoss) {
    return {-loss, loss};
  }
  return {utility_sum(train::to_matrix(predicted), costs, truth), loss};
}

}  // namespace

base::Result<train::LoopReport> train_general_heads(const QualityOptions& options,
                                                    const TrainContext& context,
                                                    ml::TensorMap& weights) {
  const data::TrainingSet& set = context.set;
  train::settle(base::stage_seed(set.seed, "general dropout"), context.threads);
  const GeneralHeads general = make_general(options, set);
  const base::Matrix inputs = network_inputs(set.train.embeddings, options.input);
  const at::Tensor judged =
      train::to_torch(network_inputs(set.validation.embeddings, options.input));
  const base::Matrix costs = constant_costs(set);
  const train::Lesson lesson = {
      set.train.size(),
      general.parameters(),
      [&](std::span<const std::uint32_t> rows) {
        return squared_error(general.quality(train::to_torch(inputs, rows), options.dropout),
                             train::to_torch(set.train.quality, rows));
      },
      [&] { return judge(general.quality(judged, 0), options.stop, costs, set.validation); }};
  const train::LoopReport report =
      TRY(train::run_loop(lesson,
                          {train::OptimizerKind::kAdamW, options.general.learning_rate},
                          {options.general.epochs,
                           options.batch,
                           options.epoch_steps,
                           options.general.patience,
                           set.seed,
                           "training the general heads"},
                          context.progress));
  general.export_to(weights);
  return report;
}

}  // namespace wend::routers
