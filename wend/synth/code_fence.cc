// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/code_fence.h"

#include <algorithm>

#include "wend/synth/blocks.h"

namespace wend::synth {

void CodeFence::take(std::string_view line) {
  constexpr std::size_t kShortest = 3;
  line = trimmed(line);
  if (line.empty() || (line.front() != '`' && line.front() != '~')) {
    return;
  }
  const char mark = line.front();
  const std::size_t length = std::min(line.find_first_not_of(mark), line.size());
  const std::string_view info = line.substr(length);
  // ```code``` on one line is none.
  if (length < kShortest || (mark == '`' && info.find('`') != std::string_view::npos)) {
    return;
  }
  if (!is_open()) {
    mark_ = mark;
    length_ = length;
  } else if (mark == mark_ && length >= length_) {
    is_nested_ = is_nested_ || !info.empty();
    length_ = info.empty() ? 0 : length_;
  }
}

}  // namespace wend::synth
