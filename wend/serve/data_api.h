// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wend/net/http_server.h"
#include "wend/serve/services.h"

namespace wend::serve {

/// The listener of applications: who is let in, and which endpoint answers.
class DataApi final : public net::HttpHandler {
 public:
  explicit DataApi(Services& services) : services_(services) {}

  base::Task<void> handle(net::HttpExchange& exchange) override;
  net::HttpResponse refuse(int status, std::string_view message) override;

 private:
  Services& services_;
};

}  // namespace wend::serve
