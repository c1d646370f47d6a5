// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"
#include "wend/cli/globals.h"
#include "wend/cli/verbs.h"

namespace wend::cli {

/// One line on stderr where libtorch runs on the reference BLAS, which makes training tens of times
/// slower; nothing with --quiet.
void warn_of_slow_blas(const Globals& globals);

/// What doctor asks for: {"name","path","warning"} on stdout. Returns the exit status.
int print_blas();

/// The verbs that train, as wend-train runs them.
base::Status run_train(const Globals& globals, const TrainOptions& options);
base::Status run_eval(const Globals& globals, const EvalOptions& options);
base::Result<int> run_models_add(const Globals& globals, const ModelsAddOptions& options);
base::Result<int> run_grow_by_replay(const Globals& globals, const GrowOptions& options);

}  // namespace wend::cli
