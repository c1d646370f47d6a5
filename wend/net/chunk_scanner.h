// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "wend/net/refusal.h"
#include "wend/net/request_head_scanner.h"

namespace wend::net {

/// The framing of a chunked body, read strictly before llhttp sees it: sizes are bare hexadecimal
/// digits, extensions are short and plain, trailers are held to the limits of a head. Reads in
/// pieces of any size; how the body is cut changes nothing.
class ChunkScanner {
 public:
  ChunkScanner(const HeadLimits& limits, std::size_t body_bytes)
      : trailers_(limits), body_limit_(body_bytes) {}

  void start();

  /// Takes bytes up to the end of the body, or with the one that is refused, and says how many.
  std::size_t scan(std::string_view bytes);

  /// Whether the last chunk and its trailers have been taken.
  bool complete() const { return state_ == State::kTrailers && trailers_.complete(); }

  const std::optional<Refusal>& refusal() const {
    return refusal_ ? refusal_ : trailers_.refusal();
  }

 private:
  enum class State { kSize, kExtension, kSizeFeed, kData, kDataReturn, kDataFeed, kTrailers };

  std::size_t scan_some(std::string_view bytes);
  void step(char byte);
  void step_size(char byte);
  void step_extension(char byte);
  void end_of_digits(State next);
  void begin_chunk();
  void refuse(int status, std::string_view message);

  RequestHeadScanner trailers_;
  std::size_t body_limit_;
  State state_ = State::kSize;
  std::uint64_t size_ = 0;
  std::size_t digits_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t all_extension_bytes_ = 0;
  std::uint64_t left_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::optional<Refusal> refusal_;
};

}  // namespace wend::net
