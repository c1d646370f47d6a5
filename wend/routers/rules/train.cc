// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/rules/train.h"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/suggest.h"
#include "wend/routers/model_means.h"
#include "wend/routers/rules/oracle.h"
#include "wend/routers/rules/size_order.h"
#include "wend/routers/rules/task_table.h"
#include "wend/routers/trouter/option_fields.h"

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

base::Result<TrainedRouter> with_means(const TrainContext& context, const ordered_json& config) {
  const ModelMeans means = ModelMeans::of(context.set.train);
  TRY(means.check_choosable());
  TrainedRouter trained;
  means.store(trained.weights);
  trained.config_json = config.dump();
  return trained;
}

/// "domain > subcategory > level".
std::string path_name(const core::Taxonomy& taxonomy, std::size_t node) {
  const core::TaskNode& own = taxonomy.nodes()[node];
  return own.parent ? path_name(taxonomy, *own.parent) + " > " + own.name : own.name;
}

}  // namespace

base::Result<TrainedRouter> train_random(const RouterSpec& spec, const TrainContext& context) {
  TRY(expect_no_options(spec));
  return with_means(context, {{"seed", context.set.seed}});
}

base::Result<TrainedRouter> train_smallest(const RouterSpec& spec, const TrainContext& context) {
  TRY(expect_no_options(spec));
  const SizeOrder order = TRY(order_by_size(context.set));
  return with_means(context,
                    {{"model", context.set.models[order.smallest()].id}, {"by", order.criterion}});
}

base::Result<TrainedRouter> train_largest(const RouterSpec& spec, const TrainContext& context) {
  TRY(expect_no_options(spec));
  const SizeOrder order = TRY(order_by_size(context.set));
  return with_means(context,
                    {{"model", context.set.models[order.largest()].id}, {"by", order.criterion}});
}

base::Result<TrainedRouter> train_adaptive(const RouterSpec& spec, const TrainContext& context) {
  TRY(expect_no_options(spec));
  const SizeOrder order = TRY(order_by_size(context.set));
  const std::vector<core::ModelCard>& models = context.set.models;
  return with_means(context,
                    {{"smallest", models[order.smallest()].id},
                     {"medium", models[order.medium()].id},
                     {"largest", models[order.largest()].id},
                     {"by", order.criterion}});
}

base::Result<TrainedRouter> train_means(const RouterSpec& spec, const TrainContext& context) {
  TRY(expect_no_options(spec));
  return with_means(context, ordered_json::object());
}

base::Result<TrainedRouter> train_task_oracle(const RouterSpec& spec, const TrainContext& context) {
  TRY(expect_no_options(spec));
  const data::TrainingSet& set = context.set;
  TrainedRouter trained = TRY(with_means(context, {{"pseudo_count", kPseudoCount}}));
  const auto store = [&](const char* name, const base::Matrix& cells) {
    trained.weights.put(
        name,
        ml::Tensor::from_matrix(shrunk_leaf_means(set.taxonomy, set.train, cells, kPseudoCount)));
  };
  store("task_quality", set.train.quality);
  store("task_cost", set.train.cost_normalised);
  ordered_json tasks = ordered_json::array();
  for (const std::size_t leaf : set.taxonomy.leaves()) {
    tasks.push_back(
        {{"id", set.taxonomy.nodes()[leaf].id}, {"name", path_name(set.taxonomy, leaf)}});
  }
  trained.tasks_json = tasks.dump();
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
  std::string id;
  TRY(read_spec_options(spec, [&](OptionFields& fields) { fields.text("id", id); }));
  std::vector<std::string> ids;
  for (const core::ModelCard& card : context.set.models) {
    ids.push_back(card.id);
    if (card.id == id) {
      return with_means(context, {{"model", id}});
    }
  }
  return base::fail(Code::kInvalidArgument,
                    "router '{}': expected id to be a model of the pool, as in model{{id={}}}{}",
                    spec.text,
                    ids.empty() ? "NAME" : ids.front(),
                    base::did_you_mean(id, ids));
}

}  // namespace wend::routers
