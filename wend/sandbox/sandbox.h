// SPDX-License-Identifier: Apache-2.0
// Runs programs that nobody trusts: without a network, without the host's files but the system's
// (read-only), as nobody, within limits, and with nothing left behind. The confinement is that of
// libexec/wend-sandbox (main_sandbox.cc); where the machine does not allow it, nothing is run.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/sandbox/limits.h"
#include "wend/sandbox/report.h"

namespace wend::sandbox {

/// The bytes of output that are kept: the last ones.
inline constexpr std::size_t kKeptOutput = 64U << 10U;

struct ConfinedRun {
  Ended ended;
  std::string output;  ///< Of stdout and stderr together, its last kKeptOutput bytes.
};

/// libexec/wend-sandbox beside the folder of the program that runs this.
std::string helper_path();

/// Runs `program` (its words; a bare name is looked for in the system's folders) with `input` on
/// its stdin, and waits for its end. Fails where the confinement cannot be made, and where the
/// program cannot be started; how a started program ends is no failure. From any thread, which must
/// live until the return.
base::Result<ConfinedRun> run_confined(const std::string& helper,
                                       std::span<const std::string> program,
                                       std::string_view input,
                                       const Limits& limits);

}  // namespace wend::sandbox
