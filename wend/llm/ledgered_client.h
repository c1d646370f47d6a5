// SPDX-License-Identifier: Apache-2.0
// Every paid call goes through the ledger: what is in it is not asked again, and a reply counts
// only once it is in it for good. A process that is killed in between has paid for a reply it does
// not know of; the idempotency key, made from the ledger's, lets the upstream give it again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/llm/client.h"
#include "wend/llm/cost.h"
#include "wend/llm/ledger_row.h"
#include "wend/llm/pace.h"
#include "wend/llm/rate_limit.h"
#include "wend/llm/retry.h"

namespace wend::llm {

/// A call that is to be paid for at most once.
struct PaidCall {
  LedgerRow row;  ///< All but the reply, its cost and its latency.
  ChatCall chat;  ///< What is sent.
  TokenPrices prices;
  double expected_tokens = 0;  ///< For the limit of tokens a minute.
};

enum class Origin : std::uint8_t { kUpstream, kLedger };

struct PaidReply {
  LedgerRow row;
  Origin origin = Origin::kUpstream;
};

/// One upstream behind the ledger. Belongs to one I/O thread; borrows all it is given.
class LedgeredClient {
 public:
  LedgeredClient(boost::asio::io_context& context,
                 ChatClient& client,
                 core::CallLedger& ledger,
                 const RetryRules& retry,
                 const RateRules& rate,
                 std::size_t most_at_once)
      : context_(context),
        client_(client),
        ledger_(ledger),
        retry_(retry),
        rate_(rate),
        pace_(most_at_once) {}

  /// The reply that has been paid for already. A row that cannot be read is an error.
  base::Result<std::optional<PaidReply>> find(const PaidCall& call);

  /// Asks, as often as the rules allow, no sooner than the rates do and no more at once than the
  /// upstream has lately taken without a 429, and keeps the reply.
  /// `stopping` ends waits between attempts, with its error, and never a call under way.
  base::Task<CallResult<PaidReply>> ask(const PaidCall& call,
                                        std::uint64_t seed,
                                        net::CancelSource& stopping);

  /// Calls that went out, every attempt counted.
  std::size_t attempts() const { return attempts_; }

 private:
  /// Waits for the pace and the rates. When the pace let the call in: that is its beginning, since
  /// what is let in together and refused together is one refusal.
  base::Task<base::Result<net::Instant>> wait_for_place(double tokens, net::CancelSource& stopping);
  base::Task<CallResult<PaidReply>> attempt(const PaidCall& call);
  base::Task<base::Status> keep(const LedgerRow& row);

  boost::asio::io_context& context_;
  ChatClient& client_;
  core::CallLedger& ledger_;
  RetryRules retry_;
  RateLimit rate_;
  Pace pace_;
  std::size_t attempts_ = 0;
};

}  // namespace wend::llm
