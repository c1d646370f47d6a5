// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>

#include "wend/base/result.h"
#include "wend/core/call_ledger.h"
#include "wend/llm/call_runner.h"
#include "wend/llm/expectation.h"
#include "wend/synth/exchange.h"
#include "wend/synth/settings.h"

namespace wend::synth {

/// Calls of one role, expected or made.
struct RoleCount {
  std::size_t calls = 0;
  double input_tokens = 0;
  double output_tokens = 0;
  double cost = 0;
};

/// Makes calls of what is asked, and learns what they take.
class Caller {
 public:
  Caller(Generator generator, Form form);

  llm::PaidCall call_of(const Ask& ask) const;

  /// The call with what it is expected to take.
  llm::PlannedCall plan(const Ask& ask, std::size_t cell) const;

  void learn(const Ask& ask, const llm::Usage& usage);

  /// So many calls of a role, whose questions are not known yet.
  RoleCount expect(Role role, std::size_t calls) const;

  bool is_priced() const { return generator_.prices.input && generator_.prices.output; }

  /// The text that a ledger has for it; what is asked is learnt from.
  base::Result<std::optional<std::string>> find(const Ask& ask, core::CallLedger& ledger);

 private:
  Generator generator_;
  Form form_;
  std::array<llm::Expectation, kRoles> expectations_;  // By role.
};

}  // namespace wend::synth
