// SPDX-License-Identifier: Apache-2.0
// For tests: tables of literal numbers, and a router that says what it was told.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "wend/data/outcome_table.h"
#include "wend/data/training_set.h"
#include "wend/eval/run.h"
#include "wend/routers/router.h"

namespace wend::eval {

inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// quality and cost: (rows, models); no cost at all makes a quality-only table.
inline data::OutcomeTable scripted_table(const std::vector<std::vector<double>>& quality,
                                         const std::vector<std::vector<double>>& cost) {
  data::OutcomeTable table;
  table.dataset = "scripted";
  table.pool = "main";
  for (std::size_t m = 0; m < quality.at(0).size(); ++m) {
    table.models.push_back({fmt::format("m{}", m), {}, {}, {}});
  }
  table.quality = base::Matrix(quality.size(), table.models.size());
  if (!cost.empty()) {
    table.cost = base::BasicMatrix<double>(quality.size(), table.models.size());
  }
  for (std::size_t row = 0; row < quality.size(); ++row) {
    core::QueryRecord query;
    query.id = fmt::format("q{}", row);
    query.dataset = row % 2 == 0 ? "even" : "odd";
    table.queries.push_back(query);
    table.normalised_texts.push_back(fmt::format("text of {}", row));
    table.labels.emplace_back();
    for (std::size_t m = 0; m < table.models.size(); ++m) {
      table.quality(row, m) = static_cast<float>(quality[row].at(m));
      if (!cost.empty()) {
        table.cost(row, m) = cost[row].at(m);
      }
    }
  }
  return table;
}

/// One number per row, so that a router can tell rows apart by their embedding.
inline data::Embeddings scripted_embeddings(std::size_t rows) {
  data::Embeddings embeddings{base::Matrix(rows, 1), std::vector<float>(rows)};
  for (std::size_t row = 0; row < rows; ++row) {
    embeddings.unit(row, 0) = 1;
    embeddings.norms[row] = static_cast<float>(row);
  }
  return embeddings;
}

/// Scores every query by a function, and pins a model where the second says so.
class ScriptedRouter final : public routers::Router {
 public:
  using Score = std::function<core::Scores(const core::Query&)>;
  using Pin = std::function<std::optional<std::size_t>(const core::Query&, core::Preference)>;

  ScriptedRouter(std::vector<core::ModelCard> models, Score score, Pin pin = nullptr)
      : models_(std::move(models)), score_(std::move(score)), pin_(std::move(pin)) {}

  core::Scores score(const core::Query& query) const override { return score_(query); }

  std::optional<std::size_t> pinned_model(const core::Query& query,
                                          core::Preference preference) const override {
    return pin_ ? pin_(query, preference) : std::nullopt;
  }

  const std::vector<core::ModelCard>& models() const override { return models_; }

 private:
  std::vector<core::ModelCard> models_;
  Score score_;
  Pin pin_;
};

/// A fold of seed 1 that tests the given rows, costs as they are (reference cost 1).
inline Fold scripted_fold(std::vector<std::uint32_t> test, std::uint64_t seed = 1) {
  Fold fold;
  fold.seed = seed;
  fold.split = {{0}, {0}, std::move(test)};
  fold.normaliser = *data::Normaliser::parse(R"({"name":"reference","parameters":{"c_ref":1.0}})");
  return fold;
}

/// A run whose choices are given: model_of(fold, row, preference).
inline RouterRun scripted_run(
    const std::string& name,
    Source source,
    const data::OutcomeTable& table,
    const std::vector<Fold>& folds,
    const std::function<std::size_t(std::size_t, std::uint32_t, std::size_t)>& model_of) {
  RouterRun run{{{name, name, {}}, source, Listing::kShown}, {}, {}, 0.5};
  for (std::size_t f = 0; f < folds.size(); ++f) {
    Replay replay;
    for (const std::uint32_t row : folds[f].split.test) {
      for (std::uint32_t p = 0; p < kPreferences; ++p) {
        const auto model = static_cast<std::uint32_t>(model_of(f, row, p));
        replay.choices.push_back({folds[f].seed,
                                  row,
                                  p,
                                  model,
                                  0.5F,
                                  0.25F,
                                  look_up(table, folds[f].normaliser, row, model)});
      }
      replay.decide_microseconds.push_back(static_cast<double>(row));
    }
    run.replays.push_back(std::move(replay));
    run.configs_json.emplace_back(R"({"k":10})");
  }
  return run;
}

}  // namespace wend::eval
