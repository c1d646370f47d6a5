// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/data_api.h"

#include <array>
#include <chrono>
#include <utility>

#include "wend/base/log.h"
#include "wend/serve/chat.h"
#include "wend/serve/decision_endpoint.h"
#include "wend/serve/durations.h"
#include "wend/serve/models_endpoint.h"
#include "wend/serve/openai_error.h"

namespace wend::serve {
namespace {

using Answer = base::Task<int> (*)(Services&, net::HttpExchange&, Admitted);

/// A path that ends in '/' stands for all that begin with it.
struct Endpoint {
  std::string_view path;
  std::string_view method;
  const char* label;
  Answer answer;
};

constexpr std::array<Endpoint, 5> kEndpoints = {{
    {"/v1/chat/completions", "POST", "chat", answer_chat},
    {"/v1/route", "POST", "route", answer_route},
    {"/v1/models", "GET", "models", answer_models},
    {"/v1/models/", "GET", "models", answer_models},
    {"/v1/decisions/", "GET", "decisions", answer_decision},
}};

bool matches(const Endpoint& endpoint, std::string_view path) {
  return endpoint.path.ends_with('/')
             ? path.size() > endpoint.path.size() && path.starts_with(endpoint.path)
             : path == endpoint.path;
}

const Endpoint* find_endpoint(std::string_view path) {
  for (const Endpoint& endpoint : kEndpoints) {
    if (matches(endpoint, path)) {
      return &endpoint;
    }
  }
  return nullptr;
}

bool takes(const Endpoint& endpoint, std::string_view method) {
  return method == endpoint.method || (endpoint.method == "GET" && method == "HEAD");
}

base::Task<int> respond(net::HttpExchange& exchange, net::HttpResponse response) {
  const int status = response.status;
  const base::Status sent = co_await exchange.respond(std::move(response));
  co_return sent ? status : 499;
}

/// What is wrong with a request before any endpoint looks at it.
net::HttpResponse no_such_endpoint(const net::RequestHead& head) {
  return error_response(invalid_request(
      404,
      fmt::format("there is no {} here; expected /v1/chat/completions, /v1/route, /v1/models or "
                  "/v1/decisions/ID",
                  head.path()),
      "",
      "not_found"));
}

net::HttpResponse wrong_method(const Endpoint& endpoint, const net::RequestHead& head) {
  net::HttpResponse response = error_response(
      invalid_request(405,
                      fmt::format("{} {}: expected {}", head.method, head.path(), endpoint.method),
                      "",
                      "method_not_allowed"));
  response.headers.add("allow", std::string(endpoint.method));
  return response;
}

net::HttpResponse wrong_key(bool is_there) {
  net::HttpResponse response = error_response(
      {401,
       is_there ? "the API key is not one of this proxy's; expected Authorization: Bearer KEY"
                : "an API key is missing; expected Authorization: Bearer KEY",
       "authentication_error",
       "",
       "invalid_api_key",
       {}});
  response.headers.add("www-authenticate", "Bearer");
  return response;
}

class InFlight {
 public:
  explicit InFlight(ServeMetrics& metrics) : metrics_(metrics) { metrics_.in_flight.add(1); }

  ~InFlight() { metrics_.in_flight.add(-1); }

  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  ServeMetrics& metrics_;
};

base::Task<int> dispatch(Services& services,
                         net::HttpExchange& exchange,
                         Admitted admitted,
                         const Endpoint* endpoint) {
  const net::RequestHead& head = exchange.request().head;
  const std::string_view key = presented_key(head.headers);
  std::optional<std::string> owner = admitted.snapshot->callers.owner_of(key);
  int status = 0;
  if (!owner) {
    net::HttpResponse refused = wrong_key(!key.empty());
    status = co_await respond(exchange, std::move(refused));
  } else if (endpoint == nullptr) {
    net::HttpResponse refused = no_such_endpoint(head);
    status = co_await respond(exchange, std::move(refused));
  } else if (!takes(*endpoint, head.method)) {
    net::HttpResponse refused = wrong_method(*endpoint, head);
    status = co_await respond(exchange, std::move(refused));
  } else {
    admitted.owner = *std::move(owner);
    status = co_await endpoint->answer(services, exchange, std::move(admitted));
  }
  co_return status;
}

}  // namespace

base::Task<void> DataApi::handle(net::HttpExchange& exchange) {
  const InFlight counted(services_.metrics);
  const auto begun = std::chrono::steady_clock::now();
  const std::shared_ptr<const Snapshot> snapshot = services_.snapshots.get();
  const Endpoint* const endpoint = find_endpoint(exchange.request().head.path());
  // A named object, not braces in the call: g++ 12 copies those bit by bit across a co_await.
  Admitted admitted{snapshot, "", begun};
  const int status = co_await dispatch(services_, exchange, std::move(admitted), endpoint);
  const double seconds = seconds_since(begun);
  const char* const label = endpoint == nullptr ? "other" : endpoint->label;
  services_.metrics.answered(label, status, seconds);
  if (status == 499) {
    services_.metrics.client_gone.add();
  }
  if (snapshot->config.serve.log_requests) {
    base::log_info("{} {} {} {:.1f} ms",
                   exchange.request().head.method,
                   exchange.request().head.path(),
                   status,
                   seconds * 1000);
  }
}

net::HttpResponse DataApi::refuse(int status, std::string_view message) {
  services_.metrics.answered("refused", status, 0);
  return error_response(refused_request(status, std::string(message)));
}

}  // namespace wend::serve
