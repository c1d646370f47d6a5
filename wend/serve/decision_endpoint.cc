// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/decision_endpoint.h"

#include <chrono>
#include <utility>

#include "wend/net/wait.h"
#include "wend/serve/openai_error.h"

namespace wend::serve {
namespace {

using Clock = std::chrono::steady_clock;
using Shot = net::OneShot<base::Result<Recorder::Found>>;

/// A record is written a moment after its answer; that of a stream which still runs, at its end.
constexpr std::chrono::milliseconds kPatience{2'000};
constexpr std::chrono::milliseconds kPause{10};

/// The store is read on a thread of its own kind: it may wait for a disk.
base::Task<base::Result<Recorder::Found>> look_up(Services& services,
                                                  net::HttpExchange& exchange,
                                                  const std::string& id) {
  const auto shot = std::make_shared<Shot>(exchange.context());
  const bool taken = services.lookups.submit(
      [shot, id, recorder = services.recorder] { shot->set(recorder->find(id)); });
  if (!taken) {
    co_return base::fail(base::Code::kResourceExhausted, "busy; try again in a second");
  }
  std::optional<base::Result<Recorder::Found>> found = co_await shot->wait(exchange.cancel());
  if (!found) {
    co_return tl::unexpected(exchange.cancel().error());
  }
  co_return *std::move(found);
}

base::Task<base::Result<Recorder::Found>> find_patiently(Services& services,
                                                         net::HttpExchange& exchange,
                                                         const std::string& id,
                                                         const std::string& owner) {
  const Clock::time_point give_up = Clock::now() + kPatience;
  for (;;) {
    base::Result<Recorder::Found> found = co_await look_up(services, exchange, id);
    const bool is_coming =
        found && found->state == Recorder::Lookup::kUnderWay && found->row.owner == owner;
    if (!is_coming || Clock::now() >= give_up) {
      co_return found;
    }
    const base::Status waited = co_await net::sleep_until(Clock::now() + kPause, exchange.cancel());
    if (!waited) {
      co_return tl::unexpected(waited.error());
    }
  }
}

net::HttpResponse not_found(std::string_view id) {
  return error_response(invalid_request(
      404, fmt::format("there is no decision '{}'", id), "decision_id", "decision_not_found"));
}

net::HttpResponse pending(std::string_view id) {
  ApiError error = invalid_request(
      404,
      fmt::format("the request of decision '{}' is still under way; its record comes with the end "
                  "of its answer",
                  id),
      "decision_id",
      "decision_pending");
  error.retry_after_s = 1;
  return error_response(error);
}

net::HttpResponse failed(const base::Error& why) {
  ApiError error = to_api_error(why);
  error.retry_after_s = 1;
  return error_response(error);
}

/// Of another's decision nothing is told, not even that there is one.
net::HttpResponse answer_of(Recorder::Found found, std::string_view id, std::string_view caller) {
  if (found.state == Recorder::Lookup::kUnknown || found.row.owner != caller) {
    return not_found(id);
  }
  if (found.state == Recorder::Lookup::kUnderWay) {
    return pending(id);
  }
  return {200, {{"content-type", "application/json"}}, std::move(found.row.json)};
}

}  // namespace

base::Task<int> answer_decision(Services& services,
                                net::HttpExchange& exchange,
                                Admitted admitted) {
  constexpr std::string_view kPrefix = "/v1/decisions/";
  const std::string id(exchange.request().head.path().substr(kPrefix.size()));
  net::HttpResponse response = not_found(id);
  if (services.recorder != nullptr) {
    base::Result<Recorder::Found> found =
        co_await find_patiently(services, exchange, id, admitted.owner);
    response = found ? answer_of(*std::move(found), id, admitted.owner) : failed(found.error());
  }
  const int status = response.status;
  const base::Status sent = co_await exchange.respond(std::move(response));
  co_return sent ? status : 499;
}

}  // namespace wend::serve
