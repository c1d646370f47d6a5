// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/relay.h"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "wend/llm/wire_usage.h"
#include "wend/net/deadline_guard.h"
#include "wend/net/sse.h"
#include "wend/serve/openai_error.h"

namespace wend::serve {
namespace {

/// Of the upstream's headers these alone go on: none of them can hold a key of ours.
constexpr std::array<std::string_view, 4> kForwarded = {
    "content-type", "x-request-id", "openai-processing-ms", "retry-after"};

/// Takes ours.
net::Headers client_headers(Relay& relay, const net::ResponseHead& upstream) {
  net::Headers headers = std::move(relay.headers);
  for (const std::string_view name : kForwarded) {
    if (const std::string* value = upstream.headers.find(name)) {
      headers.add(std::string(name), *value);
    }
  }
  return headers;
}

/// Reads a stream beside its way, for the usage in its last events.
class UsageReader {
 public:
  void read(std::string_view bytes) { parser_.feed(bytes, sink_); }

  llm::Usage finish() {
    parser_.finish(sink_);
    return usage_;
  }

 private:
  net::SseParser parser_;
  llm::Usage usage_;
  net::SseParser::Sink sink_ = [this](const net::SseParser::Event& event) {
    const llm::Usage usage = llm::parse_usage(event.data);
    usage_ = usage.empty() ? usage_ : usage;
  };
};

/// What ends an event that was cut in its middle, so that ours is one of its own. Two line ends are
/// one too many where the last byte was one already, which does no harm: an empty event is none.
constexpr std::string_view kEndOfEvent = "\n\n";

bool ends_an_event(std::string_view tail) {
  return tail.ends_with("\n\n") || tail.ends_with("\r\n\r\n") || tail.ends_with("\r\r");
}

/// The last bytes that went out, as many as it takes to know whether they end an event.
void remember_tail(std::string& tail, std::string_view bytes) {
  constexpr std::size_t kTail = 4;
  tail.append(bytes.substr(bytes.size() - std::min(bytes.size(), kTail)));
  tail.erase(0, tail.size() - std::min(tail.size(), kTail));
}

/// A client that takes nothing cannot hold a request beyond its end: where a write still waits a
/// second after the deadline or the cut, the connection is closed. A slow reader that is alive has
/// that second to come to the error event.
class WriteGuard {
 public:
  explicit WriteGuard(Relay& relay)
      : end_of_request_(relay.cancel,
                        [this, &relay] {
                          last_words_.emplace(relay.exchange.context(),
                                              std::chrono::steady_clock::now() + kLastWords,
                                              overdue_);
                        }),
        end_of_patience_(overdue_, [this, &relay] {
          if (waits_) {
            relay.exchange.cut();
          }
        }) {}

  void set_waiting(bool waits) { waits_ = waits; }

 private:
  static constexpr std::chrono::seconds kLastWords{1};

  bool waits_ = false;
  net::CancelSource overdue_;
  std::optional<net::DeadlineGuard> last_words_;
  net::CancelSource::Guard end_of_request_;
  net::CancelSource::Guard end_of_patience_;
};

/// Why a write failed: the client went, unless the request had ended before for another reason.
RelayEnd end_of_failed_write(const Relay& relay) {
  const bool by_us =
      relay.cancel.cancelled() && relay.cancel.error().code != base::Code::kCancelled;
  return by_us ? RelayEnd::kBroken : RelayEnd::kClientGone;
}

base::Task<RelayEnd> pump(Relay& relay,
                          UpstreamAnswer& answer,
                          UsageReader& usage,
                          std::string& tail) {
  std::string_view piece = answer.body;
  WriteGuard guard(relay);
  for (;;) {
    guard.set_waiting(true);
    const base::Status written = co_await relay.exchange.write(piece);
    guard.set_waiting(false);
    if (!written) {
      co_return end_of_failed_write(relay);
    }
    usage.read(piece);
    remember_tail(tail, piece);
    const base::Result<std::string_view> next = co_await answer.stream->read_some();
    if (!next) {
      answer.failure = next.error().message;
      co_return RelayEnd::kBroken;
    }
    if (next->empty()) {
      co_return RelayEnd::kWhole;
    }
    piece = *next;
  }
}

bool client_has_gone(net::HttpExchange& exchange) {
  return exchange.cancel().cancelled() && exchange.cancel().error().code == base::Code::kCancelled;
}

ApiError stream_error(const Relay& relay) {
  if (relay.cancel.cancelled()) {
    return to_api_error(relay.cancel.error());
  }
  return {502,
          "the upstream's stream ended in its middle; what came before is all there is",
          "upstream_error",
          "",
          "upstream_stream_broken",
          {}};
}

base::Task<void> say_that_it_broke(Relay& relay, std::string_view tail) {
  std::string event = ends_an_event(tail) ? std::string() : std::string(kEndOfEvent);
  event += error_event(stream_error(relay));
  const base::Status said = co_await relay.exchange.write(event);
  if (said) {
    static_cast<void>(co_await relay.exchange.end());
  }
}

base::Task<RelayResult> relay_stream(Relay& relay,
                                     UpstreamAnswer answer,
                                     const std::function<void(const RelayResult&)>& finished) {
  net::ResponseHead head{answer.head.status, client_headers(relay, answer.head)};
  head.headers.add("cache-control", "no-cache");
  head.headers.add("x-accel-buffering", "no");  // For an nginx in front of us.
  UsageReader usage;
  std::string tail;
  RelayResult result;
  const base::Status begun = co_await relay.exchange.begin(std::move(head));
  result.end = RelayEnd::kClientGone;
  if (begun) {
    result.end = co_await pump(relay, answer, usage, tail);
  }
  answer.stream.reset();
  if (result.end == RelayEnd::kBroken && end_of_failed_write(relay) == RelayEnd::kClientGone &&
      client_has_gone(relay.exchange)) {
    result.end = RelayEnd::kClientGone;
  }
  result.usage = usage.finish();
  finished(result);
  if (result.end == RelayEnd::kWhole) {
    static_cast<void>(co_await relay.exchange.end());
  } else if (result.end == RelayEnd::kBroken) {
    co_await say_that_it_broke(relay, tail);
  }
  co_return result;
}

base::Task<RelayResult> relay_whole(Relay& relay,
                                    UpstreamAnswer answer,
                                    const std::function<void(const RelayResult&)>& finished) {
  RelayResult result;
  result.usage = answer.usage;
  finished(result);
  net::HttpResponse response{
      answer.head.status, client_headers(relay, answer.head), std::move(answer.body)};
  WriteGuard guard(relay);
  guard.set_waiting(true);
  const base::Status sent = co_await relay.exchange.respond(std::move(response));
  result.end = sent ? RelayEnd::kWhole : end_of_failed_write(relay);
  co_return result;
}

}  // namespace

base::Task<RelayResult> relay_answer(Relay& relay,
                                     UpstreamAnswer answer,
                                     const std::function<void(const RelayResult&)>& finished) {
  return answer.stream != nullptr ? relay_stream(relay, std::move(answer), finished)
                                  : relay_whole(relay, std::move(answer), finished);
}

}  // namespace wend::serve
