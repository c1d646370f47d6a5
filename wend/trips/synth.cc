// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/synth.h"

#include <algorithm>
#include <utility>

#include "wend/base/suggest.h"
#include "wend/synth/profile.h"
#include "wend/synth/seed_domains.h"
#include "wend/trips/lanes.h"
#include "wend/trips/question_vectors.h"
#include "wend/trips/spending_progress.h"
#include "wend/trips/synth_record.h"
#include "wend/trips/synth_writer.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

std::size_t count(std::int64_t value) {
  return static_cast<std::size_t>(value);
}

/// The domains to begin with: the configuration's, or the common ones.
synth::NodeSet known_domains(const SynthConfig& config) {
  synth::NodeSet domains;
  domains.reserve(config.domains.size());
  for (const DomainConfig& domain : config.domains) {
    domains.push_back({domain.name,
                       domain.definition,
                       domain.example.empty() ? domain.definition : domain.example});
  }
  return domains.empty() ? synth::seed_domains() : domains;
}

Result<synth::NodeSet> chosen_domains(const std::vector<std::string>& names,
                                      const synth::NodeSet& known) {
  std::vector<std::string> known_names;
  known_names.reserve(known.size());
  for (const synth::NodeDraft& domain : known) {
    known_names.push_back(domain.name);
  }
  synth::NodeSet chosen;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(known, name, &synth::NodeDraft::name);
    if (found == known.end()) {
      return fail(Code::kInvalidArgument,
                  "--domains: unknown domain '{}'{}; expected names of synth.domains, which are {}",
                  name,
                  base::did_you_mean(name, known_names),
                  fmt::join(known_names, ", "));
    }
    if (std::ranges::find(chosen, *found) == chosen.end()) {
      chosen.push_back(*found);
    }
  }
  return chosen;
}

Status put_domains(const SynthRequest& request,
                   const SynthConfig& config,
                   synth::Settings& settings) {
  settings.branch = request.branch;
  settings.max_domains = count(config.max_domains);
  settings.max_new_domains = count(config.max_new_domains);
  if (request.branch || !request.describe.empty()) {
    settings.description = request.describe;
    return {};
  }
  settings.domains = known_domains(config);
  if (!request.domains.empty()) {
    settings.domains = TRY(chosen_domains(request.domains, settings.domains));
    settings.max_new_domains = 0;
  }
  return {};
}

Result<synth::Settings> settings_of(const SynthRequest& request, const Config& config) {
  const SynthConfig& from = config.synth;
  synth::Settings settings;
  TRY(put_domains(request, from, settings));
  settings.max_subcategories = count(from.max_subcategories);
  settings.max_levels = count(from.max_levels);
  const std::string& level =
      request.profile_level.empty() ? from.profile_level : request.profile_level;
  const auto parsed = synth::parse_level(level);
  if (!parsed) {
    return fail(Code::kInvalidArgument,
                "--profile-level {}: expected domain, subcategory or difficulty",
                level);
  }
  settings.profile_level = *parsed;
  settings.gate = {count(from.stable_rounds), count(from.max_rounds)};
  settings.qa.shots = request.shots ? *request.shots : count(from.shots);
  settings.qa.batch = count(from.batch);
  settings.qa.extra_batches = count(from.extra_batches);
  settings.qa.most_alike = from.most_alike;
  settings.most_alike_across = from.most_alike_across;
  settings.seed = request.seed;
  settings.prompts = TRY(synth::Prompts::with_folder(config.prompts.folder));
  return settings;
}

}  // namespace

SynthTrip::SynthTrip(SynthRequest request, synth::Settings settings, synth::Generator generator)
    : request_(std::move(request)),
      settings_(std::move(settings)),
      generator_(std::move(generator)),
      plan_(std::make_unique<synth::Plan>(
          settings_, generator_, [this](const std::vector<std::string>& texts) {
            return embed(texts);
          })) {}

Result<std::unique_ptr<SynthTrip>> SynthTrip::prepare(SynthRequest request, const Config& config) {
  const std::string& asked = request.generator.empty() ? config.synth.generator : request.generator;
  if (asked.empty()) {
    return fail(Code::kInvalidArgument,
                "no model to write with: expected --generator MODEL, or synth.generator");
  }
  SynthWriter writer = TRY(synth_writer(asked, config));
  synth::Settings settings = TRY(settings_of(request, config));
  settings.form = writer.form;
  std::unique_ptr<SynthTrip> trip(
      new SynthTrip(std::move(request), std::move(settings), std::move(writer.generator)));
  trip->lanes_ = std::move(writer.lanes);
  trip->missing_key_ = std::move(writer.missing_key);
  trip->encoder_folder_ = encoder_folder(config.encoder);
  trip->currency_ = config.currency;
  return trip;
}

