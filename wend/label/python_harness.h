// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace wend::label {

/// The exit status that says that nothing can be told of the reply, whatever it is.
inline constexpr int kTestsAreBroken = 86;

/// Runs in the sandbox: reads a task as JSON from stdin, runs its parts in one module, and prints
/// the task's token as its last line where it got to the end: all tests ran and none failed, or (by
/// its exit status) the tests are broken, with the reason on the line before.
extern const std::string_view kPythonHarness;

}  // namespace wend::label
