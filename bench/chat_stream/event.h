// SPDX-License-Identifier: Apache-2.0
// What the source sends and the reader checks: chat chunks that carry their number and the instant
// at which they were handed to the kernel.
#pragma once

#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace wend::bench {

/// Of the one clock that all processes of a machine share.
inline std::int64_t now_ns() {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Event {
  std::int64_t number = 0;
  std::int64_t sent_ns = 0;
};

/// About 190 bytes, as a provider's chunk has them.
inline std::string event_text(const Event& event) {
  return fmt::format(
      "data: {{\"id\":\"chatcmpl-0123456789\",\"object\":\"chat.completion.chunk\",\"number\":{},"
      "\"sent\":{},\"model\":\"bench\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\" "
      "token\"}},\"finish_reason\":null}}]}}\n\n",
      event.number,
      event.sent_ns);
}

inline constexpr std::string_view kDone = "data: [DONE]\n\n";

/// Of one event without its empty line; nothing where it is none of ours.
inline std::optional<Event> parse_event(std::string_view text) {
  const auto number_after = [text](std::string_view key) {
    std::optional<std::int64_t> number;
    const std::size_t at = text.find(key);
    if (at != std::string_view::npos) {
      std::int64_t value = 0;
      const char* const begin = text.data() + at + key.size();
      if (std::from_chars(begin, text.data() + text.size(), value).ec == std::errc{}) {
        number = value;
      }
    }
    return number;
  };
  const auto number = number_after("\"number\":");
  const auto sent = number_after("\"sent\":");
  return number && sent ? std::optional(Event{*number, *sent}) : std::nullopt;
}

}  // namespace wend::bench
