// SPDX-License-Identifier: Apache-2.0
// A chat request on its way, top to bottom: parse, plan, decide, ask one upstream after another,
// relay. docs/life_of_a_request.md walks through it.
#include "wend/serve/chat.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "wend/base/log.h"
#include "wend/base/random.h"
#include "wend/llm/wire_request.h"
#include "wend/llm/wire_splice.h"
#include "wend/net/deadline_guard.h"
#include "wend/net/wait.h"
#include "wend/policy/fallback.h"
#include "wend/serve/answer_headers.h"
#include "wend/serve/attempt_failure.h"
#include "wend/serve/attempt_plan.h"
#include "wend/serve/decide.h"
#include "wend/serve/durations.h"
#include "wend/serve/new_record.h"
#include "wend/serve/relay.h"
#include "wend/serve/routing_plan.h"
#include "wend/serve/upstream_call.h"

namespace wend::serve {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration;
using std::chrono::milliseconds;

net::ClientTimeouts timeouts_of(const trips::ServeConfig& config) {
  return {in_ms(config.connect_timeout_s),
          in_ms(config.first_byte_timeout_s),
          in_ms(config.idle_timeout_s)};
}

class ChatFlow {
 public:
  ChatFlow(Services& services, net::HttpExchange& exchange, Admitted admitted)
      : services_(services),
        exchange_(exchange),
        admitted_(std::move(admitted)),
        snapshot_(*admitted_.snapshot),
        client_guard_(exchange.cancel(), [this] { cancel_.cancel(exchange_.cancel().error()); }),
        deadline_(exchange.context(),
                  admitted_.begun + in_ms(snapshot_.config.serve.request_timeout_s),
                  cancel_) {}

  base::Task<int> run();

 private:
  base::Task<std::optional<ApiError>> prepare();
  base::Task<std::optional<ApiError>> choose(RoutingPlan plan);
  void note_decision(Decided decided, std::size_t chosen);
  base::Task<int> ask_in_turn();
  /// Nothing where asking again is of no use: our key was refused, or a Retry-After asks for more
  /// patience than is worth having here.
  std::optional<milliseconds> wait_before(const Attempt& attempt) const;
  base::Task<UpstreamAnswer> ask(std::size_t model);
  void note_attempt(std::size_t model, const UpstreamAnswer& answer, Clock::time_point begun);
  void note_health(const Upstream& upstream, const UpstreamAnswer& answer, Clock::time_point asked);
  base::Task<int> send_on(std::size_t model, UpstreamAnswer answer, Clock::time_point asked);
  base::Task<int> give_up();
  base::Task<int> refuse(ApiError error);
  net::Headers wend_headers() const;
  void count_deadline() const;
  ApiError last_failure() const;
  void finish(const RelayResult& result, std::size_t model, Clock::time_point asked);
  void keep_record(std::string status);

  Services& services_;
  net::HttpExchange& exchange_;
  Admitted admitted_;
  const Snapshot& snapshot_;
  net::CancelSource cancel_;
  net::CancelSource::Guard client_guard_;
  net::DeadlineGuard deadline_;

