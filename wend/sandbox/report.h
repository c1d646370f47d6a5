// SPDX-License-Identifier: Apache-2.0
// What libexec/wend-sandbox says on its stderr, which the program cannot reach: the first line is
// how the program ended, or why it was never started.
#pragma once

#include <string>
#include <string_view>

#include "wend/base/result.h"

namespace wend::sandbox {

enum class Ending { kExited, kSignalled, kTimedOut };

/// How a program ended: with an exit status, by a signal, or by its time being over.
struct Ended {
  Ending ending = Ending::kExited;
  int number = 0;  ///< The exit status or the signal.
};

/// "exited 0", "signalled 9", "timed out 0", each a line.
std::string to_line(const Ended& ended);
/// "refused: why", as one line.
std::string to_line(const base::Error& refusal);

/// The first line of a report; a refusal is an error with its sentence.
base::Result<Ended> parse_report(std::string_view report);

}  // namespace wend::sandbox
