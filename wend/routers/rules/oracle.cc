// SPDX-License-Identifier: Apache-2.0
#include "wend/routers/rules/oracle.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "wend/base/check.h"

namespace wend::routers {
namespace {

class OracleRouter final : public Router {
 public:
  OracleRouter(const data::OutcomeTable& truth, const data::Normaliser& normaliser)
      : truth_(truth), normaliser_(normaliser) {}

  core::Scores score(const core::Query& query) const override {
    CHECK(query.row && *query.row < truth_.queries.size(), "the oracle needs a row of its table");
    const std::string group = normaliser_.group_of(truth_, *query.row);
    core::Scores scores;
    for (std::size_t model = 0; model < truth_.models.size(); ++model) {
      scores.models.push_back(true_cell(*query.row, model, group));
    }
    return scores;
  }

  /// A row of which nothing is known: any name will do, for no truth is counted.
  std::optional<std::size_t> pinned_model(const core::Query& query,
                                          core::Preference) const override {
    const core::Scores scores = score(query);
    const bool any =
        std::any_of(scores.models.begin(), scores.models.end(), [](const core::ModelScore& cell) {
          return !std::isnan(cell.quality) && !std::isnan(cell.cost_normalised);
        });
    return any ? std::nullopt : std::optional<std::size_t>(0);
  }

  const std::vector<core::ModelCard>& models() const override { return truth_.models; }

 private:
  core::ModelScore true_cell(std::size_t row, std::size_t model, std::string_view group) const {
    core::ModelScore score;
    score.quality = truth_.quality(row, model);
    if (truth_.has_costs()) {
      const double cost = truth_.cost(row, model);
      score.cost_normalised = static_cast<float>(normaliser_.normalise(cost, group));
      if (!std::isnan(cost)) {
        score.cost = cost;
      }
    }
    if (!truth_.latency_s.empty() && !std::isnan(truth_.latency_s(row, model))) {
      score.latency_s = truth_.latency_s(row, model);
    }
    return score;
  }

  const data::OutcomeTable& truth_;
  const data::Normaliser& normaliser_;
};

}  // namespace

std::unique_ptr<Router> make_oracle(const data::OutcomeTable& truth,
                                    const data::Normaliser& normaliser) {
  return std::make_unique<OracleRouter>(truth, normaliser);
}

}  // namespace wend::routers
