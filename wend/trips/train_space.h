// SPDX-License-Identifier: Apache-2.0
// What `--tune` tries of a router: seeded draws from the settings that are worth a try, of those
// options alone that the SPEC leaves open and its training reads. An option that nothing reads
// would spend trials on the same router twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "wend/routers/spec.h"
#include "wend/trips/from_data.h"
#include "wend/trips/train_trials.h"

namespace wend::trips {

/// Settings of one or a few options, of which a trial takes one.
using TuningChoice = std::vector<OptionMap>;

/// Empty where there is nothing to try; by the source of the data's tasks where the SPEC leaves it
/// open. A SPEC that is none has nothing to try: its training says what is wrong.
std::vector<TuningChoice> tuning_space(const routers::RouterSpec& spec, TasksFrom from);

/// The SPEC's options as they are, then draws that make other routers; fewer than asked where the
/// space is small. Needs a SPEC with a space.
std::vector<OptionMap> plan_trials(const routers::RouterSpec& spec,
                                   TasksFrom from,
                                   std::size_t trials,
                                   std::uint64_t seed);

/// The SPEC with other options; its text stays.
routers::RouterSpec with_options(routers::RouterSpec spec, OptionMap options);

}  // namespace wend::trips
