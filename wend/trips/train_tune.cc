// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_tune.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "wend/base/check.h"
#include "wend/base/random.h"
#include "wend/base/stop.h"

namespace wend::trips {

using base::Result;

namespace {

/// The values of one option that are worth a try.
struct Dimension {
  std::string_view option;
  std::vector<std::string_view> values;
};

/// The free hyper-parameters of FineRouter's first stage (algorithms.md 6.6).
const std::vector<Dimension> kDiscovery = {
    {"k", {"10", "20", "50"}},
    {"rbo_percentile", {"0", "0.5", "0.7", "0.9"}},
    {"resolution", {"0.5", "1", "2", "4"}},
    {"iterations", {"1", "2", "3"}},
    {"coverage", {"0.6", "0.8", "0.95"}},
};
const Dimension kAlpha = {"alpha", {"auto", "0", "0.3", "0.5", "0.7", "0.9"}};

std::vector<Dimension> space_of(std::string_view router) {
  if (router == "finerouter_tasks") {
    return kDiscovery;
  }
  if (router == "finerouter") {
    std::vector<Dimension> space = kDiscovery;
    space.push_back(kAlpha);
    return space;
  }
  return {};
}

OptionMap draw(const routers::RouterSpec& spec,
               const std::vector<Dimension>& space,
               base::Random& random) {
  OptionMap options = spec.options;
  for (const Dimension& dimension : space) {
    const std::string_view value = dimension.values[random.below(dimension.values.size())];
    options.emplace(dimension.option, value);
  }
  return options;
}

/// The SPEC as it is, then different draws; fewer than asked where the space is small.
std::vector<OptionMap> plan(const routers::RouterSpec& spec,
                            std::size_t trials,
                            std::uint64_t seed) {
  constexpr std::size_t kDrawsPerTrial = 20;
  const std::vector<Dimension> space = space_of(spec.name);
  base::Random random(base::stage_seed(seed, "tune"));
  std::vector<OptionMap> planned = {spec.options};
  for (std::size_t i = 0; planned.size() < trials && i < kDrawsPerTrial * trials; ++i) {
    OptionMap options = draw(spec, space, random);
    if (std::ranges::find(planned, options) == planned.end()) {
      planned.push_back(std::move(options));
    }
  }
  return planned;
}

routers::RouterSpec with_options(const routers::RouterSpec& spec, const OptionMap& options) {
  routers::RouterSpec changed = spec;
  changed.options = options;
  return changed;
}

}  // namespace

bool can_be_tuned(const routers::RouterSpec& spec) {
  return !space_of(spec.name).empty();
}

Result<Tuning> tune(const routers::RouterSpec& spec,
                    const TuneOptions& options,
                    FoldTasks& fold,
                    base::Progress* progress) {
  CHECK(can_be_tuned(spec) && options.trials > 0, "nothing to try of '{}'", spec.text);
  const eval::Fold& rows = fold.fold().fold;
  TrialRecord record =
      TRY(TrialRecord::open(options.record, trial_basis(spec, fold.prepared(), rows)));
  Tuning tuning;
  if (progress != nullptr) {
    progress->start("tune " + spec.name, options.trials);
  }
  for (const OptionMap& planned : plan(spec, options.trials, rows.seed)) {
    TRY(base::check_stop());
    if (const Trial* known = record.find(planned); known != nullptr) {
      tuning.trials.push_back(*known);
      ++tuning.reused;
    } else {
      const FittedRouter fitted = TRY(fold.fit(with_options(spec, planned), nullptr));
      tuning.trials.push_back({planned, fitted.report.validation_utility_sum});
      TRY(record.add(tuning.trials.back()));
    }
    if (progress != nullptr) {
      progress->advance(1);
    }
  }
  if (progress != nullptr) {
    progress->finish();
  }
  const auto best = std::ranges::max_element(tuning.trials, {}, &Trial::validation_utility_sum);
  tuning.best = static_cast<std::size_t>(best - tuning.trials.begin());
  return tuning;
}

routers::RouterSpec tuned_spec(const routers::RouterSpec& spec, const Tuning& tuning) {
  return with_options(spec, tuning.trials[tuning.best].options);
}

}  // namespace wend::trips
