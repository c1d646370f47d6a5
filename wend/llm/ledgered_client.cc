// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/ledgered_client.h"

#include <memory>
#include <utility>

#include "wend/net/wait.h"

namespace wend::llm {
namespace {

using std::chrono::steady_clock;

/// How often what waits for the pace looks up.
constexpr std::chrono::milliseconds kLook{20};

/// Whether the upstream said that it was too much. A spent quota is another matter.
bool is_refusal(const CallFailure& failure) {
  return failure.error.code == base::Code::kResourceExhausted && failure.advice == Advice::kRetry;
}

std::optional<double> tokens_of(const Usage& usage) {
  if (!usage.prompt_tokens || !usage.completion_tokens) {
    return std::nullopt;
  }
  return static_cast<double>(*usage.prompt_tokens + *usage.completion_tokens);
}

}  // namespace

base::Result<std::optional<PaidReply>> LedgeredClient::find(const PaidCall& call) {
  std::optional<LedgerRow> row = TRY(find_row(ledger_, call.row.key));
  return row ? std::optional(PaidReply{*std::move(row), Origin::kLedger}) : std::nullopt;
}

base::Task<CallResult<PaidReply>> LedgeredClient::ask(const PaidCall& call,
                                                      std::uint64_t seed,
                                                      net::CancelSource& stopping) {
  Backoff backoff(retry_, seed, steady_clock::now());
  while (true) {
    const base::Result<net::Instant> began =
        co_await wait_for_place(call.expected_tokens, stopping);
    if (!began) {
      co_return tl::unexpected(CallFailure{began.error(), Advice::kGiveUp});
    }
    CallResult<PaidReply> reply = co_await attempt(call);
    pace_.end(*began, steady_clock::now(), !reply && is_refusal(reply.error()));
    if (reply) {
      co_return reply;
    }
    const auto wait = backoff.next_wait(reply.error(), steady_clock::now());
    if (!wait) {
      co_return reply;
    }
    const net::Instant until = steady_clock::now() + *wait;
    if (reply.error().retry_after) {
      rate_.pause(until);
    }
    base::Status waited = co_await net::sleep_until(until, stopping);
    if (!waited) {
      co_return tl::unexpected(CallFailure{std::move(waited).error(), Advice::kGiveUp});
    }
  }
}

base::Task<base::Result<net::Instant>> LedgeredClient::wait_for_place(double tokens,
                                                                      net::CancelSource& stopping) {
  while (!pace_.may_begin(steady_clock::now())) {
    base::Status waited = co_await net::sleep_until(steady_clock::now() + kLook, stopping);
    if (!waited) {
      co_return tl::unexpected(std::move(waited).error());
    }
  }
  const net::Instant began = steady_clock::now();
  pace_.begin(began);
  net::Instant place = began;
  do {
    place = rate_.take(steady_clock::now(), tokens);
    base::Status waited = co_await net::sleep_until(place, stopping);
    if (!waited) {
      pace_.end(began, steady_clock::now(), false);
      co_return tl::unexpected(std::move(waited).error());
    }
  } while (place < rate_.paused_until());  // The upstream said so while this call waited.
  co_return began;
}

base::Task<CallResult<PaidReply>> LedgeredClient::attempt(const PaidCall& call) {
  ++attempts_;
  const auto begun = steady_clock::now();
  net::CancelSource never;
  const ChatRequest request{call.chat, call.row.key};
  CallResult<ChatReply> reply = co_await client_.ask(request, never);
  if (!reply) {
    co_return tl::unexpected(std::move(reply).error());
  }
  rate_.settle(call.expected_tokens, tokens_of(reply->usage).value_or(call.expected_tokens));
  PaidReply paid;
  paid.row = call.row;
  paid.row.reply = *std::move(reply);
  paid.row.cost = cost_of(paid.row.reply.usage, call.prices);
  const std::chrono::duration<double> took = steady_clock::now() - begun;
  paid.row.latency_s = static_cast<double>(static_cast<std::int64_t>(took.count() * 1e3)) / 1e3;
  base::Status kept = co_await keep(paid.row);
  if (!kept) {
    co_return tl::unexpected(CallFailure{std::move(kept).error(), Advice::kLeave});
  }
  co_return paid;
}

base::Task<base::Status> LedgeredClient::keep(const LedgerRow& row) {
  const auto kept = std::make_shared<net::OneShot<base::Status>>(context_);
  ledger_.put(
      row.key, to_json_line(row), [kept](base::Status status) { kept->set(std::move(status)); });
  net::CancelSource never;
  std::optional<base::Status> status = co_await kept->wait(never);
  co_return *std::move(status);
}

}  // namespace wend::llm
