// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/trouter/train_session.h"

#include <algorithm>
#include <cmath>

#include "wend/base/random.h"
#include "wend/train/exchange.h"
#include "wend/train/known_error.h"
#include "wend/train/product.h"

namespace wend::routers {
namespace {

/// Pairs of a query and a task that are scored at once outside training: their hidden vectors stay
/// in a core's second-level cache.
constexpr std::size_t kChunkPairs = 1024;

NetworkShape shape_of(const TRouterOptions& options, const Problem& problem) {
  NetworkShape shape;
  shape.inputs = problem.train.inputs.columns();
  shape.width = options.training.width;
  shape.hidden = options.training.hidden;
  shape.tasks = problem.tasks.size();
  shape.columns = problem.columns();
  shape.head_layers = options.training.head_layers;
  shape.scorer = options.scorer;
  shape.query_in_heads = !options.assumption1;
  return shape;
}

/// work(begin, count), for chunks of `rows` rows, gives their values (count, columns): the whole
/// (rows, columns), made on all threads and without gradients.
template <class Work>
base::Matrix in_chunks(std::size_t rows, std::size_t columns, std::size_t tasks, Work work) {
  base::Matrix result(rows, columns);
  const std::size_t chunk_rows = std::max<std::size_t>(1, kChunkPairs / tasks);
  const auto chunks = static_cast<std::int64_t>((rows + chunk_rows - 1) / chunk_rows);
  at::parallel_for(0, chunks, 1, [&](std::int64_t first, std::int64_t last) {
    const at::NoGradGuard no_grad;  // Each thread has its own switch.
    for (std::int64_t chunk = first; chunk < last; ++chunk) {
      const std::size_t begin = static_cast<std::size_t>(chunk) * chunk_rows;
      const std::size_t count = std::min(chunk_rows, rows - begin);
      const base::Matrix values = train::to_matrix(
          work(static_cast<std::int64_t>(begin), static_cast<std::int64_t>(count)));
      std::copy(values.values().begin(), values.values().end(), result.data() + begin * columns);
    }
  });
  return result;
}

/// Total loss of a whole part: sum of the weighted squared errors and the cross-entropy of the
/// labels.
double total_loss(const base::Matrix& predicted,
                  const base::Matrix& posterior,
                  const ProblemPart& part,
                  const std::vector<double>& cells,
                  double task_weight) {
  double loss = 0;
  for (std::size_t row = 0; row < predicted.rows(); ++row) {
    for (std::size_t column = 0; column < predicted.columns(); ++column) {
      const double error = predicted(row, column) - part.outcomes(row, column);
      loss += std::isnan(error) ? 0.0 : cells[column] * error * error;
    }
    double cross_entropy = 0;
    for (std::size_t task = 0; task < posterior.columns(); ++task) {
      cross_entropy -= part.labels(row, task) * std::log(posterior(row, task) + kLogFloor);
    }
    loss += task_weight * cross_entropy / static_cast<double>(predicted.rows());
  }
  return loss;
}

}  // namespace

train::OptimizerOptions optimizer_options(const TrainingOptions& options) {
  return {options.optimizer == OptimizerName::kAdam ? train::OptimizerKind::kAdam
                                                    : train::OptimizerKind::kAdamW,
          options.learning_rate,
          options.weight_decay};
}

train::Validation validation_of(StopBy stop, double utility, double loss) {
  return {stop == StopBy::kUtility ? utility : -loss, loss};
}

std::vector<double> metric_weights(const TrainingOptions& options,
                                   const std::vector<Metric>& metrics) {
  const double scale =
      options.loss == LossScale::kMean ? 1.0 / static_cast<double>(metrics.size()) : 1.0;
  std::vector<double> weights;
  weights.reserve(metrics.size());
  for (const Metric metric : metrics) {
    weights.push_back(scale * options.weight_of(metric));
  }
  return weights;
}

TaskSession::TaskSession(const TRouterOptions& options,
                         const Problem& problem,
                         const data::TrainingSet& set)
    : options_(options),
      problem_(problem),
      set_(set),
      seed_(base::stage_seed(set.seed, "dropout")),
      labels_(smoothed_labels(problem.train.labels,
                              set.taxonomy,
                              problem.tasks,
                              options.label_smoothing,
                              options.smoothing)),
      task_inputs_(train::to_torch(problem.task_inputs)),
      network_(make_task_network(shape_of(options, problem), set.seed)) {
  if (options.training.start == HeadStart::kCalibrated) {
    calibrate_heads(network_, column_means(problem.train.outcomes));
  }
  targets_.tau = options.tau;
  targets_.task_weight = options.regularisation ? options.weight_task : 0.0;
  targets_.dropout = options.training.dropout;
}

void TaskSession::take_targets(std::span<const std::uint32_t> rows) {
  targets_.outcomes = train::to_torch(problem_.train.outcomes, rows);
  targets_.labels = train::to_torch(labels_, rows);
  targets_.cell_weights =
      cell_weights(targets_.outcomes, metric_weights(options_.training, problem_.metrics));
  targets_.dropout_seed = base::Random(seed_ + ++step_).next();
}

at::Tensor TaskSession::loss(std::span<const std::uint32_t> rows) {
  take_targets(rows);
  const at::Tensor e_q =
      apply_mlp(network_.query_mlp, train::to_torch(problem_.train.inputs, rows));
  const at::Tensor e_t = apply_mlp(network_.task_mlp, task_inputs_);
  if (!options_.assumption1) {
    return query_head_loss(e_q, e_t);
  }
  const at::Tensor g = apply_heads(network_.heads, e_t, options_.training.dropout);
  if (options_.scorer == Scorer::kPairwise) {
    return pairwise(e_q, e_t, g);
  }
  return mixture_loss(scores(e_q, e_t), g, targets_);
}

at::Tensor TaskSession::scores(const at::Tensor& e_q, const at::Tensor& e_t) const {
  return task_scores(network_, options_.scorer, e_q, e_t);
}

at::Tensor TaskSession::pairwise(const at::Tensor& e_q,
                                 const at::Tensor& e_t,
                                 const at::Tensor& g) const {
  const Mlp& scorer = network_.scorer;
  const std::int64_t width = e_q.size(1);
  PairwiseTerms terms;
  terms.query_terms = train::product_transposed(e_q, scorer[0].weight.narrow(1, 0, width));
  terms.task_terms =
      train::product_transposed(e_t, scorer[0].weight.narrow(1, width, width)) + scorer[0].bias;
  terms.w2 = scorer[1].weight;
  terms.b2 = scorer[1].bias;
  terms.w3 = scorer[2].weight;
  terms.b3 = scorer[2].bias;
  return pairwise_loss(terms, g, targets_);
}

/// The same loss where g depends on the query too; plain autograd.
at::Tensor TaskSession::query_head_loss(const at::Tensor& e_q, const at::Tensor& e_t) const {
  const at::Tensor l = at::softmax(scores(e_q, e_t) / options_.tau, 1);
  const at::Tensor g = apply_query_heads(network_.heads, e_q, e_t, options_.training.dropout);
  const at::Tensor error = train::known_error((l.unsqueeze(2) * g).sum(1), targets_.outcomes);
  const at::Tensor cells = at::tensor(targets_.cell_weights).to(at::kFloat);
  const at::Tensor regression = (error.square() * cells).sum();
  const at::Tensor labelling =
      -(targets_.labels * (l + kLogFloor).log()).sum() / targets_.labels.size(0);
  return regression + targets_.task_weight * labelling;
}

train::Validation TaskSession::validate() const {
  const ProblemPart& part = problem_.validation;
  const base::Matrix l = posterior(part);
  const base::Matrix guess = predicted(part, l);
  const std::vector<double> cells = cell_weights(
      train::to_torch(part.outcomes), metric_weights(options_.training, problem_.metrics));
  return validation_of(options_.training.stop,
                       predicted_utility(guess, problem_, set_.validation),
                       total_loss(guess, l, part, cells, targets_.task_weight));
}

base::Matrix TaskSession::posterior(const ProblemPart& part) const {
  const at::NoGradGuard no_grad;
  const at::Tensor e_q = apply_mlp(network_.query_mlp, train::to_torch(part.inputs));
  const at::Tensor e_t = apply_mlp(network_.task_mlp, task_inputs_);
  const std::size_t tasks = problem_.tasks.size();
  const auto weights = [&](std::int64_t begin, std::int64_t count) {
    return at::softmax(scores(e_q.narrow(0, begin, count), e_t) / options_.tau, 1);
  };
  return in_chunks(part.inputs.rows(), tasks, tasks, weights);
}

base::Matrix TaskSession::head_table() const {
  const at::NoGradGuard no_grad;
  return train::to_matrix(
      apply_heads(network_.heads, apply_mlp(network_.task_mlp, task_inputs_), 0.0));
}

base::Matrix TaskSession::predicted(const ProblemPart& part, const base::Matrix& l) const {
  const at::NoGradGuard no_grad;
  if (options_.assumption1) {
    return train::to_matrix(at::mm(train::to_torch(l), train::to_torch(head_table()).t()));
  }
  const at::Tensor weights = train::to_torch(l);
  const at::Tensor e_q = apply_mlp(network_.query_mlp, train::to_torch(part.inputs));
  const at::Tensor e_t = apply_mlp(network_.task_mlp, task_inputs_);
  const auto mixed = [&](std::int64_t begin, std::int64_t count) {
    const at::Tensor g = apply_query_heads(network_.heads, e_q.narrow(0, begin, count), e_t, 0.0);
    return (weights.narrow(0, begin, count).unsqueeze(2) * g).sum(1);
  };
  return in_chunks(part.inputs.rows(), problem_.columns(), problem_.tasks.size(), mixed);
}

}  // namespace wend::routers
