// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/expected_gain.h"

#include <cmath>
#include <utility>

#include "wend/base/check.h"
#include "wend/base/random.h"
#include "wend/policy/policy.h"

namespace wend::trips {
namespace {

constexpr double kCoverage = 0.95;

/// One query: what the new model changes there.
struct Change {
  double gain = 0;
  bool goes_to_new = false;
};

double known_or(float known, float predicted) {
  return static_cast<double>(std::isnan(known) ? predicted : known);
}

class Comparison {
 public:
  Comparison(const GainInputs& inputs, core::Preference preference)
      : inputs_(inputs),
        preference_(preference),
        old_models_(inputs.models.begin(), inputs.models.end() - 1) {}

  base::Result<Change> of_query(std::size_t query) const {
    const core::Scores& all = inputs_.scores[query];
    core::Scores old = all;
    old.models.pop_back();
    const policy::HighestUtility policy;
    const std::size_t without = TRY(policy.decide(old, old_models_, {preference_})).model;
    const std::size_t with = TRY(policy.decide(all, inputs_.models, {preference_})).model;
    return Change{utility(query, with) - utility(query, without), with == old_models_.size()};
  }

 private:
  double utility(std::size_t query, std::size_t model) const {
    const core::ModelScore& score = inputs_.scores[query].models[model];
    const bool is_old = model < old_models_.size();
    const double quality =
        known_or(is_old ? inputs_.quality(query, model) : std::nanf(""), score.quality);
    const double cost = known_or(is_old ? inputs_.cost_normalised(query, model) : std::nanf(""),
                                 score.cost_normalised);
    return preference_.mu * quality - (1 - preference_.mu) * cost;
  }

  const GainInputs& inputs_;
  core::Preference preference_;
  std::vector<core::ModelCard> old_models_;
};

template <class Value>
const Value& drawn(const std::vector<Value>& values, base::Random& random) {
  return values[random.below(values.size())];
}

double resampled_gain(const std::vector<Change>& changes,
                      const GainInputs& inputs,
                      double mu,
                      base::Random& random) {
  double shift = 0;
  for (std::size_t i = 0; i < inputs.residuals.size(); ++i) {
    shift += drawn(inputs.residuals, random) / static_cast<double>(inputs.residuals.size());
  }
  double sum = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Change& change = drawn(changes, random);
    sum += change.gain + (change.goes_to_new ? mu * shift : 0.0);
  }
  return sum / static_cast<double>(changes.size());
}

}  // namespace

base::Result<ExpectedGain> expected_gain(const GainInputs& inputs, core::Preference preference) {
  CHECK(!inputs.scores.empty() && inputs.models.size() > 1, "no query, or no model, to compare");
  const Comparison comparison(inputs, preference);
  std::vector<Change> changes;
  ExpectedGain expected;
  for (std::size_t query = 0; query < inputs.scores.size(); ++query) {
    changes.push_back(TRY(comparison.of_query(query)));
    expected.gain += changes.back().gain;
    expected.share += changes.back().goes_to_new ? 1.0 : 0.0;
  }
  expected.gain /= static_cast<double>(changes.size());
  expected.share /= static_cast<double>(changes.size());
  base::Random random(base::stage_seed(inputs.seed, "expected gain"));
  std::vector<double> resampled;
  for (std::size_t i = 0; i < inputs.resamples; ++i) {
    resampled.push_back(resampled_gain(changes, inputs, preference.mu, random));
  }
  expected.ci = base::percentile_interval(std::move(resampled), kCoverage);
  return expected;
}

}  // namespace wend::trips
