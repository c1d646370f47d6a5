// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "wend/base/result.h"
#include "wend/serve/snapshot.h"
#include "wend/store/store.h"

namespace wend::serve {

/// What the server is told once, and what it asks again at a reload.
struct ServerOptions {
  /// The configuration as it stands now; called at the start and at each reload.
  std::function<base::Result<trips::Config>()> load_config;
  Environment environment;
  /// Opens the store decisions are kept in; called once, where they are.
  std::function<base::Result<std::unique_ptr<store::Store>>(const trips::Config&)> open_store;
  /// Once both listeners stand: {"listen","admin","artifact","pid"} as one line of JSON.
  std::function<void(const std::string& json)> announce;
};

/// Serves until SIGTERM or SIGINT, drains, and returns. SIGHUP reloads. A second SIGTERM cuts at
/// once. What a reload cannot change (listeners, threads, queues) is said in the log.
base::Status run_server(const ServerOptions& options);

}  // namespace wend::serve
