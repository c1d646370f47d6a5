// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "wend/base/result.h"

namespace wend::cli {

/// Becomes libexec/wend-train with the same arguments: output and exit status are then its own.
/// Returns only where that fails.
base::Status hand_over_to_trainer(char** argv);

/// The argument with which libexec/wend-train says what it multiplies with: one JSON object with
/// name, path and warning.
inline constexpr const char* kBlasQuestion = "--blas";

/// What libexec/wend-train prints when it is started with this one argument. Fails where it is not
/// there, says nothing within half a minute, or ends badly.
base::Result<std::string> ask_trainer(const char* question);

}  // namespace wend::cli
