// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace wend::synth {

/// Which lines of a Markdown text are code: fences are three or more ` or ~, and end with as many.
class CodeFence {
 public:
  /// Takes the next line. Where a fence is open it ends here, or the line is code.
  void take(std::string_view line);

  bool is_open() const { return length_ > 0; }

  /// Whether a fence began where one was open: the end of one of them was forgotten.
  bool is_nested() const { return is_nested_; }

 private:
  std::size_t length_ = 0;  // Of the open fence.
  char mark_ = '`';
  bool is_nested_ = false;
};

}  // namespace wend::synth
