// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "wend/base/task.h"

namespace wend::net {

/// From now on each SIGTERM, SIGINT and SIGHUP is given to `action` on the context, until `action`
/// returns false; meanwhile none of them ends the process.
void on_signals(boost::asio::io_context& context, std::function<bool(int signal)> action);

/// As many open files as the system lets this process have: each client and each upstream is one.
void raise_file_limit();

}  // namespace wend::net
