// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/cli/data_options.h"
#include "wend/cli/label_summary.h"
#include "wend/cli/spend.h"
#include "wend/cli/taxonomy_changes.h"
#include "wend/cli/train_verbs.h"
#include "wend/trips/artifact_place.h"
#include "wend/trips/train_onboard.h"

namespace wend::cli {

using base::Result;
using base::Status;
using Json = nlohmann::ordered_json;

namespace {

/// The collection's rows, also those that lack some model.
Result<trips::PreparedData> prepare_rows(const Globals& globals,
                                         const ModelsAddOptions& options,
                                         const trips::Config& config) {
  DataOptions data;
  data.dataset = options.dataset;
  DataChoice choice = TRY(resolve(data, config));
  choice.missing = data::MissingCells::kKeep;
  const auto progress = make_progress(globals);
  DataSource source = TRY(open_source(globals, config, progress.get()));
  return prepare(source, data, choice);
}

Json gain_json(const trips::ExpectedGain& gain) {
  return {{"gain", gain.gain}, {"ci", {gain.ci.low, gain.ci.high}}, {"share", gain.share}};
}

Json to_json(const trips::OnboardReport& report,
             const trips::LabelResult& labelled,
             const ModelsAddOptions& options,
             const std::string& currency) {
  Json gains = Json::object();
  for (const trips::PreferenceGain& gain : report.gains) {
    gains[gain.name] = gain_json(gain.expected);
  }
  return {{"artifact", report.upkept.id},
          {"model", options.model},
          {"probes", report.scored},
          {"calls", labelled.run.calls},
          {"spent", labelled.run.spent},
          {"currency", currency},
          {"validation", report.validation},
          {"gain", gains.empty() ? Json() : std::move(gains)},
          {"changed", changes_json(report.upkept.changed)}};
}

void print_for_a_person(const trips::OnboardReport& report,
                        const trips::LabelResult& labelled,
                        const ModelsAddOptions& options,
                        const std::string& currency) {
  fmt::print("{}: {} joins as {}, judged by {} queries ({} calls, {:.4g} {})\n",
             options.out,
             options.model,
             report.upkept.id,
             report.scored,
             labelled.run.calls,
             labelled.run.spent,
             currency);
  for (const trips::PreferenceGain& gain : report.gains) {
    fmt::print(
        "{:>9}: expected gain {:+.4f} [{:+.4f}, {:+.4f}] of utility, {:.0f} % of the "
        "queries go to it\n",
        gain.name,
        gain.expected.gain,
        gain.expected.ci.low,
        gain.expected.ci.high,
        100 * gain.expected.share);
  }
  if (report.gains.empty()) {
    fmt::print("No expected gain: '{}' has no validation query of the artifact.\n",
               options.dataset);
  }
  fmt::print(
      "Where it is worth it: wend label --dataset {} --models {} asks it the rest (what was "
      "answered is not asked again), and wend train learns from all.\n",
      options.dataset,
      options.model);
}

/// What was stopped keeps its replies and leaves the artifact for the next run.
int print_stopped(const Globals& globals, const trips::LabelResult& labelled) {
  if (globals.json) {
    print_json({{"artifact", nullptr},
                {"calls", labelled.run.calls},
                {"spent", labelled.run.spent},
                {"stopped", stop_reason(labelled.run)},
                {"left", left_to_json(labelled.run.left)}});
  } else {
    fmt::print("stopped ({}) before all probes were answered; the same command goes on from here\n",
               stop_reason(labelled.run));
  }
  return exit_status_of(labelled.run);
}

std::string plan_of(const trips::LabelEstimate& estimate, const std::string& currency) {
  return fmt::format("{} probes, {} answered already; {} calls to make: about {:.4g} {}\n",
                     estimate.answers.cells,
                     estimate.answers.reused,
                     estimate.calls(),
                     estimate.cost(),
                     currency);
}

/// Nothing where it is a dry run.
Result<std::optional<trips::LabelResult>> ask(const Globals& globals,
                                              const ModelsAddOptions& options,
                                              const std::string& currency,
                                              const PaidStore& open,
                                              trips::LabelTrip& label) {
  const trips::LabelEstimate estimate = TRY(label.estimate(*open.ledger));
  const bool is_agreed =
      TRY(agree(globals,
                {options.dry_run,
                 options.yes,
                 {estimate.calls(), estimate.cost(), currency},
                 [&] { return cli::to_json(estimate, nullptr, currency); },
                 [&](std::FILE* stream) { fmt::print(stream, "{}", plan_of(estimate, currency)); },
                 [&] { return label.check_ready(); }}));
  if (!is_agreed) {
    return std::nullopt;
  }
  const auto progress = make_progress(globals);
  return TRY(label.run(*open.store, *open.ledger, *progress));
}

}  // namespace

Result<int> run_models_add(const Globals& globals, const ModelsAddOptions& options) {
  TRY(trips::check_artifact_folder(options.out));
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  const ml::Artifact artifact = TRY(ml::read_artifact(options.artifact));
  trips::PreparedData prepared = TRY(prepare_rows(globals, options, loaded.config));
  const PaidStore open = TRY(open_paid_store(globals, loaded.config, AbsentStore::kRefuse));
  const data::Dataset dataset = TRY(open.store->load_dataset(options.dataset));
  const trips::OnboardRequest request = {
      options.model, options.probes, options.budget, globals.seed, globals.threads};
  const auto trip = TRY(
      trips::OnboardTrip::prepare(request, artifact, dataset, std::move(prepared), loaded.config));
  const std::optional<trips::LabelResult> asked =
      TRY(ask(globals, options, loaded.config.currency, open, trip->label()));
  if (!asked) {
    return 0;
  }
  const trips::LabelResult& labelled = *asked;
  if (stop_reason(labelled.run) != nullptr) {
    return print_stopped(globals, labelled);
  }
  const trips::OnboardReport report = TRY(trip->learn(*open.store));
  TRY(ml::write_artifact(report.upkept.artifact, options.out));
  TRY(trips::point_latest_at(options.out));
  if (globals.json) {
    print_json(to_json(report, labelled, options, loaded.config.currency));
  } else {
    print_for_a_person(report, labelled, options, loaded.config.currency);
  }
  return 0;
}

}  // namespace wend::cli