Status SynthTrip::check_name(store::Store& store) const {
  const std::vector<std::string> names = TRY(store.dataset_names());
  const bool is_there = std::ranges::find(names, request_.name) != names.end();
  const auto record = TRY(store.find_synthesis(request_.name));
  if (!record) {
    return is_there ? fail(Code::kAlreadyExists,
                           "collection '{}' is there and was not synthesised; name another with "
                           "--name",
                           request_.name)
                    : Status();
  }
  const auto others = TRY(other_inputs(*record, settings_, generator_));
  return !is_there || others.empty()
             ? Status()
             : fail(Code::kAlreadyExists,
                    "collection '{}' was synthesised from other inputs ({}); name another with "
                    "--name",
                    request_.name,
                    fmt::join(others, ", "));
}

Result<TextEmbedder*> SynthTrip::embedder() {
  if (!embedder_) {
    embedder_ = TRY(TextEmbedder::open(encoder_folder_));
  }
  return &*embedder_;
}

Result<base::Matrix> SynthTrip::embed(const std::vector<std::string>& texts) {
  TextEmbedder* const encoder = TRY(embedder());
  return question_vectors(texts, *encoder, store_, request_.threads, nullptr);
}

Result<synth::Estimate> SynthTrip::estimate(core::CallLedger& ledger, store::Store* store) {
  store_ = store;
  TRY(plan_->replay(ledger));
  synth::Estimate estimate = plan_->estimate();
  expected_calls_ = estimate.calls;
  return estimate;
}

Result<std::optional<synth::Synthesis>> SynthTrip::known() const {
  std::optional<synth::Synthesis> synthesis;
  if (plan_->is_whole()) {
    synthesis = TRY(plan_->result());
  }
  return synthesis;
}

Status SynthTrip::check_ready() {
  if (missing_key_) {
    return tl::unexpected(*missing_key_);
  }
  if (request_.budget) {
    TRY(check_priced(generator_));
  }
  return embedder().map([](TextEmbedder*) {});
}

std::string SynthTrip::note(const llm::RunReport& report) const {
  const synth::Standing& standing = plan_->standing();
  return fmt::format("{} task types, {} of {} filled, {} pairs, {} tokens, {}",
                     standing.nodes,
                     standing.leaves_done,
                     standing.leaves,
                     standing.pairs,
                     standing.input_tokens + standing.output_tokens,
                     spent_so_far(report, currency_));
}

Result<SynthResult> SynthTrip::run(store::Store& store,
                                   core::CallLedger& ledger,
                                   base::Progress& progress) {
  store_ = &store;
  std::size_t told = 0;
  plan_->tell_to([&](const llm::RunReport& report) {
    progress.note(note(report));
    const std::size_t now = std::min(report.done + report.failed, expected_calls_);
    progress.advance(now - std::exchange(told, now));
  });
  progress.start("synth", expected_calls_);
  SynthResult result;
  result.run = llm::run_calls(*plan_, ledger, lanes_, {request_.budget, request_.seed});
  progress.finish();
  if (result.run.error) {
    return tl::unexpected(*result.run.error);
  }
  result.standing = plan_->standing();
  result.reused = plan_->reused() + result.run.reused;
  if (plan_->is_whole()) {
    result.synthesis = TRY(plan_->result());
    result.taken_out = TRY(write(*result.synthesis, store));
  }
  return result;
}

/// The record first: a collection without one would be taken for somebody else's.
Result<TakenOut> SynthTrip::write(const synth::Synthesis& synthesis, store::Store& store) const {
  const data::Dataset made = dataset_of(synthesis, request_.name);
  const std::vector<std::string> names = TRY(store.dataset_names());
  data::Dataset before;
  if (std::ranges::find(names, request_.name) != names.end()) {
    before = TRY(store.load_dataset(request_.name));
  }
  const std::vector<std::string> gone = no_longer_made(before, made);
  TRY(store.put_synthesis(request_.name, record_of(synthesis, settings_, generator_)));
  TRY(store.replace_queries(made, gone));
  return TakenOut{gone.size(), count_answered(before, gone)};
}

}  // namespace wend::trips
