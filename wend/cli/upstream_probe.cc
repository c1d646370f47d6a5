// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/upstream_probe.h"

#include <cstdlib>
#include <optional>

#include "wend/net/cancel.h"
#include "wend/net/http_client.h"
#include "wend/net/io_threads.h"

namespace wend::cli {

using base::Code;
using base::fail;
using base::Result;
using base::Task;
using trips::ModelsAnswer;

namespace {

constexpr std::chrono::seconds kPatience{5};
constexpr std::size_t kLargestList = 1 << 20;

net::Headers headers_for(const trips::UpstreamConfig& upstream) {
  net::Headers headers = {{"Accept", "application/json"}};
  const char* const key =
      upstream.api_key_env.empty() ? nullptr : std::getenv(upstream.api_key_env.c_str());
  if (key != nullptr && *key != '\0') {
    headers.add("Authorization", std::string("Bearer ") + key);
  }
  return headers;
}

Task<Result<ModelsAnswer>> get_models(net::HttpClient& client,
                                      const net::Origin& origin,
                                      const net::Headers& headers) {
  const std::string target = origin.url.path + "/models";
  const net::ClientRequest request{"GET", target, &headers, {}};
  const net::ClientTimeouts timeouts{kPatience, kPatience, kPatience};
  net::CancelSource cancel;
  CO_TRY_ASSIGN(const auto response, co_await client.send(origin, request, timeouts, cancel));
  ModelsAnswer answer{response->head().status, ""};
  for (;;) {
    CO_TRY_ASSIGN(const std::string_view piece, co_await response->read_some());
    if (piece.empty()) {
      co_return answer;
    }
    if (answer.body.size() + piece.size() > kLargestList) {
      co_return fail(Code::kDataLoss, "its list of models is longer than {} bytes", kLargestList);
    }
    answer.body += piece;
  }
}

}  // namespace

Result<ModelsAnswer> probe_upstream(const trips::UpstreamConfig& upstream) {
  const net::Origin origin{TRY(net::parse_url(upstream.base_url)), upstream.allow_private};
  const net::Headers headers = headers_for(upstream);
  net::IoThreads io(1);
  const auto client = net::HttpClient::make(io.context(0));
  io.start();
  std::optional<Result<ModelsAnswer>> answer;
  net::run_and_wait(io.context(0), [&]() -> Task<void> {
    Result<ModelsAnswer> got = co_await get_models(*client, origin, headers);
    answer = std::move(got);
  });
  io.stop();
  return *std::move(answer);
}

}  // namespace wend::cli
