// SPDX-License-Identifier: Apache-2.0
// For tests: a runner that takes the program's own word for what comes of it.
#pragma once

#include <atomic>

#include "wend/label/run_code.h"

namespace wend::label {

class SayingRunner final : public CodeRunner {
 public:
  /// "right" passes, "broken" is an error, all else fails.
  base::Result<bool> passes(const CodeTask& task) const override {
    ++runs_;
    if (task.code == "broken") {
      return base::fail(base::Code::kInvalidArgument, "the tests are broken");
    }
    return task.code == "right";
  }

  int runs() const { return runs_; }

 private:
  mutable std::atomic<int> runs_{0};
};

}  // namespace wend::label
