// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/base/file.h"
#include "wend/cli/check_judge.h"
#include "wend/cli/label_summary.h"
#include "wend/cli/number_option.h"
#include "wend/cli/spend.h"
#include "wend/cli/verbs.h"
#include "wend/label/label_report.h"
#include "wend/trips/label.h"
#include "wend/trips/label_queries.h"

namespace wend::cli {

using base::Code;
using base::fail;
using base::Result;
using base::Status;
using Json = nlohmann::ordered_json;

namespace {

struct LabelOptions {
  std::string dataset;
  std::string in;
  std::string name;
  std::vector<std::string> models;
  std::string score = "metric";
  std::uint64_t draws = 1;
  std::optional<double> budget;
  bool dry_run = false;
  bool yes = false;
  std::string export_replies;
  std::string judge;
  bool force_judge = false;
  std::string check_judge;
  bool report = false;
  std::string report_out;
};

std::string page_of(const LabelOptions& options) {
  return !options.report_out.empty()
             ? options.report_out
             : fmt::format("label-report-{}.html",
                           options.name.empty() ? options.dataset : options.name);
}

/// --check-judge is a trip of its own: it asks the judge alone.
Status check_alone(const LabelOptions& options) {
  const bool labels = !options.dataset.empty() || !options.in.empty() || !options.name.empty() ||
                      !options.models.empty() || !options.export_replies.empty() || options.report;
  return labels ? fail(Code::kInvalidArgument,
                       "--check-judge FILE asks the judge alone; expected it with --judge, "
                       "--budget, --dry-run and --yes and nothing else")
                : Status();
}

Status check(const LabelOptions& options) {
  const label::Scoring scoring = TRY(label::parse_scoring(options.score));
  if (scoring == label::Scoring::kMetric && (!options.judge.empty() || options.force_judge)) {
    return fail(Code::kInvalidArgument,
                "--judge: nothing asks one; expected --score judge or both with it");
  }
  if (options.dataset.empty() == options.in.empty()) {
    return fail(Code::kInvalidArgument, "expected one of --dataset NAME and --in FILE");
  }
  if (options.in.empty() != options.name.empty()) {
    return fail(
        Code::kInvalidArgument,
        "--in FILE and --name NAME go together: the queries and the collection they become; "
        "--dataset has its name already");
  }
  if (!options.report_out.empty() && !options.report) {
    return fail(Code::kInvalidArgument, "--report-out: expected --report with it");
  }
  if (options.report) {
    TRY(base::check_writable(page_of(options)));
  }
  return options.export_replies.empty() ? Status() : base::check_writable(options.export_replies);
}

/// --in makes a collection, so also the store; a dry run makes none.
AbsentStore absent_store(const LabelOptions& options) {
  if (options.in.empty()) {
    return AbsentStore::kRefuse;
  }
  return options.dry_run ? AbsentStore::kPretend : AbsentStore::kMake;
}

/// The queries to ask, and what the store knows of their models.
Result<data::Dataset> load_queries(const LabelOptions& options, const PaidStore& open) {
  data::Dataset dataset = options.in.empty()
                              ? TRY(open.store->load_dataset(options.dataset))
                              : TRY(trips::read_label_queries(options.in, options.name));
  dataset.outcomes = {};
  return dataset;
}

/// Whether the report is all that is wanted: nothing says whom to ask or that it may be paid for.
bool asks_nobody(const LabelOptions& options) {
  return options.report && options.in.empty() && options.models.empty() && !options.yes &&
         !options.budget && !options.dry_run && options.judge.empty();
}

/// The report on what the store has of a collection, as a page beside what is printed.
Result<label::LabelReport> write_report(store::Store& store,
                                        const std::string& dataset,
                                        const trips::Config& config,
                                        const std::string& page) {
  const label::LabelReport report =
      label::build_label_report(TRY(store.load_dataset(dataset)), config.currency);
  TRY(base::write_file_atomically(page, label::to_html(report)));
  return report;
}

Result<int> report_alone(const Globals& globals, const LabelOptions& options) {
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  const auto store = TRY(open_store(globals, loaded.config));
  const label::LabelReport report =
      TRY(write_report(*store, options.dataset, loaded.config, page_of(options)));
  if (globals.json) {
    print_json({{"dataset", options.dataset},
                {"report", Json::parse(label::to_json(report))},
                {"page", page_of(options)}});
  } else {
    fmt::print("{}wrote {}\n", label::to_text(report), page_of(options));
  }
  return 0;
}

/// At temperature 0 several draws are one.
void warn_of_equal_draws(const LabelOptions& options, const trips::Config& config) {
  if (options.draws > 1 && config.label.temperature == 0) {
    fmt::print(stderr,
               "--draws {} at label.temperature 0: most models say the same each time, and each "
               "time is paid for; expected --set label.temperature=0.7 or so\n",
               options.draws);
  }
}

void print_result(const Globals& globals,
                  const LabelOptions& options,
                  Json document,
                  const std::optional<label::LabelReport>& report) {
  if (globals.json) {
    if (report) {
      document["report"] = Json::parse(label::to_json(*report));
      document["page"] = page_of(options);
    }
    print_json(document);
  } else if (report) {
    fmt::print("\n{}wrote {}\n", label::to_text(*report), page_of(options));
  }
}

Result<trips::LabelRequest> request_of(const Globals& globals,
                                       const LabelOptions& options,
                                       const PaidStore& open) {
  trips::LabelRequest request;
  request.dataset = TRY(load_queries(options, open));
  request.models = options.models;
  request.draws = static_cast<std::uint32_t>(options.draws);
  request.scoring = TRY(label::parse_scoring(options.score));
  request.judge = options.judge;
  request.self_judging =
      options.force_judge ? trips::SelfJudging::kForced : trips::SelfJudging::kRefused;
  request.budget = options.budget;
  request.seed = globals.seed;
  return request;
}

Result<int> ask_models(const Globals& globals, const LabelOptions& options) {
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  const trips::Config& config = loaded.config;
  const PaidStore open = TRY(open_paid_store(globals, config, absent_store(options)));
  trips::LabelRequest request = TRY(request_of(globals, options, open));
  const auto trip = TRY(trips::LabelTrip::prepare(std::move(request), config));
  const trips::LabelEstimate estimate = TRY(trip->estimate(*open.ledger));
  const bool is_agreed =
      TRY(agree(globals,
                {options.dry_run,
                 options.yes,
                 {estimate.calls(), estimate.cost(), config.currency},
                 [&] { return to_json(estimate, trip->judge(), config.currency); },
                 [&](std::FILE* stream) {
                   print_label_estimate(stream, estimate, trip->judge(), config.currency);
                 },
                 [&] { return trip->check_ready(); }}));
  if (!is_agreed) {
    return 0;
  }
  warn_of_equal_draws(options, config);
  const auto progress = make_progress(globals);
  const trips::LabelResult result = TRY(trip->run(*open.store, *open.ledger, *progress));
  if (!options.export_replies.empty()) {
    TRY(trip->export_replies(*open.ledger, options.export_replies));
  }
  if (!globals.json) {
    print_label_result(result, estimate, *trip, config.currency);
  }
  std::optional<label::LabelReport> report;
  if (options.report) {
    report = TRY(write_report(*open.store, trip->dataset().name, config, page_of(options)));
  }
  print_result(globals, options, to_json(result, estimate, *trip, config.currency), report);
  return exit_status_of(result.run);
}

Result<int> run_label(const Globals& globals, const LabelOptions& options) {
  if (!options.check_judge.empty()) {
    TRY(check_alone(options));
    return check_judge(
        globals,
        {options.check_judge, options.judge, options.budget, options.dry_run, options.yes});
  }
  TRY(check(options));
  return asks_nobody(options) ? report_alone(globals, options) : ask_models(globals, options);
}

}  // namespace

Run declare_label(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<LabelOptions>();
  verb.add_option("--dataset", options->dataset, "A collection of the store");
  verb.add_option(
      "--in", options->in, "Queries as JSONL: {\"prompt\", \"reference\"?, \"metric\"?, ...}");
  verb.add_option("--name", options->name, "The collection that --in becomes");
  verb.add_option("--models", options->models, "Who answers: a,b* (default: every model)")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb.add_option(
          "--score", options->score, "metric, judge, or both: the metric where it can be had")
      ->capture_default_str();
  verb.add_option("--judge", options->judge, "The model that scores (default: label.judge)");
  verb.add_flag("--force-judge",
                options->force_judge,
                "Let a model judge its own answers, and say so in the report");
  take_whole_number(
      verb.add_option("--draws", options->draws, "Replies of each model to each query")
          ->capture_default_str(),
      {1, 1000});
  take_number(
      verb.add_option("--budget",
                      options->budget,
                      "Stop this run before its calls are expected to come to more than this"),
      {0, 1e12});
  verb.add_flag("--dry-run", options->dry_run, "Say what there is to do and what it would cost");
  verb.add_flag("--yes", options->yes, "Spend without asking");
  verb.add_option(
      "--export-replies", options->export_replies, "Write the replies as replies.jsonl (.zst too)");
  verb.add_option(
      "--check-judge",
      options->check_judge,
      "Instead: ask the judge about replies with known scores and compare: a JSONL file "
      "of queries with model and reply, a folder of outcomes with its replies, or a "
      "collection");
  verb.add_flag("--report",
                options->report,
                "Cost and quality by model and level, as text and as a page; with --dataset alone "
                "nobody is asked");
  verb.add_option(
      "--report-out", options->report_out, "The page (default: label-report-NAME.html)");
  return interruptible([options, &globals] { return run_label(globals, *options); },
                       "what was answered is kept");
}

}  // namespace wend::cli
