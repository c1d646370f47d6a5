// SPDX-License-Identifier: Apache-2.0
#include "wend/text/word_reader.h"

namespace wend::text {

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
