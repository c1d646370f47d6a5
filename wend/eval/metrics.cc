// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "wend/base/check.h"

namespace wend::eval {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Sums of one preference on their way to means.
struct Sums {
  explicit Sums(std::size_t model_count) : chosen(model_count) {}

  void add(const Choice& choice) {
    ++chosen[choice.model];
    if (!choice.truth.is_known()) {
      ++missing;
      return;
    }
    ++counted;
    cost += choice.truth.cost;
    cost_currency += choice.truth.cost_currency;
    quality += choice.truth.quality;
    utility += true_utility(choice);
  }

  PreferenceMeans means() const {
    const double n = counted == 0 ? kNaN : static_cast<double>(counted);
    const auto modal = std::max_element(chosen.begin(), chosen.end());
    const std::size_t all = counted + missing;
    return {cost / n,
            cost_currency / n,
            quality / n,
            utility / n,
            static_cast<std::uint32_t>(modal - chosen.begin()),
            all == 0 ? kNaN : static_cast<double>(*modal) / static_cast<double>(all),
            counted,
            missing};
  }

  std::vector<std::size_t> chosen;
  std::size_t counted = 0;
  std::size_t missing = 0;
  double cost = 0;
  double cost_currency = 0;
  double quality = 0;
  double utility = 0;
};

}  // namespace

double true_utility(const Choice& choice) {
  const core::Preference preference{core::kNamedPreferences[choice.preference].mu};
  return choice.truth.is_known()
             ? core::utility(preference, choice.truth.quality, choice.truth.cost)
             : kNaN;
}

PooledMeans pooled_means(std::span<const Replay> replays, std::size_t model_count) {
  CHECK(model_count > 0, "a table without models");
  std::vector<Sums> sums(kPreferences, Sums(model_count));
  for (const Replay& replay : replays) {
    for (const Choice& choice : replay.choices) {
      sums[choice.preference].add(choice);
    }
  }
  PooledMeans pooled;
  for (std::size_t p = 0; p < kPreferences; ++p) {
    pooled.preferences[p] = sums[p].means();
    pooled.utility_sum += pooled.preferences[p].utility;
  }
  return pooled;
}

std::vector<Replay> restricted_to(std::span<const Replay> reference,
                                  std::span<const Replay> replays) {
  CHECK(reference.size() == replays.size(), "{} and {} folds", reference.size(), replays.size());
  std::vector<Replay> restricted(replays.size());
  for (std::size_t fold = 0; fold < replays.size(); ++fold) {
    const std::vector<Choice>& from = reference[fold].choices;
    std::unordered_map<std::uint32_t, std::size_t> place_of;
    for (std::size_t i = 0; i < from.size(); i += kPreferences) {
      place_of.emplace(from[i].row, i);
    }
    for (const Choice& choice : replays[fold].choices) {
      const auto found = place_of.find(choice.row);
      CHECK(found != place_of.end(), "row {} was not replayed by the reference", choice.row);
      restricted[fold].choices.push_back(from[found->second + choice.preference]);
    }
  }
  return restricted;
}

std::optional<double> normalised_gain(const UtilitySums& sums) {
  const double room = sums.oracle - sums.best_static;
  const double gain = (sums.router - sums.best_static) / room;
  return room > 0 && std::isfinite(gain) ? std::optional(gain) : std::nullopt;
}

}  // namespace wend::eval
