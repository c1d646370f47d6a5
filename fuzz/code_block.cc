// SPDX-License-Identifier: Apache-2.0
// The first line is the entry point, the rest a reply. The program is a part of the reply, and that
// of a program in a fence is the program.
// needs: label
#include "wend/label/code_block.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view entry_point = text.substr(0, end);
  const std::string_view reply = text.substr(std::min(end + 1, text.size()));
  const std::string_view code = wend::label::code_of_reply(reply, entry_point);
  if (!code.empty() &&
      (code.data() < reply.data() || code.data() + code.size() > reply.data() + reply.size())) {
    std::abort();
  }
  const bool has_fence = code.find("``") != std::string_view::npos;
  const bool has_thoughts = code.find("think>") != std::string_view::npos;
  if (!has_fence && !has_thoughts) {
    const std::string line_end = code.ends_with('\n') ? "" : "\n";
    const std::string fenced = "```python\n" + std::string(code) + line_end + "```\n";
    if (wend::label::code_of_reply(fenced, entry_point) != std::string(code) + line_end) {
      std::abort();
    }
  }
  return 0;
}
