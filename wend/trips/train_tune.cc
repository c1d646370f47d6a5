// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_tune.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "wend/base/check.h"
#include "wend/base/stop.h"
#include "wend/trips/train_space.h"

namespace wend::trips {

using base::Result;

bool can_be_tuned(const routers::RouterSpec& spec, TasksFrom from) {
  return !tuning_space(spec, from).empty();
}

std::string nothing_to_try(const std::vector<std::string>& specs) {
  return fmt::format("--tune has nothing to try of {}: left as named", fmt::join(specs, ", "));
}

Result<Tuning> tune(const routers::RouterSpec& spec,
                    const TuneOptions& options,
                    FoldTasks& fold,
                    base::Progress* progress) {
  const TasksFrom from = fold.prepared().tasks_from;
  CHECK(options.trials > 0, "no trial of '{}'", spec.text);
  const eval::Fold& rows = fold.fold().fold;
  TrialRecord record =
      TRY(TrialRecord::open(options.record, trial_basis(spec, fold.prepared(), rows)));
  Tuning tuning;
  if (progress != nullptr) {
    progress->start("tune " + spec.name, options.trials);
  }
  for (const OptionMap& planned : plan_trials(spec, from, options.trials, rows.seed)) {
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
