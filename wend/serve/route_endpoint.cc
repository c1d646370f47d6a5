// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/llm/wire_request.h"
#include "wend/net/deadline_guard.h"
#include "wend/serve/chat.h"
#include "wend/serve/decide.h"
#include "wend/serve/durations.h"
#include "wend/serve/new_record.h"
#include "wend/serve/routing_plan.h"

namespace wend::serve {
namespace {

using nlohmann::ordered_json;

std::string render(const DecisionRecord& record) {
  ordered_json object = {{"id", nullptr}, {"decision", record.id}};
  object.update(trips::decision_object(record.routed, *record.snapshot->route));
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// The decision of a body, or why there is none.
base::Task<ApiResult<DecisionRecord>> decide_body(Services& services,
                                                  net::HttpExchange& exchange,
                                                  const Admitted& admitted) {
  std::string body = exchange.take_body();
  auto view = llm::parse_chat(body, llm::ModelField::kOptional);
  if (!view) {
    co_return tl::unexpected(to_api_error(view.error()));
  }
  auto plan = make_route_plan(*admitted.snapshot, *view, exchange.request().head.headers);
  if (!plan) {
    co_return tl::unexpected(std::move(plan).error());
  }
  net::CancelSource cancel;
  const net::CancelSource::Guard client(exchange.cancel(),
                                        [&] { cancel.cancel(exchange.cancel().error()); });
  const net::DeadlineGuard deadline(
      exchange.context(),
      admitted.begun + in_ms(admitted.snapshot->config.serve.request_timeout_s),
      cancel);
  DecideInput input{admitted.snapshot, std::move(view->conversation), *std::move(plan)};
  auto decided = co_await decide(services, exchange.context(), std::move(input), cancel);
  if (cancel.cancelled() && cancel.error().code == base::Code::kDeadlineExceeded) {
    services.metrics.deadline_exceeded.add();
  }
  if (!decided) {
    co_return tl::unexpected(std::move(decided).error());
  }
  DecisionRecord record = new_record(admitted, *view, "/v1/route", *std::move(decided));
  record.status = "decided";
  record.total_s = seconds_since(admitted.begun);
  co_return ApiResult<DecisionRecord>(std::move(record));
}

}  // namespace

base::Task<int> answer_route(Services& services, net::HttpExchange& exchange, Admitted admitted) {
  ApiResult<DecisionRecord> record = co_await decide_body(services, exchange, admitted);
  net::HttpResponse response;
  if (record) {
    services.metrics.overhead.observe(record->total_s);
    response = {200,
                {{"content-type", "application/json"}, {"x-wend-decision", record->id}},
                render(*record)};
    if (Recorder* const recorder = services.recorder_of(*admitted.snapshot)) {
      const std::string id = record->id;
      recorder->begin(id, admitted.owner);
      recorder->put(id, [kept = *std::move(record)] { return to_row(kept); });
    }
  } else {
    response = error_response(record.error());
  }
  const int status = response.status;
  const base::Status sent = co_await exchange.respond(std::move(response));
  co_return sent ? status : 499;
}

}  // namespace wend::serve
