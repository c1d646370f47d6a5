// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "wend/llm/client.h"
#include "wend/net/http_client.h"

namespace wend::llm {

/// An OpenAI-compatible API.
struct Upstream {
  std::string name;  ///< In errors.
  net::Origin origin;
  std::string api_key;  ///< Empty: none is sent. Never in an error.
  net::ClientTimeouts timeouts;
  /// For a whole attempt, from sending to the last byte of the answer.
  std::chrono::milliseconds attempt_timeout{120'000};
  std::size_t max_reply_bytes = std::size_t{16} << 20U;
};

/// The upstream at a base_url of the configuration; the rest has its defaults. One sentence for a
/// URL that is none.
base::Result<Upstream> upstream_at(std::string name, const std::string& base_url);

/// Asks over HTTP: POST {base}/chat/completions, not streamed. `http` must outlive it.
class UpstreamClient final : public ChatClient {
 public:
  UpstreamClient(net::HttpClient& http, Upstream upstream);

  base::Task<CallResult<ChatReply>> ask(const ChatRequest& request,
                                        net::CancelSource& cancel) override;

 private:
  struct Answer {
    int status = 0;
    std::optional<std::chrono::milliseconds> retry_after;
    std::string body;
  };

  base::Task<base::Result<Answer>> exchange(const ChatRequest& request, net::CancelSource& cancel);
  net::Headers headers_of(const ChatRequest& request) const;
  CallFailure failure_of(base::Error error) const;
  CallFailure refusal_of(const Answer& answer) const;
  std::string without_key(std::string text) const;

  net::HttpClient& http_;
  Upstream upstream_;
};

/// The same with an HTTP client of its own on the context.
std::unique_ptr<ChatClient> connect_upstream(boost::asio::io_context& context, Upstream upstream);

}  // namespace wend::llm
