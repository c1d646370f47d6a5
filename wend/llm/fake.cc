// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/fake.h"

#include <algorithm>

#include "wend/net/wait.h"

namespace wend::llm {

base::Task<CallResult<ChatReply>> FakeChatClient::ask(const ChatRequest& request,
                                                      net::CancelSource& cancel) {
  ++calls_;
  ++keys_[std::string(request.idempotency_key)];
  most_at_once_ = std::max(most_at_once_, ++at_once_);
  base::Status slept;
  if (delay_.count() > 0) {
    slept = co_await net::sleep_until(std::chrono::steady_clock::now() + delay_, cancel);
  }
  --at_once_;
  if (!slept) {
    co_return tl::unexpected(CallFailure{std::move(slept).error(), Advice::kGiveUp});
  }
  co_return answer_(request);
}

ChatReply fake_reply(std::string text, std::int64_t prompt_tokens, std::int64_t completion_tokens) {
  ChatReply reply;
  reply.text = std::move(text);
  reply.finish_reason = "stop";
  reply.usage = {prompt_tokens, completion_tokens, {}};
  return reply;
}

}  // namespace wend::llm
