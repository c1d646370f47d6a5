// SPDX-License-Identifier: Apache-2.0
// Options of a router chosen by trying (`--tune TRIALS`): the SPEC as it is, then seeded draws from
// the values that are worth a try, each trained on the fold and judged by its utility on the
// validation rows. What has been tried is kept in a file after each trial, so that a run that was
// stopped goes on where it was.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/routers/spec.h"
#include "wend/trips/train_tasks.h"
#include "wend/trips/train_trials.h"

namespace wend::trips {

struct TuneOptions {
  std::size_t trials = 0;   ///< The SPEC as it is among them; 0: nothing is tuned.
  std::string record = {};  ///< The file of what was tried; empty: it is not kept.
};

struct Tuning {
  std::vector<Trial> trials;  ///< In the order in which they were tried.
  std::size_t best = 0;       ///< Of the highest utility, the earliest of equals.
  std::size_t reused = 0;     ///< Read from the record.
};

/// Whether there is anything to try of a router beside its SPEC (train_space.h).
bool can_be_tuned(const routers::RouterSpec& spec, TasksFrom from);

/// The sentence on routers of which --tune has nothing to try; at least one.
std::string nothing_to_try(const std::vector<std::string>& specs);

/// Options that the SPEC names stay. Needs a router that can be tuned and at least one trial. A
/// record of another basis (train_trials.h) is an error that names the file.
base::Result<Tuning> tune(const routers::RouterSpec& spec,
                          const TuneOptions& options,
                          FoldTasks& fold,
                          base::Progress* progress);

/// The SPEC with the options of the best trial; its text stays.
routers::RouterSpec tuned_spec(const routers::RouterSpec& spec, const Tuning& tuning);

}  // namespace wend::trips
