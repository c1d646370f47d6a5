// SPDX-License-Identifier: Apache-2.0
// A request to /v1/chat/completions as a view of its bytes. The body is never written anew: what is
// understood of it stands here with the places of the few bytes that are exchanged when it goes
// upstream (wire_splice.h), and everything else, known or not, passes as it came.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "wend/core/conversation.h"
#include "wend/core/preference.h"

namespace wend::llm {

/// Why a body is refused. No HTTP in it: the status is serve's.
struct RequestFault {
  std::string message;  ///< One sentence.
  std::string param;    ///< The field, "messages[2].content"; empty where it is the whole body.
  std::string code;     ///< In the words of OpenAI's API: "invalid_type", "invalid_json", ...
};

/// Bytes of a body, [begin, end).
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool empty() const { return begin == end; }
};

/// A place of a body and the bytes that can stand there instead.
struct Edit {
  ByteRange range;  ///< Empty: an insertion.
  std::string_view replacement;
};

/// What the caller asks of the router: the member "wend" of the body.
struct WendBlock {
  std::optional<core::Preference> preference;
  std::vector<std::string> models;  ///< Patterns; none: all.
  std::optional<double> max_cost;
};

/// Offsets are into the body that was parsed.
struct ChatView {
  std::string model;      ///< Unescaped; empty where it may be absent and is.
  ByteRange model_range;  ///< Its literal with the quotation marks.
  bool stream = false;
  bool include_usage = false;  ///< stream_options.include_usage.
  Edit ask_usage;              ///< What makes include_usage true where it is not.
  std::int64_t n = 1;
  std::optional<std::int64_t> max_tokens;  ///< max_completion_tokens, else max_tokens.
  std::string_view max_tokens_field;       ///< Which of them; empty: none.
  /// What first offers tools or functions, or holds calls or results: "tools", "functions",
  /// "messages"; empty: none does.
  std::string_view tools_field;
  std::size_t images = 0;  ///< Videos count too: they need eyes.
  /// Of JSON that a model reads beside the texts: tools, functions, response_format, calls.
  std::size_t schema_bytes = 0;
  bool has_audio = false;
  bool has_files = false;
  core::Conversation conversation;
  WendBlock wend;
  ByteRange wend_cut;  ///< What to leave out so that the member is gone and the rest is JSON.

  bool uses_tools() const { return !tools_field.empty(); }
};

inline constexpr std::size_t kMaxMessages = 10'000;
/// Of objects and lists in each other; the body's own object is the first.
inline constexpr std::size_t kMaxNesting = 64;
inline constexpr std::int64_t kMaxChoices = 128;
inline constexpr std::size_t kMaxModelBytes = 256;

/// The parser wants so many allocated bytes behind the text.
inline constexpr std::size_t kBodyPadding = 64;

enum class ModelField { kRequired, kOptional };

/// Reads any bytes. The body keeps its content, but is moved in memory, which copies it, where its
/// capacity is not kBodyPadding above its size. Every byte is checked to be JSON, numbers of any
/// size are let through, and of the fields that Wend reads none may stand twice. Texts are copied
/// out of the body; between calls a thread keeps at most a few megabytes.
tl::expected<ChatView, RequestFault> parse_chat(std::string& body,
                                                ModelField model = ModelField::kRequired);

}  // namespace wend::llm
