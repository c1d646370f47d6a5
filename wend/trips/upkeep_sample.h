// SPDX-License-Identifier: Apache-2.0
// For tests: a TRouter artifact that was never trained, whose posterior and table are plain to see.
#pragma once

#include "wend/ml/artifact.h"

namespace wend::trips::sample {

/// Models small and large; task types a, b below x and c below y, with 30, 10 and 20 rows. A query
/// whose vector is that of a task type's place (a: 1 0 0) is of that type almost wholly. Quality of
/// small .5 .4 .2 and large .8 .9 .7, cost of small .1 and large .6 everywhere; its heads
/// say .5 of everything.
ml::Artifact three_tasks();

}  // namespace wend::trips::sample
