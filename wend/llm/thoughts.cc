// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/thoughts.h"

namespace wend::llm {

std::string_view without_thoughts(std::string_view reply) {
  constexpr std::string_view kBegin = "<think>";
  constexpr std::string_view kEnd = "</think>";
  const std::size_t end = reply.rfind(kEnd);
  if (end != std::string_view::npos) {
    return reply.substr(end + kEnd.size());
  }
  const std::size_t first = reply.find_first_not_of(" \t\r\n");
  const bool only_thoughts =
      first != std::string_view::npos && reply.substr(first).starts_with(kBegin);
  return only_thoughts ? std::string_view() : reply;
}

}  // namespace wend::llm
