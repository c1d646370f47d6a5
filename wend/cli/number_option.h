// SPDX-License-Identifier: Apache-2.0
// The one way an option takes a number: in full, finite, and within bounds, or refused in a
// sentence that names the option. (The parser of the library wraps -1 to a huge number and takes
// NaN.)
#pragma once

#include <cstdint>
#include <limits>

#include "wend/base/config.h"

namespace CLI {
class Option;
}

namespace wend::cli {

/// Inclusive.
struct WholeBounds {
  std::uint64_t low = 0;
  std::uint64_t high = std::numeric_limits<std::uint64_t>::max();
};

/// Declares that the option takes a whole number in decimal digits.
void take_whole_number(CLI::Option* option, WholeBounds bounds);

/// Declares that the option takes a finite number.
void take_number(CLI::Option* option, base::Bounds bounds);

}  // namespace wend::cli
