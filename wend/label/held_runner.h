// SPDX-License-Identifier: Apache-2.0
// For tests: a runner that keeps every program waiting until it is let go.
#pragma once

#include <atomic>

#include "wend/label/run_code.h"

namespace wend::label {

class HeldRunner final : public CodeRunner {
 public:
  base::Result<bool> passes(const CodeTask& /*task*/) const override {
    is_let_.wait(false);
    return true;
  }

  void let() {
    is_let_ = true;
    is_let_.notify_all();
  }

 private:
  std::atomic<bool> is_let_{false};
};

}  // namespace wend::label
