// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/rules/train.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "wend/base/suggest.h"
#include "wend/routers/factory.h"
#include "wend/routers/manifest.h"
#include "wend/routers/model_means.h"
#include "wend/routers/rules/oracle.h"
#include "wend/routers/rules/size_order.h"
#include "wend/routers/rules/task_oracle.h"
#include "wend/routers/trouter/option_fields.h"
#include "wend/routers/validation.h"

namespace wend::routers {
namespace {

using base::Code;
using nlohmann::ordered_json;

/// How strongly a task's mean is drawn towards its parent's (algorithms.md 11.3).
constexpr double kPseudoCount = 20;

base::Status expect_no_options(const RouterSpec& spec) {
  if (spec.options.empty()) {
    return {};
  }
  return base::fail(Code::kInvalidArgument,
                    "router '{}': option '{}' is unknown; {} takes no options",
                    spec.text,
                    spec.options.begin()->first,
                    spec.name);
}

/// The train means and what the rule fixed, with what its choices are worth on validation: asked of
/// the router as it will be loaded.
base::Result<TrainedRouter> with_means(const RouterSpec& spec,
                                       const TrainContext& context,
                                       const ordered_json& config) {
  const ModelMeans means = ModelMeans::of(context.set.train);
  TRY(means.check_choosable());
  TrainedRouter trained;
  means.store(trained.weights);
  trained.config_json = config.dump();
  const RouterManifest manifest{
      spec.name, context.set.models, context.set.normaliser, trained.tasks, trained.config_json};
  const auto router = TRY(load_router({manifest.to_json(), trained.weights}));
  trained.report.validation_utility_sum = utility_sum(*router, context.set);
  return trained;
}

base::Result<std::string> model_id(const RouterSpec& spec) {
  std::string id;
  TRY(read_spec_options(spec, [&](OptionFields& fields) { fields.text("id", id); }));
  return id;
}

base::Status expect_model(const std::string& id, std::span<const core::ModelCard> models) {
  std::vector<std::string> ids;
  for (const core::ModelCard& card : models) {
    ids.push_back(card.id);
  }
  if (std::ranges::find(ids, id) != ids.end()) {
    return {};
  }
  return base::fail(Code::kInvalidArgument,
                    "expected id to be a model of the pool, as in model{{id={}}}{}",
                    ids.empty() ? "NAME" : ids.front(),
                    base::did_you_mean(id, ids));
}

}  // namespace

base::Result<TrainedRouter> train_random(const RouterSpec& spec, const TrainContext& context) {
  TRY(expect_no_options(spec));
  return with_means(spec, context, {{"seed", context.set.seed}});
}

base::Result<TrainedRouter> train_smallest(const RouterSpec& spec, const TrainContext& context) {
  TRY(expect_no_options(spec));
  const SizeOrder order = TRY(order_by_size(context.set));
  return with_means(
      spec, context, {{"model", context.set.models[order.smallest()].id}, {"by", order.criterion}});
}

base::Result<TrainedRouter> train_largest(const RouterSpec& spec, const TrainContext& context) {
  TRY(expect_no_options(spec));
  const SizeOrder order = TRY(order_by_size(context.set));
  return with_means(
      spec, context, {{"model", context.set.models[order.largest()].id}, {"by", order.criterion}});
}

base::Result<TrainedRouter> train_adaptive(const RouterSpec& spec, const TrainContext& context) {
  TRY(expect_no_options(spec));
  const SizeOrder order = TRY(order_by_size(context.set));
  const std::vector<core::ModelCard>& models = context.set.models;
  return with_means(spec,
                    context,
                    {{"smallest", models[order.smallest()].id},
                     {"medium", models[order.medium()].id},
                     {"largest", models[order.largest()].id},
                     {"by", order.criterion}});
}

base::Result<TrainedRouter> train_means(const RouterSpec& spec, const TrainContext& context) {
  TRY(expect_no_options(spec));
  return with_means(spec, context, ordered_json::object());
}

base::Result<TrainedRouter> train_task_oracle(const RouterSpec& spec, const TrainContext& context) {
  TRY(expect_no_options(spec));
  TRY(ModelMeans::of(context.set.train).check_choosable());
  TrainedRouter trained;
  trained.config_json = ordered_json{{"pseudo_count", kPseudoCount}}.dump();
  trained.unservable = make_task_oracle(context.set, kPseudoCount);
  trained.report.validation_utility_sum = utility_sum(*trained.unservable, context.set);
  return trained;
}

base::Result<TrainedRouter> train_oracle(const RouterSpec& spec, const TrainContext& context) {
  TRY(expect_no_options(spec));
  if (context.truth == nullptr || context.truth_normaliser == nullptr) {
    return base::fail(Code::kFailedPrecondition,
                      "router 'oracle' looks the truth up, so it can be evaluated but not trained "
                      "into an artifact; use 'wend eval'");
  }
  TrainedRouter trained;
  trained.unservable = make_oracle(*context.truth, *context.truth_normaliser);
  return trained;
}

base::Result<TrainedRouter> train_model(const RouterSpec& spec, const TrainContext& context) {
  const std::string id = TRY(model_id(spec));
  TRY(expect_model(id, context.set.models));
  return with_means(spec, context, {{"model", id}});
}

base::Status check_known_sizes(const RouterSpec&, const data::OutcomeTable& table) {
  return check_sizes(table);
}

base::Status check_model(const RouterSpec& spec, const data::OutcomeTable& table) {
  const std::string id = TRY(model_id(spec));
  if (std::ranges::find(table.models_without_cost, id) != table.models_without_cost.end()) {
    return base::fail(Code::kFailedPrecondition,
                      "model '{}' has no cost on any query and was left out of the pool; use "
                      "--normaliser none to route on quality alone",
                      id);
  }
  return expect_model(id, table.models);
}

}  // namespace wend::routers
