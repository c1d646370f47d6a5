// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/rules/task_oracle.h"

#include <cmath>
#include <utility>

#include "wend/routers/model_means.h"
#include "wend/routers/rules/task_table.h"

namespace wend::routers {
namespace {

/// What is foretold of a query of one task type, for every task type and for a query of none.
struct Forecasts {
  std::vector<core::Scores> of_task;
  core::Scores of_any;
};

Forecasts forecasts(const data::TrainingSet& set, double pseudo_count, std::size_t tasks) {
  const auto table = [&](const base::Matrix& cells) {
    return shrunk_leaf_means(set.taxonomy, set.train, cells, pseudo_count);
  };
  const ModelMeans means = ModelMeans::of(set.train);
  const base::Matrix quality = table(set.train.quality);
  const base::Matrix cost = table(set.train.cost_normalised);
  Forecasts all{std::vector<core::Scores>(tasks), {means.scores(set.normaliser), {}}};
  for (std::size_t task = 0; task < tasks; ++task) {
    all.of_task[task].tasks = {{task, 1.0F}};
    for (std::size_t model = 0; model < set.models.size(); ++model) {
      all.of_task[task].models.push_back(
          to_score({quality(task, model), std::nanf(""), cost(task, model), means.latency_s[model]},
                   set.normaliser));
    }
  }
  return all;
}

class TaskOracleRouter final : public Router {
 public:
  TaskOracleRouter(const data::TrainingSet& set, double pseudo_count)
      : models_(set.models),
        tasks_(set.taxonomy.names(set.taxonomy.leaves())),
        forecasts_(forecasts(set, pseudo_count, tasks_.size())) {}

  core::Scores score(const core::Query& query) const override {
    const bool known = query.task_label && *query.task_label < tasks_.size();
    return known ? forecasts_.of_task[*query.task_label] : forecasts_.of_any;
  }

  const std::vector<core::ModelCard>& models() const override { return models_; }

  const std::vector<core::TaskName>& tasks() const override { return tasks_; }

 private:
  std::vector<core::ModelCard> models_;
  std::vector<core::TaskName> tasks_;
  Forecasts forecasts_;
};

}  // namespace

std::unique_ptr<Router> make_task_oracle(const data::TrainingSet& set, double pseudo_count) {
  return std::make_unique<TaskOracleRouter>(set, pseudo_count);
}

}  // namespace wend::routers
