// SPDX-License-Identifier: Apache-2.0
#include "wend/text/excerpt.h"

#include <fmt/format.h>

#include "wend/text/utf8.h"

namespace wend::text {
namespace {

bool is_inside_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::string excerpt(std::string_view text, std::size_t begin, std::size_t end) {
  if (text.size() <= begin + end) {
    return with_replacement(text);
  }
  std::size_t from = begin;
  while (from > 0 && is_inside_character(text[from])) {
    --from;
  }
  std::size_t to = text.size() - end;
  while (to < text.size() && is_inside_character(text[to])) {
    ++to;
  }
  return fmt::format("{}\n[... {} bytes left out ...]\n{}",
                     with_replacement(text.substr(0, from)),
                     to - from,
                     with_replacement(text.substr(to)));
}

}  // namespace wend::text
