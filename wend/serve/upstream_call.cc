// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/upstream_call.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "wend/llm/retry.h"
#include "wend/llm/wire_usage.h"

namespace wend::serve {
namespace {

using base::Code;

/// Of the caller's headers these alone go on; above all its Authorization never does. Nor does an
/// Idempotency-Key: under our one key, two callers who choose the same would get one answer. What
/// the caller's Connection lists was for us alone (RFC 9110 7.6.1).
constexpr std::array<std::string_view, 3> kForwarded = {"traceparent", "tracestate", "openai-beta"};

net::Headers forwarded(const net::Headers& caller) {
  net::Headers headers;
  for (const std::string_view name : kForwarded) {
    const std::string* const value = caller.find(name);
    if (value != nullptr && !caller.lists("Connection", name)) {
      headers.add(std::string(name), *value);
    }
  }
  return headers;
}

AttemptOutcome outcome_of(const base::Error& error, const net::CancelSource& cancel) {
  if (cancel.cancelled()) {
    return AttemptOutcome::kCancelled;
  }
  switch (error.code) {
    case Code::kDeadlineExceeded:
      return AttemptOutcome::kTimeout;
    case Code::kDataLoss:
    case Code::kResourceExhausted:
      return AttemptOutcome::kBadAnswer;
    default:
      return AttemptOutcome::kUnreachable;
  }
}

AttemptOutcome outcome_of(int status) {
  if (status >= 200 && status < 300) {
    return AttemptOutcome::kOk;
  }
  if (status == 401 || status == 403) {
    return AttemptOutcome::kRefused;
  }
  if (status == 429) {
    return AttemptOutcome::kLimited;
  }
  // A redirect is not followed: where an upstream lies is the configuration's to say.
  const bool is_callers = status >= 400 && status < 500 && status != 408;
  return is_callers ? AttemptOutcome::kClientError : AttemptOutcome::kServerError;
}

bool is_event_stream(const net::ResponseHead& head) {
  const std::string* type = head.headers.find("content-type");
  constexpr std::string_view kEvents = "text/event-stream";
  return type != nullptr && type->size() >= kEvents.size() &&
         net::equal_ignoring_case(std::string_view(*type).substr(0, kEvents.size()), kEvents);
}

UpstreamAnswer failed(const base::Error& error, const net::CancelSource& cancel) {
  UpstreamAnswer answer;
  answer.outcome = outcome_of(error, cancel);
  answer.failure = error.message;
  return answer;
}

base::Task<base::Result<std::string>> read_whole(net::ClientResponse& response, std::size_t most) {
  std::string body;
  for (;;) {
    const base::Result<std::string_view> piece = co_await response.read_some();
    if (!piece) {
      co_return tl::unexpected(piece.error());
    }
    if (piece->empty()) {
      co_return base::Result<std::string>(std::move(body));
    }
    if (body.size() + piece->size() > most) {
      co_return base::fail(Code::kResourceExhausted, "the answer is longer than {} bytes", most);
    }
    body.append(*piece);
  }
}

void read_retry_after(UpstreamAnswer& answer) {
  if (const std::string* value = answer.head.headers.find("retry-after")) {
    answer.retry_after = llm::parse_retry_after(*value, std::chrono::system_clock::now());
  }
}

/// A stream that ends before its first byte is no answer.
base::Task<void> take_first_bytes(UpstreamAnswer& answer, net::CancelSource& cancel) {
  const base::Result<std::string_view> first = co_await answer.stream->read_some();
  if (first && !first->empty()) {
    answer.body = *first;
    co_return;
  }
  answer.stream.reset();
  answer.outcome = first ? AttemptOutcome::kBadAnswer : outcome_of(first.error(), cancel);
  answer.failure = first ? "the stream ended before its first byte" : first.error().message;
}

/// Some upstreams repeat the key they were given in what they say of it.
void hide_key(std::string& text, const Upstream& upstream) {
  constexpr std::string_view kScheme = "Bearer ";
  if (upstream.authorization.size() <= kScheme.size()) {
    return;
  }
  const std::string_view key = std::string_view(upstream.authorization).substr(kScheme.size());
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at)) {
    text.replace(at, key.size(), "[key]");
  }
}

base::Task<void> take_whole(UpstreamAnswer& answer,
                            std::unique_ptr<net::ClientResponse> response,
                            const UpstreamRequest& request,
                            net::CancelSource& cancel) {
  base::Result<std::string> body = co_await read_whole(*response, request.max_answer_bytes);
  if (!body) {
    answer.outcome = outcome_of(body.error(), cancel);
    answer.failure = body.error().message;
    co_return;
  }
  answer.body = *std::move(body);
  if (!answer.can_be_sent_on()) {
    answer.failure = fmt::format("status {}", answer.head.status);
    co_return;
  }
  if (answer.outcome == AttemptOutcome::kClientError) {
    hide_key(answer.body, request.upstream);
  }
  const llm::ReplyFacts facts = llm::reply_facts(answer.body);
  answer.usage = facts.usage;
  if (answer.outcome == AttemptOutcome::kOk && !facts.is_object) {
    answer.outcome = AttemptOutcome::kBadAnswer;
    answer.failure = "its answer is no JSON object";
  }
}

}  // namespace

base::Task<UpstreamAnswer> ask_upstream(net::HttpClient& client,
                                        UpstreamRequest request,
                                        net::CancelSource& cancel) {
  const net::Headers headers = forwarded(request.caller);
  const net::ClientRequest message{
      "POST", request.upstream.chat_target, &headers, request.body, &request.upstream.headers};
  base::Result<std::unique_ptr<net::ClientResponse>> response =
      co_await client.send(request.upstream.origin, message, request.timeouts, cancel);
  if (!response) {
    co_return failed(response.error(), cancel);
  }
  UpstreamAnswer answer;
  answer.head = (*response)->take_head();
  answer.outcome = outcome_of(answer.head.status);
  read_retry_after(answer);
  for (net::Header& header : answer.head.headers.list()) {
    hide_key(header.value, request.upstream);
  }
  if (answer.outcome == AttemptOutcome::kOk && is_event_stream(answer.head)) {
    answer.stream = *std::move(response);
    co_await take_first_bytes(answer, cancel);
  } else {
    co_await take_whole(answer, *std::move(response), request, cancel);
  }
  co_return answer;
}

}  // namespace wend::serve
