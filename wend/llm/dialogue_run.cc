// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/dialogue_run.h"

#include <numeric>
#include <set>
#include <utility>

#include "wend/base/random.h"
#include "wend/base/stop.h"

namespace wend::llm {
namespace {

std::uint64_t as_count(const std::optional<std::int64_t>& count) {
  return count && *count > 0 ? static_cast<std::uint64_t>(*count) : 0;
}

}  // namespace

DialogueRun::DialogueRun(DialogueItems& items, const Partner& partner, std::uint64_t seed)
    : items_(items),
      partner_(partner),
      expectation_(static_cast<double>(partner.parameters.max_tokens.value_or(0))),
      order_(items.count()) {
  std::iota(order_.begin(), order_.end(), 0U);
  base::Random(base::stage_seed(seed, "dialogue")).shuffle(std::span(order_));
}

base::Result<DialogueEstimate> DialogueRun::estimate() {
  DialogueEstimate estimate;
  std::set<std::string> keys;
  std::vector<std::pair<double, std::size_t>> to_make;  // Rough tokens, and calls of that size.
  for (std::size_t item = 0; item < items_.count(); ++item) {
    TRY(base::check_stop());
    const std::optional<ItemCall> call = TRY(items_.look(item));
    if (!call) {
      continue;
    }
    ++estimate.items;
    const double rough = rough_tokens(call->step.call.chat.messages);
    if (call->step.state != DialogueState::kOpen) {
      ++estimate.reused;
      expectation_.learn(rough, call->step.usage);
    } else if (keys.insert(call->step.call.row.key).second) {
      to_make.emplace_back(rough, call->calls_left);
    }
  }
  for (const auto& [rough, calls] : to_make) {
    const ExpectedCall expected = expect(rough);
    const auto times = static_cast<double>(calls);
    estimate.calls += calls;
    estimate.input_tokens += times * expected.input_tokens;
    estimate.output_tokens += times * expected.output_tokens;
    estimate.cost += times * expected.cost.value_or(0);
    estimate.unpriced_calls += expected.cost ? 0 : calls;
  }
  return estimate;
}

base::Result<std::optional<PlannedCall>> DialogueRun::planned(std::size_t item) {
  std::optional<ItemCall> call = TRY(items_.look(item));
  if (!call) {
    return std::nullopt;
  }
  PlannedCall planned;
  planned.cell = item;
  planned.call = std::move(call->step.call);
  const double rough = rough_tokens(planned.call.chat.messages);
  const ExpectedCall expected = expect(rough);
  planned.call.expected_tokens = expected.input_tokens + expected.output_tokens;
  planned.expected_cost = expected.cost.value_or(0);
  if (call->step.state == DialogueState::kOpen) {
    asked_[item] = rough;
  }
  return planned;
}

base::Result<std::optional<PlannedCall>> DialogueRun::next(std::size_t /*lane*/) {
  if (!unfinished_.empty()) {
    const std::size_t item = unfinished_.front();
    unfinished_.pop_front();
    return planned(item);
  }
  while (at_ < order_.size() && base::check_stop()) {
    auto call = TRY(planned(order_[at_++]));
    if (call) {
      return call;
    }
  }
  return std::nullopt;
}

base::Status DialogueRun::take(std::size_t item, CallResult<PaidReply> result) {
  const auto asked = asked_.extract(item);
  if (!result) {
    count_failure(tally_.failures, result.error());
    return items_.give_up(item, result.error());
  }
  if (result->origin == Origin::kUpstream) {
    const Usage& usage = result->row.reply.usage;
    tally_.input_tokens += as_count(usage.prompt_tokens);
    tally_.output_tokens += as_count(usage.completion_tokens);
    expectation_.learn(asked ? asked.mapped() : 0, usage);
  }
  tally_.reused += asked ? 0 : 1;
  const std::optional<ItemCall> left = TRY(items_.look(item));
  if (left && left->step.state == DialogueState::kOpen) {
    // The worker that brought this reply asks for its next call at once, so none is left behind.
    unfinished_.push_back(item);
    return {};
  }
  return items_.finish(item);
}

}  // namespace wend::llm
