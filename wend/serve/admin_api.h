// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>

#include "wend/base/metrics.h"
#include "wend/net/http_server.h"
#include "wend/serve/snapshot.h"

namespace wend::serve {

/// The listener of operators: /healthz, /readyz, /metrics, POST /admin/reload.
class AdminApi final : public net::HttpHandler {
 public:
  struct Parts {
    SnapshotHolder& snapshots;
    /// Refreshes what is read off other counters, then gives the whole text.
    std::function<std::string()> metrics_text;
    const std::atomic<bool>& ready;
    /// Reloads on another thread and calls back there with what came of it.
    std::function<void(std::function<void(base::Status)>)> reload;
  };

  explicit AdminApi(Parts parts) : parts_(std::move(parts)) {}

  base::Task<void> handle(net::HttpExchange& exchange) override;
  net::HttpResponse refuse(int status, std::string_view message) override;

 private:
  base::Task<net::HttpResponse> answer(net::HttpExchange& exchange);
  base::Task<net::HttpResponse> reload(net::HttpExchange& exchange);
  bool may_enter(const net::RequestHead& head) const;

  Parts parts_;
};

}  // namespace wend::serve
