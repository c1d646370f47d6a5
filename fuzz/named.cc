// SPDX-License-Identifier: Apache-2.0
// A language model that is to name another may say anything: what is read is a name that is there
// and stands in the reply, and a name alone is read as itself. The first line holds the names,
// apart by tabs, the rest is the reply.
// needs: label
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "wend/label/parse_named.h"

namespace {

void check(bool holds) {
  if (!holds) {
    std::abort();
  }
}

std::string lower(std::string_view text) {
  std::string all(text);
  std::ranges::transform(all, all.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return all;
}

std::vector<std::string> names_of(std::string_view line) {
  std::vector<std::string> names;
  while (!line.empty() && names.size() < 8) {
    const std::size_t end = std::min(line.find('\t'), line.size());
    names.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return names;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(text.find('\n'), text.size());
  const std::vector<std::string> names = names_of(text.substr(0, line));
  text.remove_prefix(std::min(line + 1, text.size()));
  if (const auto found = wend::label::parse_named(text, names)) {
    check(*found < names.size() && !names[*found].empty());
    check(lower(text).find(lower(names[*found])) != std::string::npos);
  }
  const bool is_plain = !names.empty() && names[0].size() > 6 &&
                        std::ranges::all_of(names[0], [](char c) { return c >= 'a' && c <= 'z'; });
  if (is_plain && std::ranges::count(names, names[0]) == 1 && !names[0].starts_with("answer")) {
    check(wend::label::parse_named(names[0], names) == 0U);
  }
  return 0;
}
