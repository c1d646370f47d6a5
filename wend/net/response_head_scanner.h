// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace wend::net {

/// Reads the bytes of a head (or of trailers) before the HTTP parser does: finds its last byte and
/// refuses what parsers are known to read differently: bare CR or LF, NUL and other control bytes,
/// folded lines, headers without a name, and more than 32 KiB.
class ResponseHeadScanner {
 public:
  static constexpr std::size_t kHeadBytes = 32 << 10;

  enum class Part { kHead, kTrailers };

  /// Trailers may be empty, a head may not.
  explicit ResponseHeadScanner(Part part) : empty_allowed_(part == Part::kTrailers) {}

  /// How many of the bytes belong to the head; all of them while its end has not come.
  std::size_t scan(std::string_view bytes);

  /// Why the head is refused: "has a bare CR in its head"; empty while nothing is wrong with it.
  std::string_view fault() const { return fault_; }

 private:
  enum class After { kLineEnd, kText, kCr, kLastCr, kEnd };

  After step(char c);
  After refuse(std::string_view why);

  bool empty_allowed_;
  After after_ = After::kLineEnd;
  std::size_t size_ = 0;
  std::string_view fault_;
};

}  // namespace wend::net
