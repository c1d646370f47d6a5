// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/synth_audit.h"

#include <nlohmann/json.hpp>

#include "wend/base/text_table.h"
#include "wend/cli/spend.h"
#include "wend/trips/synth_audit.h"
#include "wend/trips/synth_record.h"

namespace wend::cli {

using base::Result;
using Json = nlohmann::ordered_json;

namespace {

std::string share(std::size_t part, std::size_t whole) {
  return whole == 0 ? "-"
                    : fmt::format("{:.1f} %",
                                  100 * static_cast<double>(part) / static_cast<double>(whole));
}

Json row_json(const trips::AuditRow& row) {
  return {{"queries", row.queries},
          {"alike_within", row.alike_within},
          {"alike_across", row.alike_across},
          {"audited", row.audited},
          {"right", row.right},
          {"by_program", row.by_program}};
}

Json to_json(const trips::AuditReport& report,
             const AuditOptions& options,
             const trips::AuditTrip& trip,
             const std::string& currency) {
  Json rows = Json::array();
  for (const trips::AuditRow& row : report.rows) {
    Json item = {{"domain", row.domain}, {"difficulty", row.difficulty}};
    item.update(row_json(row));
    rows.push_back(std::move(item));
  }
  const char* const word = stop_reason(report.run);
  return {{"dataset", options.name},
          {"auditor", trip.auditor()},
          {"same_model", trip.is_same_model()},
          {"rows", std::move(rows)},
          {"total", row_json(report.total)},
          {"wrong", report.wrong},
          {"malformed", report.malformed},
          {"calls", report.run.calls},
          {"reused", report.reused},
          {"failed", report.run.failed},
          {"spent", report.run.spent},
          {"currency", currency},
          {"stopped", word == nullptr ? Json() : Json(word)},
          {"left", left_to_json(report.run.left)}};
}

void add_row(base::TextTable& table, const trips::AuditRow& row) {
  table.add_row({row.domain,
                 row.difficulty,
                 std::to_string(row.queries),
                 share(row.alike_within, row.queries),
                 share(row.alike_across, row.queries),
                 std::to_string(row.audited),
                 share(row.right, row.audited),
                 std::to_string(row.by_program)});
}

void print_for_a_person(const trips::AuditReport& report,
                        const trips::AuditTrip& trip,
                        const std::string& currency) {
  base::TextTable table({{"domain", base::Align::kLeft},
                         {"difficulty", base::Align::kLeft},
                         {"questions"},
                         {"in their leaf", base::Align::kRight, 0, "alike to another"},
                         {"in others", base::Align::kRight, 0, "alike to another"},
                         {"looked over", base::Align::kRight, 0, "answers"},
                         {"right", base::Align::kRight, 0, "answers"},
                         {"by program", base::Align::kRight, 0, "answers"}});
  for (const trips::AuditRow& row : report.rows) {
    add_row(table, row);
  }
  trips::AuditRow total = report.total;
  total.domain = "all";
  add_row(table, total);
  fmt::print("{}", table.render());
  fmt::print(
      "answers were looked over by {}: {} calls, {} replies from before, {} that could not "
      "be used, {:.4g} {}\n",
      trip.auditor(),
      report.run.calls,
      report.reused,
      report.malformed,
      report.run.spent,
      currency);
  if (trip.is_same_model()) {
    fmt::print(
        "{} wrote these answers itself, and there is no other model to ask: what it holds for "
        "right says little\n",
        trip.auditor());
  }
  if (stop_reason(report.run) != nullptr) {
    fmt::print("stopped ({}); the same command goes on from here\n", stop_reason(report.run));
  }
}

void print_plan(std::FILE* stream, const synth::RoleCount& plan, const std::string& currency) {
  fmt::print(stream,
             "{} calls to make, about {:.0f} tokens in, {:.0f} out, {:.4g} {}\n",
             plan.calls,
             plan.input_tokens,
             plan.output_tokens,
             plan.cost,
             currency);
}

Json to_json(const synth::RoleCount& plan, const std::string& currency) {
  return {{"calls", plan.calls},
          {"input_tokens", static_cast<std::uint64_t>(plan.input_tokens)},
          {"output_tokens", static_cast<std::uint64_t>(plan.output_tokens)},
          {"estimate", plan.cost},
          {"currency", currency}};
}

}  // namespace

Result<int> run_audit(const Globals& globals, const AuditOptions& options) {
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  const trips::Config& config = loaded.config;
  const auto [store, ledger] = TRY(open_paid_store(globals, config, AbsentStore::kRefuse));
  trips::AuditRequest request;
  request.dataset = TRY(store->load_dataset(options.name));
  request.auditor = options.auditor;
  request.writer = trips::generator_of(TRY(store->find_synthesis(options.name)).value_or(""));
  request.shots = options.shots;
  request.budget = options.budget;
  request.seed = globals.seed;
  request.threads = globals.threads;
  const auto trip = TRY(trips::AuditTrip::prepare(std::move(request), config));
  const synth::RoleCount plan = TRY(trip->estimate(*ledger));
  const bool is_agreed =
      TRY(agree(globals,
                {options.dry_run,
                 options.yes,
                 {plan.calls, plan.cost, config.currency},
                 [&] { return to_json(plan, config.currency); },
                 [&](std::FILE* stream) { print_plan(stream, plan, config.currency); },
                 [&] { return trip->check_ready(); }}));
  if (!is_agreed) {
    return 0;
  }
  const auto progress = make_progress(globals);
  const trips::AuditReport report = TRY(trip->run(*store, *ledger, *progress));
  if (globals.json) {
    print_json(to_json(report, options, *trip, config.currency));
  } else {
    print_for_a_person(report, *trip, config.currency);
  }
  const int status = exit_status_of(report.run);
  return status == 0 && !report.is_whole ? 1 : status;
}

}  // namespace wend::cli
