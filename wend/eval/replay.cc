// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/replay.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "wend/base/check.h"
#include "wend/base/parallel.h"

namespace wend::eval {

namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

/// The table's index of each of the router's models: an artifact may have another order, or fewer.
base::Result<std::vector<std::uint32_t>> table_models(const routers::Router& router,
                                                      const data::OutcomeTable& table) {
  std::vector<std::uint32_t> indices;
  for (const core::ModelCard& model : router.models()) {
    const auto found =
        std::find_if(table.models.begin(), table.models.end(), [&](const core::ModelCard& known) {
          return known.id == model.id;
        });
    if (found == table.models.end()) {
      return base::fail(
          base::Code::kFailedPrecondition,
          "the router's model '{}' is not in pool '{}' of '{}'; expected every model it may choose",
          model.id,
          table.pool,
          table.dataset);
    }
    indices.push_back(static_cast<std::uint32_t>(found - table.models.begin()));
  }
  return indices;
}

/// For each node of the taxonomy its place among the leaves; nullopt for inner nodes.
std::vector<std::optional<std::size_t>> leaf_places(const core::Taxonomy& taxonomy) {
  std::vector<std::optional<std::size_t>> places(taxonomy.nodes().size());
  const std::vector<std::size_t> leaves = taxonomy.leaves();
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    places[leaves[i]] = i;
  }
  return places;
}

/// The heaviest of a row's labels, the first of equals.
std::optional<std::size_t> true_task(const std::vector<core::TaskLabel>& labels,
                                     const std::vector<std::optional<std::size_t>>& places) {
  const auto heaviest =
      std::max_element(labels.begin(), labels.end(), [](const auto& a, const auto& b) {
        return a.weight < b.weight;
      });
  return heaviest == labels.end() ? std::nullopt : places[heaviest->node];
}

/// One router on one fold, row by row.
class FoldReplay {
 public:
  FoldReplay(const routers::Router& router,
             const policy::Policy& policy,
             const ReplayInputs& inputs,
             const Fold& fold,
             std::vector<std::uint32_t> models)
      : router_(router),
        policy_(policy),
        inputs_(inputs),
        fold_(fold),
        models_(std::move(models)),
        leaf_places_(leaf_places(inputs.table.taxonomy)) {}

  /// Decides for the i-th test row and writes its choices and time to their places.
  base::Status run(std::size_t i, Replay& out) const {
    const std::uint32_t row = fold_.split.test[i];
    const core::Query query = query_of(row);
    const auto begun = Clock::now();
    const core::Scores scores = router_.score(query);
    Microseconds spent = Clock::now() - begun;
    for (std::uint32_t p = 0; p < kPreferences; ++p) {
      const auto asked = Clock::now();
      base::Result<core::Decision> decision = decide(query, scores, p);
      spent += (Clock::now() - asked) / double{kPreferences};
      if (!decision) {
        return base::pass_on(std::move(decision),
                             fmt::format("query '{}'", inputs_.table.queries[row].id));
      }
      const double asking = query.llm_choice.empty() ? 0 : query.llm_choice[p].cost;
      out.choices[i * kPreferences + p] = choice_of(*decision, scores, row, p, asking);
    }
    out.decide_microseconds[i] = spent.count();
    return {};
  }

 private:
  base::Result<core::Decision> decide(const core::Query& query,
                                      const core::Scores& scores,
                                      std::uint32_t p) const {
    const core::Preference preference{core::kNamedPreferences[p].mu};
    return policy_.decide(
        scores, router_.models(), {preference, {}, {}, router_.pinned_model(query, preference)});
  }

  core::Query query_of(std::uint32_t row) const {
    core::Query query;
    query.text = inputs_.routing_texts.empty() ? std::string_view{} : inputs_.routing_texts[row];
    query.embedding = inputs_.embeddings.unit.row(row);
    query.embedding_norm = inputs_.embeddings.norms[row];
    query.task_label = true_task(inputs_.table.labels[row], leaf_places_);
    if (!inputs_.llm_choices.empty()) {
      query.llm_choice = inputs_.llm_choices.subspan(row * kPreferences, kPreferences);
    }
    query.row = row;
    return query;
  }

  Choice choice_of(const core::Decision& decision,
                   const core::Scores& scores,
                   std::uint32_t row,
                   std::uint32_t preference,
                   double asking_cost) const {
    const std::uint32_t model = models_[decision.model];
    const core::ModelScore& score = scores.models[decision.model];
    return {fold_.seed,
            row,
            preference,
            model,
            score.quality,
            score.cost_normalised,
            look_up(inputs_.table, fold_.normaliser, row, model, asking_cost),
            asking_cost};
  }

  const routers::Router& router_;
  const policy::Policy& policy_;
  const ReplayInputs& inputs_;
  const Fold& fold_;
  std::vector<std::uint32_t> models_;
  std::vector<std::optional<std::size_t>> leaf_places_;
};

void check_inputs(const ReplayInputs& inputs) {
  const std::size_t rows = inputs.table.queries.size();
  CHECK(inputs.embeddings.unit.rows() == rows && inputs.embeddings.norms.size() == rows,
        "{} embeddings for {} queries",
        inputs.embeddings.unit.rows(),
        rows);
  CHECK(inputs.routing_texts.empty() || inputs.routing_texts.size() == rows,
        "{} texts for {} queries",
        inputs.routing_texts.size(),
        rows);
  CHECK(inputs.llm_choices.empty() || inputs.llm_choices.size() == rows * kPreferences,
        "{} choices of a language model for {} queries",
        inputs.llm_choices.size(),
        rows);
  CHECK(inputs.table.labels.size() == rows,
        "{} label lists for {} queries",
        inputs.table.labels.size(),
        rows);
}

}  // namespace

bool Truth::is_known() const {
  return std::isfinite(quality) && std::isfinite(cost);
}

Truth look_up(const data::OutcomeTable& table,
              const data::Normaliser& normaliser,
              std::size_t row,
              std::size_t model,
              double asking_cost) {
  Truth truth{static_cast<double>(table.quality(row, model)), 0, 0};
  if (table.has_costs()) {
    truth.cost_currency = table.cost(row, model) + asking_cost;
    truth.cost = normaliser.normalise(truth.cost_currency, normaliser.group_of(table, row));
  }
  return truth;
}

base::Result<Replay> replay(const routers::Router& router,
                            const policy::Policy& policy,
                            const ReplayInputs& inputs,
                            const Fold& fold) {
  check_inputs(inputs);
  const FoldReplay rows(router, policy, inputs, fold, TRY(table_models(router, inputs.table)));
  const std::size_t count = fold.split.test.size();
  Replay result{std::vector<Choice>(count * kPreferences), std::vector<double>(count)};
  std::vector<base::Status> statuses(count);
  base::parallel_for(count, inputs.threads, [&](std::size_t i, std::size_t) {
    statuses[i] = rows.run(i, result);
  });
  for (base::Status& status : statuses) {
    TRY(std::move(status));
  }
  return result;
}

}  // namespace wend::eval
