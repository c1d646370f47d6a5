// SPDX-License-Identifier: Apache-2.0
// A chat as Wend itself holds it: what we ask a model, and what it said. Requests of others are
// never taken into these; they pass as bytes (wire_request.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wend::llm {

struct ChatMessage {
  std::string role;  ///< "system", "user", "assistant".
  std::string content;

  friend bool operator==(const ChatMessage&, const ChatMessage&) = default;
};

/// What is asked for beside the messages. What is absent is not sent.
struct ChatParameters {
  std::optional<std::int64_t> max_tokens;
  std::optional<double> temperature;
  std::optional<std::int64_t> seed;
  /// Further parameters as the text of a JSON object, `{"top_p":0.9}`. Texts that come from outside
  /// go through check_extra_parameters (wire_render.h) first.
  std::string extra_json = "{}";

  friend bool operator==(const ChatParameters&, const ChatParameters&) = default;
};

struct ChatCall {
  std::string model;  ///< As the upstream calls it.
  std::vector<ChatMessage> messages;
  ChatParameters parameters;
};

/// Tokens as the upstream counted them; what it did not say is absent, never 0.
struct Usage {
  std::optional<std::int64_t> prompt_tokens;  ///< Cached ones included, as OpenAI counts.
  std::optional<std::int64_t> completion_tokens;
  std::optional<std::int64_t> cached_tokens;

  bool empty() const { return !prompt_tokens && !completion_tokens && !cached_tokens; }

  friend bool operator==(const Usage&, const Usage&) = default;
};

struct ChatReply {
  std::string text;  ///< Of the first choice; empty where it answered with a tool call alone.
  std::string finish_reason;  ///< "stop", "length", ...; empty where the upstream gave none.
  Usage usage;
};

}  // namespace wend::llm
