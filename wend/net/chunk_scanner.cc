// SPDX-License-Identifier: Apache-2.0
#include "wend/net/chunk_scanner.h"

#include <algorithm>
#include <string>

#include "wend/net/byte_class.h"

namespace wend::net {
namespace {

constexpr std::size_t kMostDigits = 16;
constexpr std::size_t kMostExtensionBytes = 256;
/// Of a whole body: else a byte of body a chunk could carry 256 of extension each.
constexpr std::size_t kMostExtensionBytesOfBody = 16 << 10;

int hex_value(char byte) {
  if (byte >= '0' && byte <= '9') {
    return byte - '0';
  }
  const char lower = static_cast<char>(byte | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

void ChunkScanner::start() {
  state_ = State::kSize;
  size_ = left_ = body_bytes_ = 0;
  digits_ = extension_bytes_ = all_extension_bytes_ = 0;
  refusal_.reset();
  trailers_.start_trailers();
}

std::size_t ChunkScanner::scan(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !complete() && !refusal()) {
    taken += scan_some(bytes.substr(taken));
  }
  return taken;
}

std::size_t ChunkScanner::scan_some(std::string_view bytes) {
  if (state_ == State::kTrailers) {
    return trailers_.scan(bytes);
  }
  if (state_ != State::kData) {
    step(bytes.front());
    return 1;
  }
  const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  left_ -= taken;
  if (left_ == 0) {
    state_ = State::kDataReturn;
  }
  return taken;
}

void ChunkScanner::step(char byte) {
  switch (state_) {
    case State::kSize:
      step_size(byte);
      break;
    case State::kExtension:
      step_extension(byte);
      break;
    case State::kSizeFeed:
      byte == '\n' ? begin_chunk() : refuse(400, "a chunk's size line does not end in CR LF");
      break;
    case State::kDataReturn:
      if (byte != '\r') {
        refuse(400, "a chunk is longer than its size says");
      }
      state_ = State::kDataFeed;
      break;
    default:
      if (byte != '\n') {
        refuse(400, "a chunk does not end in CR LF");
      }
      state_ = State::kSize;
      size_ = 0;
      digits_ = extension_bytes_ = 0;
  }
}

void ChunkScanner::step_size(char byte) {
  if (const int value = hex_value(byte); value >= 0) {
    if (++digits_ > kMostDigits) {
      refuse(400, "a chunk's size has more than 16 digits");
    }
    size_ = size_ << 4 | static_cast<std::uint64_t>(value);
  } else if (byte == '\r') {
    end_of_digits(State::kSizeFeed);
  } else if (byte == ';') {
    end_of_digits(State::kExtension);
  } else {
    refuse(400, "a chunk's size is malformed: expected hexadecimal digits alone");
  }
}

void ChunkScanner::step_extension(char byte) {
  if (byte == '\r') {
    state_ = State::kSizeFeed;
  } else if (!is_value_byte(byte) || byte == '\t') {
    refuse(400, "a chunk's extension has a control byte");
  } else if (++extension_bytes_ > kMostExtensionBytes ||
             ++all_extension_bytes_ > kMostExtensionBytesOfBody) {
    refuse(400, "a chunk's extension is too long: expected at most 256 bytes");
  }
}

void ChunkScanner::end_of_digits(State next) {
  if (digits_ == 0) {
    refuse(400, "a chunk has no size: expected hexadecimal digits");
  } else if (size_ > body_limit_ - body_bytes_) {
    refuse(413, "the body is too large");
  }
  state_ = next;
}

void ChunkScanner::begin_chunk() {
  left_ = size_;
  body_bytes_ += size_;
  state_ = size_ == 0 ? State::kTrailers : State::kData;
}

void ChunkScanner::refuse(int status, std::string_view message) {
  refusal_ = Refusal{status, std::string(message)};
}

}  // namespace wend::net
