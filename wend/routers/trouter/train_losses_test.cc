// SPDX-License-Identifier: Apache-2.0
// The hand-written gradient against central differences in double (relative error below 1e-4;
// algorithms.md 13) and against libtorch's own autograd, with missing cells, unlabelled queries and
// soft labels among the rows.
#include "wend/routers/trouter/train_losses.h"

#include <cmath>
#include <functional>
#include <limits>

#include <gtest/gtest.h>

namespace wend::routers {
namespace {

constexpr std::int64_t kBatch = 11;
constexpr std::int64_t kTasks = 7;
constexpr std::int64_t kColumns = 6;  // 2 metrics x 3 models
constexpr std::int64_t kHidden = 20;

struct Case {
  PairwiseTerms terms;
  at::Tensor g;
  LossTargets targets;

  std::vector<at::Tensor> parameters() const {
    return {terms.query_terms, terms.task_terms, terms.w2, terms.b2, terms.w3, terms.b3, g};
  }

  at::Tensor fused() const { return pairwise_loss(terms, g, targets); }
};

at::Tensor parameter(std::vector<std::int64_t> shape) {
  return (at::rand(shape, at::kDouble) - 0.45).requires_grad_(true);
}

Case make_case(double dropout = 0.0) {
  at::manual_seed(4);
  Case made;
  made.terms = {parameter({kBatch, kHidden}),
                parameter({kTasks, kHidden}),
                parameter({kHidden, kHidden}),
                parameter({kHidden}),
                parameter({1, kHidden}),
                parameter({1})};
  made.g = at::rand({kColumns, kTasks}, at::kDouble).requires_grad_(true);
  LossTargets& targets = made.targets;
  targets.outcomes = at::rand({kBatch, kColumns}, at::kDouble);
  targets.outcomes[2][1] = std::numeric_limits<double>::quiet_NaN();
  targets.outcomes[3].fill_(std::numeric_limits<double>::quiet_NaN());
  targets.labels = at::zeros({kBatch, kTasks}, at::kDouble);
  for (std::int64_t b = 0; b < kBatch; ++b) {
    targets.labels[b][b % kTasks] = 1.0;
  }
  targets.labels[4].fill_(0.0);  // Unlabelled.
  targets.labels[5].fill_(1.0 / kTasks);
  targets.cell_weights = cell_weights(targets.outcomes, {0.5, 0.8});
  targets.tau = 0.3;
  targets.task_weight = 0.7;
  targets.dropout = dropout;
  targets.dropout_seed = 12;
  return made;
}

/// The formulas of the header, in plain autograd.
at::Tensor plain_mixture(const at::Tensor& scores,
                         const at::Tensor& g,
                         const LossTargets& targets) {
  const at::Tensor l = at::softmax(scores / targets.tau, 1);
  const at::Tensor error = at::nan_to_num(at::mm(l, g.t()) - targets.outcomes, 0.0);
  const at::Tensor weights = at::tensor(targets.cell_weights, at::kDouble);
  const at::Tensor labelling = -(targets.labels * (l + kLogFloor).log()).sum();
  return (error.square() * weights).sum() +
         targets.task_weight / static_cast<double>(scores.size(0)) * labelling;
}

at::Tensor plain_scores(const PairwiseTerms& terms) {
  const at::Tensor first = at::relu(terms.query_terms.unsqueeze(1) + terms.task_terms.unsqueeze(0));
  const at::Tensor second = at::relu(at::matmul(first, terms.w2.t()) + terms.b2);
  return at::matmul(second, terms.w3.t()).squeeze(-1) + terms.b3;
}

std::vector<at::Tensor> gradients(const std::vector<at::Tensor>& parameters,
                                  const std::function<at::Tensor()>& loss) {
  for (const at::Tensor& parameter : parameters) {
    parameter.mutable_grad() = at::Tensor();
  }
  loss().backward();
  std::vector<at::Tensor> result;
  for (const at::Tensor& parameter : parameters) {
    result.push_back(parameter.grad().clone());
  }
  return result;
}

/// Largest |analytic - numeric| over the largest |numeric| of one parameter, on every tenth entry
/// or so.
double relative_error(const at::Tensor& parameter,
                      const at::Tensor& analytic,
                      const std::function<at::Tensor()>& loss) {
  const at::NoGradGuard no_grad;
  constexpr double kStep = 1e-6;
  double* values = parameter.data_ptr<double>();
  const double* slopes = analytic.data_ptr<double>();
  double worst = 0;
  double largest = 1e-6;
  for (std::int64_t i = 0; i<parameter.numel(); i += parameter.numel()> 30 ? 7 : 1) {
    const double kept = values[i];
    values[i] = kept + kStep;
    const double above = loss().item<double>();
    values[i] = kept - kStep;
    const double below = loss().item<double>();
    values[i] = kept;
    const double numeric = (above - below) / (2 * kStep);
    worst = std::max(worst, std::abs(numeric - slopes[i]));
    largest = std::max(largest, std::abs(numeric));
  }
  return worst / largest;
}

void expect_close(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_LT((a[i] - b[i]).abs().max().item<double>(), 1e-12) << "parameter " << i;
  }
}

TEST(PairwiseLoss, AgreesWithFiniteDifferences) {
  for (const double dropout : {0.0, 0.3}) {
    const Case made = make_case(dropout);
    const auto loss = [&] { return made.fused(); };
    const std::vector<at::Tensor> parameters = made.parameters();
    const std::vector<at::Tensor> analytic = gradients(parameters, loss);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      EXPECT_LT(relative_error(parameters[i], analytic[i], loss), 1e-4)
          << "parameter " << i << ", dropout " << dropout;
    }
  }
}

