// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/cli/number_option.h"
#include "wend/cli/verbs.h"
#include "wend/store/import_folder.h"

namespace wend::cli {

using base::Code;
using base::fail;
using base::Status;

namespace {

struct ImportVerbOptions {
  std::string path;
  std::string name;
  std::string format = "auto";
  std::vector<std::string> taxonomy;
  double max_bad = 0.001;
};

using Json = nlohmann::ordered_json;

Json bad_to_json(const std::vector<store::BadRow>& rows) {
  Json list = Json::array();
  for (const store::BadRow& row : rows) {
    list.push_back({{"file", row.place.file},
                    {"line", row.place.line},
                    {"reason", row.fault.reason},
                    {"message", row.fault.detail}});
  }
  return list;
}

Json hints_to_json(const std::vector<store::KeyHint>& hints) {
  Json list = Json::array();
  for (const store::KeyHint& hint : hints) {
    list.push_back({{"file", hint.first.file},
                    {"line", hint.first.line},
                    {"key", hint.key},
                    {"meant", hint.meant},
                    {"rows", hint.rows}});
  }
  return list;
}

std::size_t bad_not_listed(const store::ImportReport& report) {
  return report.bad_rows - report.first_bad.size();
}

Json to_json(const store::ImportReport& report) {
  return {{"dataset", report.dataset},
          {"queries", report.queries},
          {"models", report.models},
          {"outcomes", report.outcomes},
          {"replies", report.replies},
          {"tasks", report.tasks},
          {"bad_rows", report.bad_rows},
          {"reasons", report.reasons},
          {"bad", bad_to_json(report.first_bad)},
          {"bad_not_listed", bad_not_listed(report)},
          {"hints", hints_to_json(report.key_hints)},
          {"inserted", report.counts.inserted},
          {"unchanged", report.counts.unchanged},
          {"updated", report.counts.updated},
          {"null_cost", report.null_cost},
          {"seconds", report.seconds}};
}

void print_for_a_person(const store::ImportReport& report) {
  fmt::print("{}: {} queries, {} models, {} outcomes, {} tasks in {:.1f} s\n",
             report.dataset,
             report.queries,
             report.models,
             report.outcomes,
             report.tasks,
             report.seconds);
  if (report.changed()) {
    fmt::print("{} rows new, {} updated, {} unchanged\n",
               report.counts.inserted,
               report.counts.updated,
               report.counts.unchanged);
  } else {
    fmt::print("nothing changed: all {} rows were there already\n", report.counts.unchanged);
  }
  if (report.outcomes == 0) {
    fmt::print("no outcomes yet, so there is nothing to train on\n");
  }
  if (report.null_cost > 0) {
    fmt::print("{} outcomes have no cost; they stay missing\n", report.null_cost);
  }
  for (const auto& [reason, rows] : report.reasons) {
    fmt::print("{} bad rows left out: {}\n", rows, reason);
  }
  for (const store::BadRow& bad : report.first_bad) {
    fmt::print("  {}\n", bad.sentence());
  }
  if (bad_not_listed(report) > 0) {
    fmt::print("  and {} more\n", bad_not_listed(report));
  }
  for (const store::KeyHint& hint : report.key_hints) {
    fmt::print("{}\n", hint.sentence());
  }
}

Status import_path(const Globals& globals, const ImportVerbOptions& options) {
  if (options.format != "auto" && options.format != "wend") {
    return fail(Code::kInvalidArgument,
                "--format {}: this version reads its own format; expected auto or wend",
                options.format);
  }
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  const auto progress = make_progress(globals);
  const store::ImportReport report =
      TRY(store::import_folder([&] { return open_or_make_store(globals, loaded.config); },
                               options.path,
                               {options.name, options.taxonomy, options.max_bad, progress.get()}));
  if (globals.json) {
    fmt::print("{}\n",
               to_json(report).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    print_for_a_person(report);
  }
  return {};
}

}  // namespace

Run declare_import(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<ImportVerbOptions>();
  verb.add_option("path",
                  options->path,
                  "Folder with queries, models and outcomes as JSONL (.zst, .gz too)")
      ->required();
  verb.add_option("--name", options->name, "The collection's name (default: the folder's)");
  verb.add_option("--format", options->format, "auto or wend")->capture_default_str();
  verb.add_option(
          "--taxonomy", options->taxonomy, "Fields that make the task types, the domain first")
      ->delimiter(',')
      ->allow_extra_args(false);
  take_number(verb.add_option("--max-bad",
                              options->max_bad,
                              "Share of bad rows of a file above which nothing is imported")
                  ->capture_default_str(),
              {0, 1});
  return interruptible([options, &globals] { return exit_zero(import_path(globals, *options)); },
                       "the store holds what it held before");
}

}  // namespace wend::cli
