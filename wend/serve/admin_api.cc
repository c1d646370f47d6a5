// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/admin_api.h"

#include <utility>

#include "wend/net/wait.h"
#include "wend/serve/openai_error.h"

namespace wend::serve {
namespace {

net::HttpResponse text(int status, std::string body) {
  return {status, {{"content-type", "text/plain; charset=utf-8"}}, std::move(body)};
}

net::HttpResponse method_is_not(std::string_view method) {
  net::HttpResponse response = error_response(
      invalid_request(405, fmt::format("expected {}", method), "", "method_not_allowed"));
  response.headers.add("allow", std::string(method));
  return response;
}

bool is_probe(std::string_view path) {
  return path == "/healthz" || path == "/readyz";
}

}  // namespace

bool AdminApi::may_enter(const net::RequestHead& head) const {
  const std::shared_ptr<const Snapshot> snapshot = parts_.snapshots.get();
  return is_probe(head.path()) ||
         snapshot->admins.owner_of(presented_key(head.headers)).has_value();
}

base::Task<net::HttpResponse> AdminApi::reload(net::HttpExchange& exchange) {
  const auto shot = std::make_shared<net::OneShot<base::Status>>(exchange.context());
  parts_.reload([shot](base::Status status) { shot->set(std::move(status)); });
  std::optional<base::Status> done = co_await shot->wait(exchange.cancel());
  if (!done) {
    co_return error_response(to_api_error(exchange.cancel().error()));
  }
  if (!*done) {
    co_return error_response(invalid_request(
        400, "nothing was changed: " + done->error().message, "", "reload_refused"));
  }
  co_return net::HttpResponse{200, {{"content-type", "application/json"}}, "{\"reloaded\":true}"};
}

base::Task<net::HttpResponse> AdminApi::answer(net::HttpExchange& exchange) {
  const net::RequestHead& head = exchange.request().head;
  const std::string_view path = head.path();
  const bool reads = head.method == "GET" || head.method == "HEAD";
  if (!may_enter(head)) {
    co_return error_response({401,
                              "expected Authorization: Bearer with the admin key",
                              "authentication_error",
                              "",
                              "invalid_api_key",
                              {}});
  }
  if (path == "/admin/reload") {
    if (head.method != "POST") {
      co_return method_is_not("POST");
    }
    net::HttpResponse response = co_await reload(exchange);
    co_return response;
  }
  if (is_probe(path) || path == "/metrics") {
    if (!reads) {
      co_return method_is_not("GET");
    }
    if (path == "/metrics") {
      co_return net::HttpResponse{200,
                                  {{"content-type", "text/plain; version=0.0.4; charset=utf-8"}},
                                  parts_.metrics_text()};
    }
    const bool well = path == "/healthz" || parts_.ready;
    co_return text(well ? 200 : 503, well ? "ok\n" : "draining\n");
  }
  co_return error_response(invalid_request(
      404,
      fmt::format("there is no {} here; expected /healthz, /readyz, /metrics or /admin/reload",
                  path),
      "",
      "not_found"));
}

base::Task<void> AdminApi::handle(net::HttpExchange& exchange) {
  net::HttpResponse response = co_await answer(exchange);
  static_cast<void>(co_await exchange.respond(std::move(response)));
}

net::HttpResponse AdminApi::refuse(int status, std::string_view message) {
  return error_response(refused_request(status, std::string(message)));
}

}  // namespace wend::serve