TEST(PairwiseLoss, AgreesWithPlainAutograd) {
  const Case made = make_case();
  const auto plain = [&] { return plain_mixture(plain_scores(made.terms), made.g, made.targets); };
  EXPECT_NEAR(made.fused().item<double>(), plain().item<double>(), 1e-12);
  expect_close(gradients(made.parameters(), [&] { return made.fused(); }),
               gradients(made.parameters(), plain));
}

/// The same numbers as float leaves: what training runs on, with its own product.
Case in_float(const Case& made) {
  const auto leaf = [](const at::Tensor& tensor) {
    return tensor.detach().to(at::kFloat).requires_grad_(true);
  };
  Case result = made;
  const PairwiseTerms& terms = made.terms;
  result.terms = {leaf(terms.query_terms),
                  leaf(terms.task_terms),
                  leaf(terms.w2),
                  leaf(terms.b2),
                  leaf(terms.w3),
                  leaf(terms.b3)};
  result.g = leaf(made.g);
  result.targets.outcomes = made.targets.outcomes.to(at::kFloat);
  result.targets.labels = made.targets.labels.to(at::kFloat);
  return result;
}

TEST(PairwiseLoss, InFloatIsTheOneInDouble) {
  for (const double dropout : {0.0, 0.3}) {
    const Case made = make_case(dropout);
    const Case single = in_float(made);
    EXPECT_NEAR(single.fused().item<double>(), made.fused().item<double>(), 1e-5);
    const auto expected = gradients(made.parameters(), [&] { return made.fused(); });
    const auto found = gradients(single.parameters(), [&] { return single.fused(); });
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const double scale = 1e-3 + expected[i].abs().max().item<double>();
      EXPECT_LT((found[i] - expected[i]).abs().max().item<double>() / scale, 1e-4)
          << "parameter " << i << ", dropout " << dropout;
    }
  }
}

TEST(PairwiseLoss, DoesNotDependOnTheNumberOfThreads) {
  const Case made = make_case();
  at::set_num_threads(1);
  const auto one = gradients(made.parameters(), [&] { return made.fused(); });
  at::set_num_threads(2);
  const auto two = gradients(made.parameters(), [&] { return made.fused(); });
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_TRUE(at::equal(one[i], two[i])) << "parameter " << i;
  }
}

TEST(PairwiseLoss, DropsAsSeeded) {
  Case made = make_case(0.3);
  const double first = made.fused().item<double>();
  EXPECT_EQ(made.fused().item<double>(), first);
  made.targets.dropout_seed = 13;
  EXPECT_NE(made.fused().item<double>(), first);
}

TEST(MixtureLoss, AgreesWithPlainAutogradAndFiniteDifferences) {
  const Case made = make_case();
  const at::Tensor scores = parameter({kBatch, kTasks});
  const auto fused = [&] { return mixture_loss(scores, made.g, made.targets); };
  const auto plain = [&] { return plain_mixture(scores, made.g, made.targets); };
  const std::vector<at::Tensor> analytic = gradients({scores, made.g}, fused);
  expect_close(analytic, gradients({scores, made.g}, plain));
  EXPECT_LT(relative_error(scores, analytic[0], fused), 1e-4);
  EXPECT_LT(relative_error(made.g, analytic[1], fused), 1e-4);
}

TEST(CellWeights, AreTheMeanOverPresentCellsOfEachMetric) {
  const float missing = std::numeric_limits<float>::quiet_NaN();
  const at::Tensor outcomes = at::tensor({1.0F, missing, 0.5F, missing}).view({1, 4});
  EXPECT_EQ(cell_weights(outcomes, {1.0, 3.0}), (std::vector<double>{1.0, 1.0, 3.0, 3.0}));
  const at::Tensor none = at::full({2, 2}, missing);
  EXPECT_EQ(cell_weights(none, {1.0}), (std::vector<double>{0.0, 0.0}));
}

TEST(PairwiseLoss, GivesAMissingCellNoPart) {
  Case made = make_case();
  made.targets.task_weight = 0;
  made.targets.outcomes.fill_(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(made.fused().item<double>(), 0.0);
  for (const at::Tensor& slope : gradients(made.parameters(), [&] { return made.fused(); })) {
    EXPECT_EQ(slope.abs().max().item<double>(), 0.0);
  }
}

}  // namespace
}  // namespace wend::routers
