// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/agentic/train_labelled.h"

#include <utility>

#include "wend/routers/manifest.h"
#include "wend/routers/model_means.h"
#include "wend/routers/trouter/metric_columns.h"
#include "wend/routers/trouter/options.h"
#include "wend/routers/trouter/train.h"

namespace wend::routers {
namespace {

class LabelledRouter final : public Router {
 public:
  LabelledRouter(const data::TrainingSet& set,
                 std::vector<core::TaskName> tasks,
                 MetricColumns columns,
                 base::Matrix table)
      : models_(set.models),
        tasks_(std::move(tasks)),
        normaliser_(set.normaliser),
        columns_(std::move(columns)),
        table_(std::move(table)) {
    of_any_.models = ModelMeans::of(set.train).scores(normaliser_);
  }

  core::Scores score(const core::Query& query) const override {
    if (!query.task_label || *query.task_label >= tasks_.size()) {
      return of_any_;
    }
    std::vector<float> expected(table_.rows());
    for (std::size_t j = 0; j < expected.size(); ++j) {
      expected[j] = table_(j, *query.task_label);
    }
    return {columns_.scores(expected, normaliser_), {{*query.task_label, 1.0F}}};
  }

  const std::vector<core::ModelCard>& models() const override { return models_; }

  const std::vector<core::TaskName>& tasks() const override { return tasks_; }

 private:
  std::vector<core::ModelCard> models_;
  std::vector<core::TaskName> tasks_;
  data::Normaliser normaliser_;
  MetricColumns columns_;
  base::Matrix table_;  ///< g, (metrics x models, leaves).
  core::Scores of_any_;
};

}  // namespace

base::Result<TrainedRouter> train_agentic(const RouterSpec& spec, const TrainContext& context) {
  const TRouterOptions options = TRY(TRouterOptions::parse(spec));
  if (options.level != "leaves" || !options.assumption1) {
    return base::fail(base::Code::kInvalidArgument,
                      "labels are on the leaves and the table is by task type; expected "
                      "level=leaves and assumption1=on");
  }
  TrainedRouter trained = TRY(train_trouter(spec, context));
  const TRouterOptions settled = TRY(TRouterOptions::from_json(trained.config_json));
  MetricColumns columns = TRY(
      MetricColumns::load(settled.training.metrics, context.set.models.size(), trained.weights));
  base::Matrix table = TRY(trained.weights.matrix("table"));
  trained.unservable = std::make_unique<LabelledRouter>(
      context.set, trained.tasks, std::move(columns), std::move(table));
  return trained;
}

}  // namespace wend::routers
