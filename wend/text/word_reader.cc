// SPDX-License-Identifier: Apache-2.0
#include "wend/text/word_reader.h"

#include <algorithm>

namespace wend::text {
namespace {

// Letters and digits in lower case, 0 for every other byte.
constexpr std::array<char, 256> kAsciiFold = [] {
  std::array<char, 256> fold{};
  for (unsigned char c = 0; c < 128; ++c) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      fold[c] = static_cast<char>(upper ? c + ('a' - 'A') : c);
    }
  }
  return fold;
}();

char folded(char byte) {
  return kAsciiFold[static_cast<unsigned char>(byte)];
}

}  // namespace

std::size_t WordBuffer::append_ascii_run(std::string_view text) {
  const std::size_t room = code_points_ < limit_ ? limit_ - code_points_ : 0;
  const std::size_t kept = std::min(room, text.size());
  std::size_t length = 0;
  char* out = bytes_.data() + size_;
  while (length < kept && folded(text[length]) != 0) {
    out[length] = folded(text[length]);
    ++length;
  }
  size_ += length;
  if (length == room) {
    while (length < text.size() && folded(text[length]) != 0) {
      ++length;
    }
  }
  code_points_ += length;
  run_length_ = length == 0 ? run_length_ : 0;
  return length;
}

void WordBuffer::append_mark(char32_t code_point, std::uint8_t combining_class) {
  if (code_points_++ >= limit_) {
    return;
  }
  std::size_t place = run_length_;
  while (place > 0 && run_[place - 1].combining_class > combining_class) {
    --place;
  }
  const std::size_t begin = place < run_length_ ? run_[place].begin : size_;
  char encoded[4];
  const std::size_t length = encode_utf8(code_point, encoded);
  std::memmove(bytes_.data() + begin + length, bytes_.data() + begin, size_ - begin);
  std::memcpy(bytes_.data() + begin, encoded, length);
  size_ += length;
  for (std::size_t i = run_length_; i > place; --i) {
    run_[i] = {static_cast<std::uint16_t>(run_[i - 1].begin + length), run_[i - 1].combining_class};
  }
  run_[place] = {static_cast<std::uint16_t>(begin), combining_class};
  ++run_length_;
}

}  // namespace wend::text
