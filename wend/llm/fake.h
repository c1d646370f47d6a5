// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "wend/llm/client.h"

namespace wend::llm {

/// A model by script: answers what a function says, after a time, and remembers what it was asked.
class FakeChatClient final : public ChatClient {
 public:
  using Answer = std::function<CallResult<ChatReply>(const ChatRequest&)>;

  explicit FakeChatClient(Answer answer, std::chrono::milliseconds delay = {})
      : answer_(std::move(answer)), delay_(delay) {}

  base::Task<CallResult<ChatReply>> ask(const ChatRequest& request,
                                        net::CancelSource& cancel) override;

  int calls() const { return calls_; }

  int most_at_once() const { return most_at_once_; }

  /// How often each idempotency key came.
  const std::map<std::string, int>& keys() const { return keys_; }

 private:
  Answer answer_;
  std::chrono::milliseconds delay_;
  int calls_ = 0;
  int at_once_ = 0;
  int most_at_once_ = 0;
  std::map<std::string, int> keys_;
};

/// A reply with tokens, as scripts give it.
ChatReply fake_reply(std::string text, std::int64_t prompt_tokens, std::int64_t completion_tokens);

}  // namespace wend::llm
