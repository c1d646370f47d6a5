// SPDX-License-Identifier: Apache-2.0
// The lines of a request's head, read strictly. llhttp forgives some of what is refused here (a
// bare line feed, a folded line), and what one parser forgives another reads differently: that is
// how requests are smuggled. So every byte passes here before llhttp sees it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "wend/net/refusal.h"

namespace wend::net {

struct HeadLimits {
  std::size_t request_line_bytes = 8 << 10;
  std::size_t header_bytes = 32 << 10;  ///< The header lines with their ends.
  std::size_t header_count = 100;
};

/// Reads a head in pieces of any size; how it is cut changes nothing.
class RequestHeadScanner {
 public:
  explicit RequestHeadScanner(const HeadLimits& limits) : limits_(limits) {}

  /// Begins anew: with a request line, or (a chunked body's trailers) with header lines alone.
  void start_request();
  void start_trailers();

  /// Takes bytes up to the end of the head, or with the one that is refused, and says how many.
  std::size_t scan(std::string_view bytes);

  /// Whether the empty line has been taken.
  bool complete() const { return state_ == State::kComplete; }

  const std::optional<Refusal>& refusal() const { return refusal_; }

 private:
  enum class State {
    kStart,
    kStartFeed,
    kMethod,
    kTarget,
    kVersion,
    kLineFeed,
    kLineStart,
    kName,
    kValue,
    kLastFeed,
    kComplete,
  };

  std::size_t run_length(std::string_view bytes) const;
  std::size_t room() const;
  void spend(std::size_t bytes);
  void step(char byte);
  void step_request_line(char byte);
  void step_header(char byte);
  void begin_header(char byte);
  void end_of_version();
  void expect_feed(char byte, State next);
  void refuse(int status, std::string_view message);

  HeadLimits limits_;
  State state_ = State::kStart;
  bool in_request_line_ = true;
  std::size_t line_bytes_ = 0;
  std::size_t header_bytes_ = 0;
  std::size_t headers_ = 0;
  std::array<char, 8> version_ = {};
  std::size_t version_bytes_ = 0;
  std::optional<Refusal> refusal_;
};

}  // namespace wend::net
