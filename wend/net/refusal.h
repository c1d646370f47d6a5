// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace wend::net {

/// Why a request is not taken: the status of the answer and one sentence that says what was wrong
/// and what was expected. The connection is closed after it, since nobody knows where the next
/// request would begin.
struct Refusal {
  int status = 400;
  std::string message;
};

}  // namespace wend::net
