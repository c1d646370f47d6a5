// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/rules/size_order.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace wend::routers {
namespace {

SizeOrder order_by(const std::vector<std::optional<double>>& sizes, std::string criterion) {
  SizeOrder order;
  order.criterion = std::move(criterion);
  for (std::size_t model = 0; model < sizes.size(); ++model) {
    if (sizes[model] && !std::isnan(*sizes[model])) {
      order.models.push_back(model);
    }
  }
  std::stable_sort(order.models.begin(), order.models.end(), [&](std::size_t a, std::size_t b) {
    return *sizes[a] < *sizes[b];
  });
  return order;
}

tl::unexpected<base::Error> no_sizes() {
  return base::fail(base::Code::kFailedPrecondition,
                    "no model has a train cost, an output price or a number of parameters, so "
                    "none is the smallest; expected output_price_per_mtok or params_b in "
                    "models.jsonl");
}

}  // namespace

base::Result<SizeOrder> order_by_size(const data::TrainingSet& set) {
  std::vector<std::optional<double>> prices;
  std::vector<std::optional<double>> parameters;
  for (const core::ModelCard& card : set.models) {
    prices.push_back(card.output_price_per_mtok);
    parameters.push_back(card.params_b);
  }
  SizeOrder by_price = order_by(prices, "output_price");
  SizeOrder by_parameters = order_by(parameters, "parameters");
  SizeOrder order =
      by_price.models.size() >= by_parameters.models.size() ? by_price : by_parameters;
  if (set.has_costs) {
    order = order_by({set.mean_cost.begin(), set.mean_cost.end()}, "mean_train_cost");
  }
  if (order.models.empty()) {
    return no_sizes();
  }
  return order;
}

base::Status check_sizes(const data::OutcomeTable& table) {
  const bool any = std::ranges::any_of(table.models, [](const core::ModelCard& card) {
    return card.output_price_per_mtok || card.params_b;
  });
  return any || table.has_costs() ? base::Status() : no_sizes();
}

}  // namespace wend::routers
