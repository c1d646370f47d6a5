// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/label_summary.h"

#include <map>

#include <nlohmann/json.hpp>

#include "wend/cli/spend.h"

namespace wend::cli {

using Json = nlohmann::ordered_json;

namespace {

Json judging_to_json(const llm::DialogueEstimate& judging, const label::Judge& judge) {
  return {{"model", judge.partner.model.id},
          {"forced", !judge.itself.empty()},
          {"replies", judging.items},
          {"reused", judging.reused},
          {"calls", judging.calls},
          {"estimate", judging.cost},
          {"unpriced_calls", judging.unpriced_calls}};
}

/// What the two ways of asking failed of, together.
std::map<std::string, std::size_t> all_failures(const trips::LabelResult& result) {
  std::map<std::string, std::size_t> failures = result.tally.failures;
  if (result.judging) {
    for (const auto& [why, calls] : result.judging->calls.failures) {
      failures["the judge: " + why] += calls;
    }
  }
  return failures;
}

Json to_json(const trips::JudgingResult& judging, const label::Judge& judge) {
  return {{"model", judge.partner.model.id},
          {"forced", !judge.itself.empty()},
          {"scored", judging.tally.scored},
          {"unparsable", judging.tally.unparsable},
          {"failed", judging.tally.failed},
          {"asked_again", judging.tally.asked_again},
          {"reused", judging.calls.reused},
          {"calls", judging.run.calls},
          {"spent", judging.run.spent}};
}

void print_judging(const trips::JudgingResult& judging, const label::Judge& judge) {
  const std::string& id = judge.partner.model.id;
  fmt::print(
      "{} scored {} replies, was asked again {} times; {} have no score in its words and are "
      "left out, {} could not be asked about\n",
      id,
      judging.tally.scored,
      judging.tally.asked_again,
      judging.tally.unparsable,
      judging.tally.failed);
  if (!judge.itself.empty()) {
    fmt::print(
        "{} is one of the models that answered (--force-judge): models prefer their own "
        "answers, so its own quality is not to be trusted\n",
        id);
  }
}

}  // namespace

Json to_json(const trips::LabelEstimate& estimate,
             const label::Judge* judge,
             const std::string& currency) {
  const label::Estimate& answers = estimate.answers;
  const llm::DialogueEstimate judging = estimate.judging.value_or(llm::DialogueEstimate{});
  Json document = {
      {"cells", answers.cells},
      {"reused", answers.reused},
      {"calls", estimate.calls()},
      {"input_tokens", static_cast<std::uint64_t>(answers.input_tokens + judging.input_tokens)},
      {"output_tokens", static_cast<std::uint64_t>(answers.output_tokens + judging.output_tokens)},
      {"estimate", estimate.cost()},
      {"currency", currency},
      {"unpriced_calls", answers.unpriced_calls + judging.unpriced_calls},
      {"calls_by_model", answers.calls_by_model},
      {"estimate_by_model", answers.cost_by_model},
      {"unscored_queries", answers.unscored_queries}};
  if (judge != nullptr) {
    document["judge"] = judging_to_json(judging, *judge);
  }
  return document;
}

void print_label_estimate(std::FILE* stream,
                          const trips::LabelEstimate& whole,
                          const label::Judge* judge,
                          const std::string& currency) {
  const label::Estimate& estimate = whole.answers;
  fmt::print(stream,
             "{} cells, {} answered already; {} calls to make: about {:.0f} tokens in, {:.0f} out, "
             "{:.4g} {}\n",
             estimate.cells,
             estimate.reused,
             estimate.calls,
             estimate.input_tokens,
             estimate.output_tokens,
             estimate.cost,
             currency);
  for (const auto& [model, calls] : estimate.calls_by_model) {
    fmt::print(stream,
               "  {}: {} calls, about {:.4g} {}\n",
               model,
               calls,
               estimate.cost_by_model.at(model),
               currency);
  }
  if (judge != nullptr) {
    fmt::print(stream,
               "the judge {}: {} replies to score, {} of them scored already; {} calls, about "
               "{:.4g} {}\n",
               judge->partner.model.id,
               whole.judging->items,
               whole.judging->reused,
               whole.judging->calls,
               whole.judging->cost,
               currency);
  }
  const std::size_t unpriced =
      estimate.unpriced_calls + (whole.judging ? whole.judging->unpriced_calls : 0);
  if (unpriced > 0) {
    fmt::print(stream, "  {} of them have no price and are not counted\n", unpriced);
  }
  for (const auto& [why, queries] : estimate.unscored_queries) {
    fmt::print(stream, "  {} queries will stay unscored: {}\n", queries, why);
  }
}

Json to_json(const trips::LabelResult& result,
             const trips::LabelEstimate& estimate,
             const trips::LabelTrip& trip,
             const std::string& currency) {
  const char* const stopped = stop_reason(result.run);
  const llm::DialogueTally judging = result.judging ? result.judging->calls : llm::DialogueTally{};
  Json document = {{"dataset", trip.dataset().name},
                   {"cells", estimate.answers.cells},
                   {"done", result.run.done},
                   {"reused", result.run.reused},
                   {"failed", result.run.failed},
                   {"unscored", result.unscored},
                   {"calls", result.run.calls},
                   {"input_tokens", result.tally.input_tokens + judging.input_tokens},
                   {"output_tokens", result.tally.output_tokens + judging.output_tokens},
                   {"estimate", estimate.cost()},
                   {"spent", result.run.spent},
                   {"currency", currency},
                   {"stopped", stopped == nullptr ? Json() : Json(stopped)},
                   {"cut", result.tally.cut},
                   {"failures", all_failures(result)},
                   {"left", left_to_json(result.run.left)}};
  if (result.judging) {
    document["judge"] = to_json(*result.judging, *trip.judge());
  }
  return document;
}

void print_label_result(const trips::LabelResult& result,
                        const trips::LabelEstimate& estimate,
                        const trips::LabelTrip& trip,
                        const std::string& currency) {
  fmt::print("{}: {} of {} cells have a reply, {} of them from before; {} failed, {} unscored\n",
             trip.dataset().name,
             result.run.done,
             estimate.answers.cells,
             result.run.reused,
             result.run.failed,
             result.unscored);
  if (result.judging) {
    print_judging(*result.judging, *trip.judge());
  }
  fmt::print(
      "{} calls, {} tokens in, {} out, {:.4g} {} (estimated {:.4g})\n",
      result.run.calls,
      result.tally.input_tokens + (result.judging ? result.judging->calls.input_tokens : 0),
      result.tally.output_tokens + (result.judging ? result.judging->calls.output_tokens : 0),
      result.run.spent,
      currency,
      estimate.cost());
  if (result.tally.cut > 0) {
    fmt::print("{} replies were cut at max_tokens; they are scored as they are\n",
               result.tally.cut);
  }
  for (const auto& [why, calls] : all_failures(result)) {
    fmt::print("{} failed: {}\n", calls, why);
  }
  print_how_it_ended(result.run);
}

}  // namespace wend::cli
