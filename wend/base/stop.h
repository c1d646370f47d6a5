// SPDX-License-Identifier: Apache-2.0
// A person or a supervisor may end a long work at any time. The first SIGINT or SIGTERM only raises
// a flag, which the work asks at places where it can be left with everything saved; the second ends
// the process at once.
#pragma once

#include "wend/base/result.h"

namespace wend::base {

/// From now on SIGINT and SIGTERM ask this process to stop. A blocked read returns with EINTR, so
/// that the flag is looked at.
void heed_stop_signals();

/// A failure with Code::kCancelled, "stopped by SIGINT", once a stop was asked for. Cheap, and safe
/// from any thread.
Status check_stop();

}  // namespace wend::base
