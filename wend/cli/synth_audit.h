// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "wend/base/result.h"
#include "wend/cli/globals.h"

namespace wend::cli {

struct AuditOptions {
  std::string name;
  std::string auditor;
  std::optional<std::uint64_t> shots;
  std::optional<double> budget;
  bool dry_run = false;
  bool yes = false;
};

/// `wend synth --audit`.
base::Result<int> run_audit(const Globals& globals, const AuditOptions& options);

}  // namespace wend::cli
