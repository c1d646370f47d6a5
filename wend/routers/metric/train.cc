// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/metric/train.h"

#include <cmath>
#include <exception>

#include "wend/routers/metric/options.h"
#include "wend/routers/trouter/train_network.h"
#include "wend/routers/trouter/train_problem.h"
#include "wend/routers/trouter/train_session.h"
#include "wend/train/exchange.h"
#include "wend/train/known_error.h"
#include "wend/train/runtime.h"

namespace wend::routers {
namespace {

/// One network in training on one problem, which it borrows.
class MetricSession {
 public:
  MetricSession(const MetricOptions& options, const Problem& problem, const data::TrainingSet& set)
      : options_(options), problem_(problem), set_(set) {
    NetworkShape shape;
    shape.inputs = problem.train.inputs.columns();
    shape.width = options.training.width;
    shape.hidden = options.training.hidden;
    shape.columns = problem.columns();
    shape.head_layers = options.training.head_layers;
    network_ = make_metric_network(shape, set.seed);
    if (options.training.start == HeadStart::kCalibrated) {
      calibrate_heads(network_, column_means(problem.train.outcomes));
    }
  }

  at::Tensor loss(std::span<const std::uint32_t> rows) const {
    return squared_error(
        forward(train::to_torch(problem_.train.inputs, rows), options_.training.dropout),
        train::to_torch(problem_.train.outcomes, rows));
  }

  train::Validation validate() const {
    const ProblemPart& part = problem_.validation;
    const base::Matrix guess = predicted(part);
    return validation_of(
        options_.training.stop,
        predicted_utility(guess, problem_, set_.validation),
        squared_error(train::to_torch(guess), train::to_torch(part.outcomes)).item<double>());
  }

  base::Matrix predicted(const ProblemPart& part) const {
    const at::NoGradGuard no_grad;
    return train::to_matrix(forward(train::to_torch(part.inputs), 0.0));
  }

  const TaskNetwork& network() const { return network_; }

 private:
  /// x (n, inputs) -> (n, columns).
  at::Tensor forward(const at::Tensor& x, double dropout) const {
    return apply_heads(network_.heads, apply_mlp(network_.query_mlp, x), dropout).t();
  }

  at::Tensor squared_error(const at::Tensor& predicted, const at::Tensor& outcomes) const {
    const std::vector<double> cells =
        cell_weights(outcomes, metric_weights(options_.training, problem_.metrics));
    const at::Tensor error = train::known_error(predicted, outcomes);
    return (error.square() * at::tensor(cells).to(at::kFloat)).sum();
  }

  const MetricOptions& options_;
  const Problem& problem_;
  const data::TrainingSet& set_;
  TaskNetwork network_;
};

base::Result<TrainedRouter> train_guarded(const RouterSpec& spec, const TrainContext& context) {
  MetricOptions options = TRY(MetricOptions::parse(spec));
  const data::TrainingSet& set = context.set;
  const Problem problem = TRY(build_problem(set, options.training, {}));
  options.training.metrics = metrics_text(problem.metrics);
  train::settle(set.seed, context.threads);
  const MetricSession session(options, problem, set);
  const train::LoopReport report =
      TRY(fit(session, options.training, problem, "training metric", context));
  TrainedRouter result;
  session.network().export_to(result.weights);
  const auto scale = static_cast<float>(problem.latency_scale);
  result.weights.put("latency_scale", ml::Tensor::from_vector(std::span(&scale, 1)));
  result.config_json = options.to_json();
  result.report = {
      report.epochs,
      report.best_epoch,
      predicted_utility(session.predicted(problem.validation), problem, set.validation),
      session.network().parameter_count()};
  return result;
}

}  // namespace

base::Result<TrainedRouter> train_metric(const RouterSpec& spec, const TrainContext& context) {
  try {
    return train_guarded(spec, context);
  } catch (const std::exception& error) {  // libtorch throws; this is its door.
    return base::fail(base::Code::kInternal, "router '{}': {}", spec.text, error.what());
  }
}

}  // namespace wend::routers
