// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <fmt/format.h>

namespace wend::base {

/// Prints "file:line: check failed: condition: why" to stderr and ends the process.
[[noreturn]] void check_failed(const char* file,
                               int line,
                               const char* condition,
                               std::string_view why);

}  // namespace wend::base

/// Our own invariants, always on outside hot loops: CHECK(rows > 0, "no rows in '{}'", name).
/// Anything the world can cause is a Result instead.
#define CHECK(condition, ...)                                                                 \
  do {                                                                                        \
    if (!(condition)) [[unlikely]] {                                                          \
      ::wend::base::check_failed(__FILE__, __LINE__, #condition, ::fmt::format(__VA_ARGS__)); \
    }                                                                                         \
  } while (false)

#ifdef NDEBUG
#define DCHECK(condition, ...) \
  do {                         \
  } while (false)
#else
#define DCHECK(condition, ...) CHECK(condition, __VA_ARGS__)
#endif
