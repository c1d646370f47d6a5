// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/check_judge.h"

#include <cmath>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "wend/base/text_table.h"
#include "wend/cli/spend.h"
#include "wend/trips/check_judge.h"

namespace wend::cli {

using base::Result;
using Json = nlohmann::ordered_json;

namespace {

Json number_or_null(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

Json to_json(const label::JudgeComparison& compared) {
  Json object = {{"n", compared.n},
                 {"agreement", number_or_null(compared.agreement)},
                 {"bias", number_or_null(compared.bias)},
                 {"spearman", number_or_null(compared.spearman)},
                 {"mean_known", number_or_null(compared.mean_known)},
                 {"mean_judge", number_or_null(compared.mean_judge)}};
  if (!compared.model.empty()) {
    object["model"] = compared.model;
  }
  return object;
}

Json to_json(const trips::CheckJudgeResult& result,
             const llm::DialogueEstimate& estimate,
             const CheckJudgeOptions& options,
             const std::string& currency) {
  const char* const stopped = stop_reason(result.run);
  Json document = to_json(result.comparisons[0]);
  document["known"] = options.known;
  document["models"] = Json::array();
  for (std::size_t i = 1; i < result.comparisons.size(); ++i) {
    document["models"].push_back(to_json(result.comparisons[i]));
  }
  document["replies"] = estimate.items;
  document["unparsable"] = result.tally.unparsable;
  document["failed"] = result.tally.failed;
  document["asked_again"] = result.tally.asked_again;
  document["calls"] = result.run.calls;
  document["reused"] = result.calls.reused;
  document["estimate"] = estimate.cost;
  document["spent"] = result.run.spent;
  document["currency"] = currency;
  document["stopped"] = stopped == nullptr ? Json() : Json(stopped);
  document["failures"] = result.calls.failures;
  document["left"] = left_to_json(result.run.left);
  return document;
}

Json to_json(const llm::DialogueEstimate& estimate, const std::string& currency) {
  return {{"replies", estimate.items},
          {"reused", estimate.reused},
          {"calls", estimate.calls},
          {"estimate", estimate.cost},
          {"currency", currency}};
}

std::string shown(double value, const char* form) {
  return std::isfinite(value) ? fmt::format(fmt::runtime(form), value) : "-";
}

void print_for_a_person(const trips::CheckJudgeResult& result, const std::string& judge) {
  base::TextTable table({{"model", base::Align::kLeft},
                         {"n"},
                         {"known"},
                         {"judge"},
                         {"bias"},
                         {"agreement"},
                         {"Spearman"}});
  for (const label::JudgeComparison& compared : result.comparisons) {
    table.add_row({compared.model.empty() ? "all" : compared.model,
                   fmt::format("{}", compared.n),
                   shown(compared.mean_known, "{:.3f}"),
                   shown(compared.mean_judge, "{:.3f}"),
                   shown(compared.bias, "{:+.3f}"),
                   shown(compared.agreement, "{:.3f}"),
                   shown(compared.spearman, "{:.3f}")});
  }
  fmt::print("{} beside known scores\n\n{}\n", judge, table.render());
  fmt::print("bias: judge - known; agreement: both on the same side of .5\n");
  fmt::print("{} replies got no score in the judge's words, {} could not be asked about\n",
             result.tally.unparsable,
             result.tally.failed);
  for (const auto& [why, calls] : result.calls.failures) {
    fmt::print("{} failed: {}\n", calls, why);
  }
  print_how_it_ended(result.run);
}

void print_estimate(std::FILE* stream,
                    const llm::DialogueEstimate& estimate,
                    const std::string& currency) {
  fmt::print(stream,
             "{} replies to score, {} of them scored already; {} calls, about {:.4g} {}\n",
             estimate.items,
             estimate.reused,
             estimate.calls,
             estimate.cost,
             currency);
}

}  // namespace

Result<int> check_judge(const Globals& globals, const CheckJudgeOptions& options) {
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  const trips::Config& config = loaded.config;
  const auto [store, ledger] = TRY(open_paid_store(globals, config, AbsentStore::kMake));
  trips::CheckJudgeTrip::Request request;
  request.replies = TRY(trips::find_known_replies(options.known, store.get()));
  request.judge = options.judge;
  request.budget = options.budget;
  request.seed = globals.seed;
  const auto trip = TRY(trips::CheckJudgeTrip::prepare(std::move(request), config, *ledger));
  const llm::DialogueEstimate estimate = TRY(trip->estimate());
  const bool is_agreed =
      TRY(agree(globals,
                {options.dry_run,
                 options.yes,
                 {estimate.calls, estimate.cost, config.currency},
                 [&] { return to_json(estimate, config.currency); },
                 [&](std::FILE* stream) { print_estimate(stream, estimate, config.currency); },
                 [&] { return trip->check_ready(); }}));
  if (!is_agreed) {
    return 0;
  }
  const auto progress = make_progress(globals);
  const trips::CheckJudgeResult result = TRY(trip->run(*ledger, *progress));
  if (globals.json) {
    Json document = {{"judge", trip->judge()}};
    document.update(to_json(result, estimate, options, config.currency));
    print_json(document);
  } else {
    print_for_a_person(result, trip->judge());
  }
  return exit_status_of(result.run);
}

}  // namespace wend::cli