  std::string body_;
  llm::ChatView view_;
  std::vector<std::size_t> order_;        ///< Places in Snapshot::models, best first.
  std::optional<DecisionRecord> record_;  ///< Of a routed request.
  std::vector<AttemptRecord> attempts_;
  AttemptOutcome last_outcome_ = AttemptOutcome::kUnreachable;
  std::optional<milliseconds> last_retry_after_;
  double overhead_s_ = 0;
};

base::Task<int> ChatFlow::run() {
  std::optional<ApiError> refused = co_await prepare();
  if (refused) {
    count_deadline();
    const int status = co_await refuse(*std::move(refused));
    co_return status;
  }
  overhead_s_ = seconds_since(admitted_.begun);
  services_.metrics.overhead.observe(overhead_s_);
  const int status = co_await ask_in_turn();
  co_return status;
}

base::Task<std::optional<ApiError>> ChatFlow::prepare() {
  body_ = exchange_.take_body();
  auto view = llm::parse_chat(body_);
  if (!view) {
    co_return to_api_error(view.error());
  }
  view_ = *std::move(view);
  auto plan = make_plan(snapshot_, view_, exchange_.request().head.headers);
  if (!plan) {
    co_return std::move(plan).error();
  }
  if (plan->named) {
    order_ = {*plan->named};
    co_return std::nullopt;
  }
  std::optional<ApiError> refused = co_await choose(*std::move(plan));
  co_return refused;
}

base::Task<std::optional<ApiError>> ChatFlow::choose(RoutingPlan plan) {
  DecideInput input{admitted_.snapshot, std::move(view_.conversation), std::move(plan)};
  ApiResult<Decided> decided =
      co_await decide(services_, exchange_.context(), std::move(input), cancel_);
  if (!decided) {
    co_return std::move(decided).error();
  }
  for (const std::size_t scored : policy::fallback_order(decided->routed.decision)) {
    order_.push_back(snapshot_.served[scored].value());
  }
  note_decision(*std::move(decided), order_.front());
  co_return std::nullopt;
}

void ChatFlow::note_decision(Decided decided, std::size_t chosen) {
  snapshot_.models[chosen].meters.decisions.add();
  record_ = new_record(admitted_, view_, "/v1/chat/completions", std::move(decided));
  if (Recorder* const recorder = services_.recorder_of(snapshot_)) {
    recorder->begin(record_->id, admitted_.owner);
  }
}

base::Task<int> ChatFlow::ask_in_turn() {
  AttemptPlan plan(
      order_,
      static_cast<std::size_t>(snapshot_.config.serve.attempts),
      base::Random(static_cast<std::uint64_t>(Clock::now().time_since_epoch().count())));
  const auto is_cooling = [this](std::size_t model) {
    return snapshot_.upstream_of(model).health->is_cooling(Clock::now());
  };
  while (const std::optional<Attempt> attempt = plan.next(is_cooling)) {
    const std::optional<milliseconds> wait = wait_before(*attempt);
    if (!wait) {
      break;
    }
    if (wait->count() > 0) {
      const base::Status waited = co_await net::sleep_until(Clock::now() + *wait, cancel_);
      if (!waited) {
        break;
      }
    }
    const Clock::time_point asked = Clock::now();
    UpstreamAnswer answer = co_await ask(attempt->model);
    note_attempt(attempt->model, answer, asked);
    if (answer.can_be_sent_on()) {
      const int status = co_await send_on(attempt->model, std::move(answer), asked);
      co_return status;
    }
    if (cancel_.cancelled()) {
      break;
    }
  }
  const int status = co_await give_up();
  co_return status;
}

std::optional<milliseconds> ChatFlow::wait_before(const Attempt& attempt) const {
  constexpr milliseconds kPatience{2'000};
  const Upstream& upstream = snapshot_.upstream_of(attempt.model);
  const auto has_failed_by = [&](AttemptOutcome outcome) {
    return std::ranges::any_of(attempts_, [&](const AttemptRecord& made) {
      return made.upstream == upstream.name && made.failure == outcome_name(outcome);
    });
  };
  if (attempt.wait.count() == 0) {
    return attempt.wait;  // Not asked before: what another model met says nothing of this one.
  }
  if (has_failed_by(AttemptOutcome::kRefused)) {
    return std::nullopt;
  }
  if (!has_failed_by(AttemptOutcome::kLimited)) {
    return attempt.wait;
  }
  const milliseconds asked_for = upstream.health->pause_left(Clock::now());
  return asked_for > kPatience ? std::nullopt : std::optional(std::max(attempt.wait, asked_for));
}

base::Task<UpstreamAnswer> ChatFlow::ask(std::size_t model) {
  const llm::Splice splice = llm::splice(body_, view_, snapshot_.models[model].name_literal);
  const UpstreamRequest request{snapshot_.upstream_of(model),
                                splice.pieces(),
                                exchange_.request().head.headers,
                                static_cast<std::size_t>(snapshot_.config.serve.max_response_bytes),
                                timeouts_of(snapshot_.config.serve)};
  net::HttpClient& client = services_.client_of(exchange_.context());
  UpstreamAnswer answer = co_await ask_upstream(client, request, cancel_);
  co_return answer;
}

void ChatFlow::note_attempt(std::size_t model,
                            const UpstreamAnswer& answer,
                            Clock::time_point begun) {
  const Upstream& upstream = snapshot_.upstream_of(model);
  upstream.meters.attempted(answer.outcome);
  note_health(upstream, answer, begun);
  const bool failed = !answer.can_be_sent_on();
  attempts_.push_back({snapshot_.models[model].id,
                       upstream.name,
                       answer.head.status,
                       failed ? std::string(outcome_name(answer.outcome)) : "",
                       seconds_since(begun)});
  last_outcome_ = answer.outcome;
  last_retry_after_ = answer.retry_after;
  if (failed && answer.outcome != AttemptOutcome::kCancelled) {
    base::log_warning("upstream '{}' did not answer for '{}': {}: {}",
                      upstream.name,
                      snapshot_.models[model].id,
                      outcome_name(answer.outcome),
                      answer.failure);
  }
}

void ChatFlow::note_health(const Upstream& upstream,
                           const UpstreamAnswer& answer,
                           Clock::time_point asked) {
  bool began_to_cool = false;
  switch (answer.outcome) {
    case AttemptOutcome::kOk:
    case AttemptOutcome::kClientError:
      upstream.health->succeeded(asked);
      break;
    case AttemptOutcome::kLimited:
      began_to_cool = upstream.health->limited(Clock::now(), answer.retry_after);
      break;
    case AttemptOutcome::kCancelled:
      break;
    default:
      began_to_cool = upstream.health->failed(asked, Clock::now());
  }
  if (began_to_cool) {
    upstream.meters.cooldowns.add();
  }
}

net::Headers ChatFlow::wend_headers() const {
  return answer_headers(attempts_, record_ ? &*record_ : nullptr, overhead_s_);
}

base::Task<int> ChatFlow::send_on(std::size_t model,
                                  UpstreamAnswer answer,
                                  Clock::time_point asked) {
  services_.metrics.first_byte_seconds.observe(seconds_since(asked));
  if (record_) {
    record_->first_byte_s = seconds_since(admitted_.begun);
  }
  if (attempts_.size() > 1 && attempts_.front().model != attempts_.back().model) {
    services_.metrics.fallbacks.add();
  }
  const int status = answer.head.status;
  Relay relay{exchange_, cancel_, wend_headers()};
  const auto finished = [this, model, asked](const RelayResult& result) {
    finish(result, model, asked);
  };
  const RelayResult result = co_await relay_answer(relay, std::move(answer), finished);
  if (result.end == RelayEnd::kBroken) {
    services_.metrics.streams_broken.add();
    count_deadline();
  }
  co_return result.end == RelayEnd::kClientGone ? 499 : status;
}

void ChatFlow::finish(const RelayResult& result, std::size_t model, Clock::time_point asked) {
  services_.metrics.upstream_seconds.observe(seconds_since(asked));
  const std::optional<double> cost = llm::cost_of(result.usage, snapshot_.models[model].price);
  snapshot_.models[model].meters.spent(result.usage, cost);
  if (!record_) {
    return;
  }
  record_->answered_by = snapshot_.models[model].id;
  record_->usage = result.usage;
  record_->cost = cost;
  switch (result.end) {
    case RelayEnd::kWhole:
      keep_record(attempts_.back().status < 300 ? "ok" : "failed");
      break;
    case RelayEnd::kBroken:
      keep_record("broken");
      break;
    case RelayEnd::kClientGone:
      keep_record("client_gone");
      break;
  }
}

void ChatFlow::keep_record(std::string status) {
  Recorder* const recorder = services_.recorder_of(snapshot_);
  if (!record_ || recorder == nullptr) {
    return;
  }
  record_->status = std::move(status);
  record_->attempts = attempts_;
  record_->total_s = seconds_since(admitted_.begun);
  const std::string id = record_->id;
  recorder->put(id, [record = *std::move(record_)] { return to_row(record); });
  record_.reset();
}

base::Task<int> ChatFlow::give_up() {
  if (exchange_.cancel().cancelled() && exchange_.cancel().error().code == base::Code::kCancelled) {
    keep_record("client_gone");
    co_return 499;
  }
  ApiError error = last_failure();
  const int status = co_await refuse(std::move(error));
  co_return status;
}

void ChatFlow::count_deadline() const {
  if (cancel_.cancelled() && cancel_.error().code == base::Code::kDeadlineExceeded) {
    services_.metrics.deadline_exceeded.add();
  }
}

ApiError ChatFlow::last_failure() const {
  if (cancel_.cancelled()) {
    count_deadline();
    return to_api_error(cancel_.error());
  }
  return describe_failure(attempts_, last_outcome_, last_retry_after_);
}

base::Task<int> ChatFlow::refuse(ApiError error) {
  net::HttpResponse response = error_response(error);
  const net::Headers ours = wend_headers();
  for (const net::Header& header : ours.list()) {
    response.headers.add(header.name, header.value);
  }
  keep_record("failed");
  const base::Status sent = co_await exchange_.respond(std::move(response));
  co_return sent ? error.status : 499;
}

}  // namespace

base::Task<int> answer_chat(Services& services, net::HttpExchange& exchange, Admitted admitted) {
  ChatFlow flow(services, exchange, std::move(admitted));
  const int status = co_await flow.run();
  co_return status;
}

}  // namespace wend::serve
