// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/base/result.h"

namespace wend::cli {

/// Becomes libexec/wend-train with the same arguments: output and exit status are then its own.
/// Returns only where that fails.
base::Status hand_over_to_trainer(char** argv);

}  // namespace wend::cli
