// SPDX-License-Identifier: Apache-2.0
#include "wend/policy/explain.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "wend/base/check.h"
#include "wend/base/text_table.h"

namespace wend::policy {

namespace {

constexpr std::size_t kPageWidth = 120;

std::string number_or_dash(double value, int decimals) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, decimals) : "-";
}

/// Four significant digits without an exponent: prices per call start at millionths.
std::string currency(const std::optional<double>& cost) {
  if (!cost || !std::isfinite(*cost)) {
    return "-";
  }
  const int magnitude = *cost == 0 ? 0 : static_cast<int>(std::floor(std::log10(std::fabs(*cost))));
  return fmt::format("{:.{}f}", *cost, std::clamp(3 - magnitude, 2, 12));
}

std::string quality_with_sd(const core::ModelScore& score) {
  std::string text = number_or_dash(score.quality, 3);
  if (score.quality_sd && std::isfinite(*score.quality_sd)) {
    text += fmt::format(" ± {:.3f}", *score.quality_sd);
  }
  return text;
}

bool has_utility(const core::Candidate& candidate) {
  return std::isfinite(candidate.utility);
}

/// Chosen first, then what could have been chosen from the best down, then what could not.
std::vector<const core::Candidate*> in_reading_order(const core::Decision& decision) {
  const auto rank = [&](const core::Candidate& c) {
    return c.model == decision.model ? 0 : c.excluded.empty() ? 1 : 2;
  };
  std::vector<const core::Candidate*> order;
  for (const core::Candidate& candidate : decision.candidates) {
    order.push_back(&candidate);
  }
  std::stable_sort(order.begin(), order.end(), [&](const auto* a, const auto* b) {
    if (rank(*a) != rank(*b) || !has_utility(*a) || !has_utility(*b)) {
      return rank(*a) < rank(*b);
    }
    return a->utility > b->utility;
  });
  return order;
}

std::string candidates_table(const Explained& explained) {
  base::TextTable table({{"model", base::Align::kLeft, 34},
                         {"quality ± sd", base::Align::kLeft},
                         {"cost"},
                         {"normalised"},
                         {"utility"},
                         {"", base::Align::kLeft, 36}});
  for (const core::Candidate* candidate : in_reading_order(explained.decision)) {
    const bool chosen = candidate->model == explained.decision.model;
    table.add_row({explained.models[candidate->model].id,
                   quality_with_sd(candidate->score),
                   currency(candidate->score.cost),
                   number_or_dash(candidate->score.cost_normalised, 4),
                   number_or_dash(candidate->utility, 4),
                   chosen ? "chosen" : candidate->excluded});
  }
  return table.render();
}

std::string tasks_table(const Explained& explained) {
  base::TextTable table({{"weight"}, {"task type", base::Align::kLeft, 100}});
  for (const core::TaskWeight& weight : explained.posterior) {
    CHECK(
        weight.task < explained.tasks.size(), "task {} of {}", weight.task, explained.tasks.size());
    table.add_row({fmt::format("{:.3f}", weight.weight), explained.tasks[weight.task].name});
  }
  return table.render();
}

std::string overrides_table(const Explained& explained) {
  base::TextTable table({{"moved"}, {"by the override", base::Align::kLeft, 100}});
  for (const core::OverrideEffect& effect : explained.effects) {
    CHECK(effect.index < explained.overrides.size(),
          "override {} of {}",
          effect.index,
          explained.overrides.size());
    const core::Override& override = explained.overrides[effect.index];
    table.add_row({fmt::format("{:+.4f}", effect.moved),
                   fmt::format("{} of {} {} at {}",
                               core::override_metric_name(override.metric),
                               override.model,
                               override.change.text(),
                               override.node)});
  }
  return table.render();
}

const core::Candidate* runner_up(const std::vector<const core::Candidate*>& order) {
  const bool exists = order.size() > 1 && order[1]->excluded.empty() && has_utility(*order[1]);
  return exists ? order[1] : nullptr;
}

}  // namespace

std::string explain_choice(const Explained& explained) {
  const core::Decision& decision = explained.decision;
  const std::vector<const core::Candidate*> order = in_reading_order(decision);
  CHECK(!order.empty() && order[0]->model == decision.model, "a decision without its candidate");
  const core::Candidate& chosen = *order[0];
  const std::string& id = explained.models[chosen.model].id;
  if (decision.reason == "rule") {
    return fmt::format("{} is chosen: the rule names it outright.", id);
  }
  if (decision.reason == "only_candidate") {
    return fmt::format("{} is chosen: of {} models it is the only one that may be used.",
                       id,
                       decision.candidates.size());
  }
  const double mu = decision.preference.mu;
  std::string text =
      fmt::format("{} is chosen: utility {:.4f} = {:.4g} x quality {:.3f} - {:.4g} x cost {:.4f}",
                  id,
                  chosen.utility,
                  mu,
                  chosen.score.quality,
                  1 - mu,
                  chosen.score.cost_normalised);
  if (const core::Candidate* next = runner_up(order)) {
    const std::string& other = explained.models[next->model].id;
    const double lead = chosen.utility - next->utility;
    text +=
        lead > 0
            ? fmt::format(", {:.4f} ahead of {}", lead, other)
            : fmt::format(", level with {}, to which it is preferred for its cost or place", other);
  }
  return text + '.';
}

std::string explain(const Explained& explained) {
  std::string text;
  for (const std::string& line : base::wrap_text(explain_choice(explained), kPageWidth)) {
    text += line + '\n';
  }
  text += '\n' + candidates_table(explained);
  if (!explained.posterior.empty()) {
    text += '\n' + tasks_table(explained);
  }
  if (!explained.effects.empty()) {
    text += '\n' + overrides_table(explained);
  }
  return text;
}

}  // namespace wend::policy
