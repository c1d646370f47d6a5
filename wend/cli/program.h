// SPDX-License-Identifier: Apache-2.0
// What both executables share: the options of every verb, one parse, one way to fail. `wend` runs
// most verbs itself and hands those that train to libexec/wend-train with the same arguments.
#pragma once

#include <functional>
#include <string>

#include "wend/base/result.h"
#include "wend/cli/globals.h"
#include "wend/cli/verbs.h"

namespace wend::cli {

/// How the verbs that train are run: by the trips in wend-train, by hand-over in wend.
struct TrainingVerbs {
  std::function<base::Status(const Globals&, const TrainOptions&)> train;
  std::function<base::Status(const Globals&, const EvalOptions&)> eval;
  std::function<base::Result<int>(const Globals&, const ModelsAddOptions&)> add_model;
  GrowByReplay grow;
};

/// Parses, runs the verb, reports. Returns the exit status.
int run_program(int argc, char** argv, const TrainingVerbs& training);

}  // namespace wend::cli
