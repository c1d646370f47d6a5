// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace wend::discover {

/// What a task is called and is.
struct TaskTitle {
  std::string name;
  std::string definition;  ///< A sentence.

  friend bool operator==(const TaskTitle&, const TaskTitle&) = default;
};

}  // namespace wend::discover
