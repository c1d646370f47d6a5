// SPDX-License-Identifier: Apache-2.0
// One question to one model, as Wend asks for itself (labelling, synthesis, discovery). What
// applications ask through the proxy goes another way, as bytes.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "wend/base/result.h"
#include "wend/base/task.h"
#include "wend/llm/chat.h"
#include "wend/net/cancel.h"

namespace wend::llm {

/// What can be done about a failed call.
enum class Advice : std::uint8_t {
  kRetry,   ///< It may go well another time: the network, a 429, a 5xx.
  kGiveUp,  ///< The same call would fail again: a 400, an answer that is no chat.
  kLeave,   ///< Every call would: a wrong key, an unknown model.
};

/// Why there is no reply.
struct CallFailure {
  base::Error error;
  Advice advice = Advice::kRetry;
  std::optional<std::chrono::milliseconds> retry_after = {};  ///< As the upstream asked.
};

/// Counts it under its sentence, of which twenty kinds are kept.
void count_failure(std::map<std::string, std::size_t>& failures, const CallFailure& failure);

template <class T>
using CallResult = tl::expected<T, CallFailure>;

struct ChatRequest {
  const ChatCall& call;
  std::string_view idempotency_key;  ///< Of a paid call, the same on every attempt.
};

/// Asks one upstream, one attempt a call. Belongs to one I/O thread.
class ChatClient {
 public:
  virtual ~ChatClient() = default;

  /// What `request` borrows must stay until the task is done. Ends early, with kCancelled's or
  /// whatever error it was given, once `cancel` is cancelled.
  virtual base::Task<CallResult<ChatReply>> ask(const ChatRequest& request,
                                                net::CancelSource& cancel) = 0;
};

}  // namespace wend::llm
