// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/upstream_client.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "wend/llm/retry.h"
#include "wend/llm/wire_render.h"

namespace wend::llm {
namespace {

using base::Code;
using base::fail;
using std::chrono::steady_clock;

/// What an error body says, `{"error":{"message":...,"code":...}}` or `{"error":"..."}`.
struct SaidError {
  std::string message;
  std::string code;
};

std::string text_of(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

SaidError parse_error(const std::string& body) {
  const nlohmann::json document = nlohmann::json::parse(body, nullptr, false);
  if (!document.is_object()) {
    return {};
  }
  const auto error = document.find("error");
  if (error == document.end() || !error->is_object()) {
    return {text_of(document, "error"), {}};
  }
  return {text_of(*error, "message"), text_of(*error, "code")};
}

/// One line of at most 200 bytes.
std::string cut_short(std::string text) {
  constexpr std::size_t kLongest = 200;
  for (char& c : text) {
    c = c >= 0 && c < ' ' ? ' ' : c;
  }
  if (text.size() > kLongest) {
    text.resize(kLongest);
    text += "...";
  }
  return text;
}

struct Verdict {
  Code code;
  Advice advice;
};

/// What a status other than 200 means for the next attempt.
Verdict verdict_of(int status, const SaidError& said) {
  switch (status) {
    case 401:
    case 402:
    case 403:
      return {Code::kUnauthenticated, Advice::kLeave};
    case 404:
      return {Code::kNotFound, Advice::kLeave};
    case 408:
    case 409:
    case 425:
      return {Code::kUnavailable, Advice::kRetry};
    case 429:
      return {Code::kResourceExhausted,
              said.code == "insufficient_quota" ? Advice::kLeave : Advice::kRetry};
    default:
      return status >= 500 ? Verdict{Code::kUnavailable, Advice::kRetry}
                           : Verdict{Code::kInvalidArgument, Advice::kGiveUp};
  }
}

Advice advice_for(Code code) {
  switch (code) {
    case Code::kPermissionDenied:
    case Code::kInvalidArgument:
      return Advice::kLeave;
    case Code::kCancelled:
      return Advice::kGiveUp;
    default:
      return Advice::kRetry;
  }
}

}  // namespace

base::Result<Upstream> upstream_at(std::string name, const std::string& base_url) {
  Upstream upstream;
  upstream.name = std::move(name);
  upstream.origin.url = TRY(net::parse_url(base_url));
  return upstream;
}

UpstreamClient::UpstreamClient(net::HttpClient& http, Upstream upstream)
    : http_(http), upstream_(std::move(upstream)) {}

base::Task<CallResult<ChatReply>> UpstreamClient::ask(const ChatRequest& request,
                                                      net::CancelSource& cancel) {
  base::Result<Answer> answer = co_await exchange(request, cancel);
  if (!answer) {
    co_return tl::unexpected(failure_of(std::move(answer).error()));
  }
  if (answer->status != 200) {
    co_return tl::unexpected(refusal_of(*answer));
  }
  base::Result<ChatReply> reply = parse_chat_reply(answer->body);
  if (!reply) {
    CallFailure failure = failure_of(std::move(reply).error());
    failure.error.code = Code::kDataLoss;
    failure.advice = Advice::kGiveUp;  // It has been paid for, and would be again.
    co_return tl::unexpected(std::move(failure));
  }
  co_return *std::move(reply);
}

net::Headers UpstreamClient::headers_of(const ChatRequest& request) const {
  net::Headers headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  if (!request.idempotency_key.empty()) {
    headers.add("Idempotency-Key", std::string(request.idempotency_key));
  }
  if (!upstream_.api_key.empty()) {
    headers.add("Authorization", "Bearer " + upstream_.api_key);
  }
  return headers;
}

base::Task<base::Result<UpstreamClient::Answer>> UpstreamClient::exchange(
    const ChatRequest& request, net::CancelSource& cancel) {
  const auto give_up_at = steady_clock::now() + upstream_.attempt_timeout;
  const std::string body = render_chat(request.call);
  const std::string target = upstream_.origin.url.path + "/chat/completions";
  const net::Headers headers = headers_of(request);
  const std::string_view pieces[] = {body};
  const net::ClientRequest sent{"POST", target, &headers, pieces};
  CO_TRY_ASSIGN(const std::unique_ptr<net::ClientResponse> response,
                co_await http_.send(upstream_.origin, sent, upstream_.timeouts, cancel));
  Answer answer;
  answer.status = response->head().status;
  if (const std::string* value = response->head().headers.find("Retry-After")) {
    answer.retry_after = parse_retry_after(*value, std::chrono::system_clock::now());
  }
  while (true) {
    CO_TRY_ASSIGN(const std::string_view piece, co_await response->read_some());
    if (piece.empty()) {
      co_return answer;
    }
    answer.body += piece;
    if (answer.body.size() > upstream_.max_reply_bytes) {
      co_return fail(Code::kDataLoss, "an answer of more than {} bytes", upstream_.max_reply_bytes);
    }
    if (steady_clock::now() > give_up_at) {
      co_return fail(Code::kDeadlineExceeded, "the answer did not end in time");
    }
  }
}

std::string UpstreamClient::without_key(std::string text) const {
  if (upstream_.api_key.empty()) {
    return text;
  }
  for (std::size_t at = text.find(upstream_.api_key); at != std::string::npos;
       at = text.find(upstream_.api_key, at)) {
    text.replace(at, upstream_.api_key.size(), "[key]");
    at += std::string_view("[key]").size();
  }
  return text;
}

CallFailure UpstreamClient::failure_of(base::Error error) const {
  error.message = fmt::format(
      "upstream '{}': {}", upstream_.name, cut_short(without_key(std::move(error.message))));
  const Advice advice = advice_for(error.code);
  return {std::move(error), advice, {}};
}

CallFailure UpstreamClient::refusal_of(const Answer& answer) const {
  const SaidError said = parse_error(answer.body);
  const Verdict verdict = verdict_of(answer.status, said);
  const std::string what = cut_short(without_key(said.message));
  return {{verdict.code,
           fmt::format("upstream '{}': {} {}{}{}",
                       upstream_.name,
                       answer.status,
                       net::reason_phrase(answer.status),
                       what.empty() ? "" : ": ",
                       what),
           {}},
          verdict.advice,
          answer.retry_after};
}

namespace {

/// Owns the HTTP client that an UpstreamClient borrows.
class OwningClient final : public ChatClient {
 public:
  OwningClient(boost::asio::io_context& context, Upstream upstream)
      : http_(net::HttpClient::make(context)), client_(*http_, std::move(upstream)) {}

  base::Task<CallResult<ChatReply>> ask(const ChatRequest& request,
                                        net::CancelSource& cancel) override {
    return client_.ask(request, cancel);
  }

 private:
  std::unique_ptr<net::HttpClient> http_;
  UpstreamClient client_;
};

}  // namespace

std::unique_ptr<ChatClient> connect_upstream(boost::asio::io_context& context, Upstream upstream) {
  return std::make_unique<OwningClient>(context, std::move(upstream));
}

}  // namespace wend::llm
