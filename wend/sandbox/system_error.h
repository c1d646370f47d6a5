// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <cstring>
#include <string_view>

#include "wend/base/result.h"

namespace wend::sandbox {

/// The failure of the system call that was made last, by errno: "mount '/usr': Permission denied".
inline tl::unexpected<base::Error> system_error(std::string_view action) {
  return base::fail(base::Code::kFailedPrecondition, "{}: {}", action, std::strerror(errno));
}

/// OK where a system call returned no failure.
inline base::Status check_call(long returned, std::string_view action) {
  return returned < 0 ? base::Status(system_error(action)) : base::Status();
}

}  // namespace wend::sandbox
