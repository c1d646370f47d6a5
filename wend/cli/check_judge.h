// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "wend/base/result.h"
#include "wend/cli/globals.h"

namespace wend::cli {

struct CheckJudgeOptions {
  std::string known;  ///< A file, a folder or a collection.
  std::string judge;  ///< Empty: the configuration's.
  std::optional<double> budget;
  bool dry_run = false;
  bool yes = false;
};

/// `wend label --check-judge`: the exit status.
base::Result<int> check_judge(const Globals& globals, const CheckJudgeOptions& options);

}  // namespace wend::cli
