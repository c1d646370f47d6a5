// SPDX-License-Identifier: Apache-2.0
// Lines about what a long-running process does, on stderr: time, level, sentence. Never a key and
// never a prompt.
#pragma once

#include <string_view>

#include <fmt/format.h>

namespace wend::base {

enum class LogLevel { kInfo, kWarning, kError };

/// One line; line ends and control bytes in it are replaced, so that what a client sends cannot
/// forge a line. Safe from any thread.
void write_log(LogLevel level, std::string_view line);

template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  write_log(LogLevel::kInfo, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  write_log(LogLevel::kWarning, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  write_log(LogLevel::kError, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace wend::base
