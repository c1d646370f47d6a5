// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "wend/base/check.h"
#include "wend/net/http_client.h"
#include "wend/serve/recorder.h"
#include "wend/serve/serve_metrics.h"
#include "wend/serve/snapshot.h"
#include "wend/serve/worker_pool.h"

namespace wend::serve {

/// What every request may use; alive as long as the server. Safe from any thread, but the clients,
/// of which each I/O thread has its own.
struct Services {
  SnapshotHolder& snapshots;
  WorkerPool& inference;
  WorkerPool& lookups;  ///< For reading the store.
  ServeMetrics& metrics;
  Recorder* recorder = nullptr;  ///< Null where decisions are not kept.
  std::vector<std::pair<boost::asio::io_context*, std::unique_ptr<net::HttpClient>>> clients;

  /// Where decisions of this snapshot are kept, or null.
  Recorder* recorder_of(const Snapshot& snapshot) const {
    return snapshot.config.serve.store_decisions ? recorder : nullptr;
  }

  net::HttpClient& client_of(boost::asio::io_context& context) {
    for (const auto& [owner, client] : clients) {
      if (owner == &context) {
        return *client;
      }
    }
    CHECK(false, "no client for this I/O thread");
  }
};

}  // namespace wend::serve
