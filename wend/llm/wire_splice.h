// SPDX-License-Identifier: Apache-2.0
// What goes upstream: the caller's bytes with the model's name exchanged and the member "wend" left
// out, as pieces of the body in their order. No byte is copied.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "wend/llm/wire_request.h"

namespace wend::llm {

/// Whether the last event of a stream shall tell the usage though the caller did not ask for it; it
/// is then ours to keep.
enum class UsageChunk { kAsTheCallerSaid, kAskFor };

/// The pieces borrow from the body and the literal.
class Splice {
 public:
  std::span<const std::string_view> pieces() const { return {pieces_.data(), count_}; }

  /// Of all pieces: the Content-Length.
  std::size_t size() const;

  std::string joined() const;

 private:
  friend Splice splice(std::string_view body,
                       const ChatView& view,
                       std::string_view model_literal,
                       UsageChunk usage);
  void append(std::string_view piece);

  std::array<std::string_view, 7> pieces_;  ///< Three edits and the four pieces around them.
  std::size_t count_ = 0;
};

/// `view` is of this very body. `model_literal` is a JSON string with its quotation marks, as
/// json_literal (wire_escape.h) makes it once for each model.
Splice splice(std::string_view body,
              const ChatView& view,
              std::string_view model_literal,
              UsageChunk usage = UsageChunk::kAsTheCallerSaid);

}  // namespace wend::llm
