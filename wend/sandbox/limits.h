// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "wend/base/result.h"

namespace wend::sandbox {

/// What a confined program may use up.
struct Limits {
  std::uint64_t wall_ms = 30'000;  ///< From its start to the end of all its processes.
  std::uint64_t cpu_s = 10;        ///< Of each process.
  std::uint64_t memory_mb = 256;   ///< Of address space, each process.
  std::uint64_t disk_mb = 32;      ///< In its scratch folder, which lies in memory.
  std::uint64_t processes = 8;     ///< And threads, at once.

  /// What the program can hold at most, whatever it starts and writes.
  std::uint64_t whole_memory_mb() const { return processes * memory_mb + disk_mb; }
};

/// As words of a command line, in the order of the members.
std::vector<std::string> to_words(const Limits& limits);

/// The first words of a command line; fails on anything but so many whole numbers.
base::Result<Limits> parse_limits(std::span<const char* const> words);

inline constexpr std::size_t kLimitWords = 5;

}  // namespace wend::sandbox
