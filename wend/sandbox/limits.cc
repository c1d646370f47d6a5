// SPDX-License-Identifier: Apache-2.0
#include "wend/sandbox/limits.h"

#include <array>
#include <charconv>
#include <string_view>

namespace wend::sandbox {

std::vector<std::string> to_words(const Limits& limits) {
  std::vector<std::string> words;
  for (const std::uint64_t limit :
       {limits.wall_ms, limits.cpu_s, limits.memory_mb, limits.disk_mb, limits.processes}) {
    words.push_back(std::to_string(limit));
  }
  return words;
}

base::Result<Limits> parse_limits(std::span<const char* const> words) {
  Limits limits;
  const std::array<std::uint64_t*, kLimitWords> members = {
      &limits.wall_ms, &limits.cpu_s, &limits.memory_mb, &limits.disk_mb, &limits.processes};
  if (words.size() < kLimitWords) {
    return base::fail(base::Code::kInvalidArgument,
                      "expected WALL_MS CPU_S MEMORY_MB DISK_MB PROCESSES PROGRAM ARGUMENT...");
  }
  for (std::size_t i = 0; i < kLimitWords; ++i) {
    const std::string_view word = words[i];
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), *members[i]);
    if (error != std::errc() || end != word.data() + word.size()) {
      return base::fail(base::Code::kInvalidArgument, "limit '{}': expected a whole number", word);
    }
  }
  return limits;
}

}  // namespace wend::sandbox
