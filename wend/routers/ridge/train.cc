// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/ridge/train.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "wend/base/parallel.h"
#include "wend/routers/model_means.h"
#include "wend/routers/ridge/regression.h"
#include "wend/routers/trouter/option_fields.h"
#include "wend/routers/validation.h"

namespace wend::routers {
namespace {

// Per row, so that they mean the same at any number of rows. A unit vector's 384 entries have
// variances of about 1/384 = 0.0026: the grid reaches from hardly any penalty to hardly any
// weights.
constexpr std::array<double, 11> kPenalties = {
    10, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 3e-4, 1e-4, 1e-5};

/// Qualities and costs side by side: (n, 2 models).
base::Matrix side_by_side(const base::Matrix& quality, const base::Matrix& cost) {
  base::Matrix both(quality.rows(), quality.columns() + cost.columns());
  for (std::size_t row = 0; row < both.rows(); ++row) {
    std::copy(quality.row(row).begin(), quality.row(row).end(), both.row(row).begin());
    std::copy(cost.row(row).begin(),
              cost.row(row).end(),
              both.row(row).begin() + static_cast<std::ptrdiff_t>(quality.columns()));
  }
  return both;
}

double validation_utility(const LinearMap& map, const data::Examples& rows) {
  const std::size_t models = rows.quality.columns();
  base::Matrix quality(rows.size(), models);
  base::Matrix cost(rows.size(), models);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t model = 0; model < models; ++model) {
      const std::span<const float> x = rows.embeddings.unit.row(row);
      quality(row, model) = std::clamp(map.predict(x, model), 0.0F, 1.0F);
      cost(row, model) = std::clamp(map.predict(x, models + model), 0.0F, 1.0F);
    }
  }
  return utility_sum(quality, cost, rows);
}

struct Fit {
  double lambda = 0;
  LinearMap map;
  double utility_sum = 0;
};

}  // namespace

base::Result<TrainedRouter> train_ridge(const RouterSpec& spec, const TrainContext& context) {
  double given = 0;
  TRY(read_spec_options(spec, [&](OptionFields& fields) {
    fields.number("lambda", given, {1e-6, 1e6});
  }));
  const data::TrainingSet& set = context.set;
  const ModelMeans means = ModelMeans::of(set.train);
  TRY(means.check_choosable());

  const base::Matrix& x = set.train.embeddings.unit;
  const base::Matrix y = side_by_side(set.train.quality, set.train.cost_normalised);
  const std::vector<RegressionGroup> groups = regression_groups(x, y, context.threads);
  std::vector<Fit> fits;
  for (const double lambda : kPenalties) {
    if (given == 0) {
      fits.push_back({lambda, {}, 0});
    }
  }
  if (given > 0) {
    fits.push_back({given, {}, 0});
  }
  base::parallel_for(fits.size(), context.threads, [&](std::size_t i, std::size_t) {
    fits[i].map = solve_ridge(groups, y.columns(), x.columns(), fits[i].lambda);
    fits[i].utility_sum = validation_utility(fits[i].map, set.validation);
  });
  const auto best = std::max_element(fits.begin(), fits.end(), [](const Fit& a, const Fit& b) {
    return a.utility_sum < b.utility_sum;
  });

  TrainedRouter trained;
  trained.weights.put("weights", ml::Tensor::from_matrix(best->map.weights));
  trained.weights.put("intercept", ml::Tensor::from_vector(best->map.intercept));
  means.store(trained.weights);
  trained.config_json = fmt::format(R"({{"lambda":{}}})", best->lambda);
  trained.report.validation_utility_sum = best->utility_sum;
  trained.report.parameters = best->map.weights.values().size() + best->map.intercept.size();
  return trained;
}

}  // namespace wend::routers
