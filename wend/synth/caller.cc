// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/caller.h"

#include <utility>

#include "wend/llm/ledger_row.h"
#include "wend/llm/wire_render.h"

namespace wend::synth {
namespace {

std::size_t index_of(Role role) {
  return static_cast<std::size_t>(role);
}

}  // namespace

Caller::Caller(Generator generator, Form form)
    : generator_(std::move(generator)),
      form_(form),
      // Tokens of a reply before the first has come: ten nodes of sixty, such a set with reasons,
      // reasons alone, eight pairs, reasons, an answer.
      expectations_{llm::Expectation(600),
                    llm::Expectation(900),
                    llm::Expectation(250),
                    llm::Expectation(1200),
                    llm::Expectation(300),
                    llm::Expectation(300)} {}

llm::PaidCall Caller::call_of(const Ask& ask) const {
  llm::ChatParameters parameters = generator_.parameters;
  if (form_ == Form::kJson && ask.role != Role::kSolve) {
    parameters = llm::with_extra_body(parameters, response_format(shape_of(ask.role)));
  }
  return llm::paid_call(generator_, ask.messages, parameters, {{}, ask.draw});
}

llm::PlannedCall Caller::plan(const Ask& ask, std::size_t cell) const {
  llm::PlannedCall planned;
  planned.cell = cell;
  planned.call = call_of(ask);
  const llm::ExpectedCall expected =
      expectations_.at(index_of(ask.role))
          .expect(llm::rough_tokens(ask.messages), generator_.prices);
  planned.call.expected_tokens = expected.input_tokens + expected.output_tokens;
  planned.expected_cost = expected.cost.value_or(0);
  return planned;
}

void Caller::learn(const Ask& ask, const llm::Usage& usage) {
  expectations_.at(index_of(ask.role)).learn(llm::rough_tokens(ask.messages), usage);
}

RoleCount Caller::expect(Role role, std::size_t calls) const {
  // Of a prompt with its set or its stems, before the first is written.
  constexpr std::array<double, kRoles> kRoughInput = {550, 1000, 1500, 600, 500, 300};
  const llm::ExpectedCall one =
      expectations_.at(index_of(role)).expect(kRoughInput.at(index_of(role)), generator_.prices);
  const auto times = static_cast<double>(calls);
  return {calls, times * one.input_tokens, times * one.output_tokens, times * one.cost.value_or(0)};
}

base::Result<std::optional<std::string>> Caller::find(const Ask& ask, core::CallLedger& ledger) {
  std::optional<llm::LedgerRow> row = TRY(llm::find_row(ledger, call_of(ask).row.key));
  if (!row) {
    return std::nullopt;
  }
  learn(ask, row->reply.usage);
  return std::move(row->reply.text);
}

}  // namespace wend::synth
