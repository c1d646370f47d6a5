// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/synth_audit.h"

#include <algorithm>
#include <map>
#include <utility>

#include "wend/label/match_answer.h"
#include "wend/synth/redundancy.h"
#include "wend/text/routing_text.h"
#include "wend/trips/comparing_metric.h"
#include "wend/trips/lanes.h"
#include "wend/trips/question_vectors.h"
#include "wend/trips/spending_progress.h"
#include "wend/trips/synth_writer.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

constexpr std::size_t kNoLeaf = static_cast<std::size_t>(-1);

/// The heaviest label of each query; kNoLeaf where it has none.
std::vector<std::size_t> leaves_of(const data::Dataset& dataset) {
  std::vector<std::size_t> leaves(dataset.queries.size(), kNoLeaf);
  std::vector<float> weights(dataset.queries.size(), 0);
  for (const core::TaskLabel& label : dataset.labels) {
    if (label.weight > weights[label.query]) {
      weights[label.query] = label.weight;
      leaves[label.query] = label.node;
    }
  }
  return leaves;
}

/// Where a node stands among the levels of its subcategory.
std::string difficulty_of(const core::Taxonomy& taxonomy, std::size_t node) {
  constexpr std::size_t kDepth = 2;
  const auto& nodes = taxonomy.nodes();
  if (nodes[node].level < kDepth) {
    return "-";
  }
  std::vector<std::size_t> siblings;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].parent == nodes[node].parent) {
      siblings.push_back(i);
    }
  }
  if (siblings.size() > 1 && node == siblings.front()) {
    return "easy";
  }
  return siblings.size() > 1 && node == siblings.back() ? "hard" : "medium";
}

std::string question_of(const core::QueryRecord& query) {
  return text::routing_text(query.context, query.prompt);
}

/// Whether the auditor wrote the answers itself. That is refused where there is another to ask:
/// a model seldom finds its own mistakes.
Result<bool> wrote_itself(const Config& config,
                          const std::string& auditor,
                          const std::string& writer) {
  const ModelConfig* const asked = TRY(find_asked_model(config, "model", auditor));
  const auto written_by = std::ranges::find(config.models, writer, &ModelConfig::id);
  const bool is_same = auditor == writer ||
                       (written_by != config.models.end() && is_same_model(*asked, *written_by));
  std::vector<std::string> others;
  for (const ModelConfig& model : config.models) {
    if (!model.upstream.empty() && !is_same_model(model, *asked)) {
      others.push_back(model.id);
    }
  }
  if (is_same && !others.empty()) {
    return fail(Code::kInvalidArgument,
                "'{}' wrote these answers itself, and a model seldom finds its own mistakes; "
                "expected another in --generator or synth.auditor, as {}",
                auditor,
                fmt::join(others, ", "));
  }
  return is_same;
}

}  // namespace

AuditTrip::AuditTrip(AuditRequest request, synth::Generator auditor)
    : request_(std::move(request)),
      auditor_(std::move(auditor)),
      leaf_of_(leaves_of(request_.dataset)) {}

Result<std::unique_ptr<AuditTrip>> AuditTrip::prepare(AuditRequest request, const Config& config) {
  std::string model = request.auditor;
  for (const std::string& other : {config.synth.auditor, config.synth.generator}) {
    model = model.empty() ? other : model;
  }
  if (model.empty()) {
    return fail(Code::kInvalidArgument,
                "no model to look answers over with: expected --generator MODEL, or synth.auditor");
  }
  if (request.dataset.labels.empty()) {
    return fail(Code::kFailedPrecondition,
                "'{}' has no task types to count by; expected a collection with labels",
                request.dataset.name);
  }
  const bool is_same = TRY(wrote_itself(config, model, request.writer));
  SynthWriter writer = TRY(synth_writer(model, config));
  writer.generator.parameters.temperature = 0;  // One opinion, and the same another time.
  const synth::Prompts prompts = TRY(synth::Prompts::with_folder(config.prompts.folder));
  std::unique_ptr<AuditTrip> trip(new AuditTrip(std::move(request), std::move(writer.generator)));
  trip->lanes_ = std::move(writer.lanes);
  trip->missing_key_ = std::move(writer.missing_key);
  trip->encoder_folder_ = encoder_folder(config.encoder);
  trip->currency_ = config.currency;
  trip->is_same_model_ = is_same;
  trip->most_alike_ = config.synth.most_alike;
  trip->most_alike_across_ = config.synth.most_alike_across;
  trip->choose_items(prompts, writer.form);
  return trip;
}

void AuditTrip::choose_items(const synth::Prompts& prompts, synth::Form form) {
  std::map<std::size_t, std::size_t> chosen;  // Of each leaf.
  std::vector<synth::AuditItem> items;
  for (std::size_t i = 0; i < request_.dataset.queries.size(); ++i) {
    const core::QueryRecord& query = request_.dataset.queries[i];
    const bool is_wanted = leaf_of_[i] != kNoLeaf && !query.reference.empty() &&
                           (!request_.shots || chosen[leaf_of_[i]] < *request_.shots);
    if (!is_wanted) {
      continue;
    }
    ++chosen[leaf_of_[i]];
    audited_.push_back(i);
    metrics_.push_back(comparing_metric(query));
    items.push_back({question_of(query), query.reference, !metrics_.back().empty()});
  }
  plan_ = std::make_unique<synth::AuditPlan>(std::move(items), auditor_, prompts, form);
}

Result<synth::RoleCount> AuditTrip::estimate(core::CallLedger& ledger) {
  TRY(plan_->replay(ledger));
  return plan_->estimate();
}

Status AuditTrip::check_ready() const {
  if (missing_key_) {
    return tl::unexpected(*missing_key_);
  }
  return request_.budget ? check_priced(auditor_) : Status();
}

Result<AuditReport> AuditTrip::run(store::Store& store,
                                   core::CallLedger& ledger,
                                   base::Progress& progress) {
  AuditReport report;
  TRY(count_alike(store, progress, report));
  std::size_t told = 0;
  const std::size_t expected = plan_->estimate().calls;
  plan_->tell_to([&](const llm::RunReport& run) {
    progress.note(spent_so_far(run, currency_));
    const std::size_t now = std::min(run.done + run.failed, expected);  // Some are asked again.
    progress.advance(now - std::exchange(told, now));
  });
  progress.start("audit", expected);
  report.run = llm::run_calls(*plan_, ledger, lanes_, {request_.budget, request_.seed});
  progress.finish();
  if (report.run.error) {
    return tl::unexpected(*report.run.error);
  }
  count_right(report);
  report.reused = plan_->reused() + report.run.reused;
  report.malformed = plan_->malformed();
  report.is_whole = plan_->is_whole();
  return report;
}

AuditRow& AuditTrip::row_of(AuditReport& report, std::size_t query) const {
  const core::Taxonomy& taxonomy = request_.dataset.taxonomy;
  const std::string& domain = taxonomy.nodes()[taxonomy.ancestor_at(leaf_of_[query], 0)].name;
  const std::string difficulty = difficulty_of(taxonomy, leaf_of_[query]);
  const auto found = std::ranges::find_if(report.rows, [&](const AuditRow& row) {
    return row.domain == domain && row.difficulty == difficulty;
  });
  if (found != report.rows.end()) {
    return *found;
  }
  AuditRow row;
  row.domain = domain;
  row.difficulty = difficulty;
  return report.rows.emplace_back(std::move(row));
}

Status AuditTrip::count_alike(store::Store& store, base::Progress& progress, AuditReport& report) {
  std::vector<std::size_t> queries;
  std::vector<std::size_t> groups;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < leaf_of_.size(); ++i) {
    if (leaf_of_[i] != kNoLeaf) {
      queries.push_back(i);
      groups.push_back(leaf_of_[i]);
      texts.push_back(question_of(request_.dataset.queries[i]));
    }
  }
  // Rows in the order of the tree.
  std::vector<std::size_t> by_leaf = queries;
  std::ranges::stable_sort(by_leaf, {}, [&](std::size_t query) { return leaf_of_[query]; });
  for (const std::size_t query : by_leaf) {
    ++row_of(report, query).queries;
    ++report.total.queries;
  }
  TextEmbedder embedder = TRY(TextEmbedder::open(encoder_folder_));
  const base::Matrix vectors =
      TRY(question_vectors(texts, embedder, &store, request_.threads, &progress));
  const auto closest = TRY(synth::closest_of(vectors, groups, request_.threads));
  for (std::size_t i = 0; i < queries.size(); ++i) {
    AuditRow& row = row_of(report, queries[i]);
    const std::size_t within = closest[i].within.value_or(-1) > most_alike_ ? 1 : 0;
    const std::size_t across = closest[i].across.value_or(-1) > most_alike_across_ ? 1 : 0;
    row.alike_within += within;
    row.alike_across += across;
    report.total.alike_within += within;
    report.total.alike_across += across;
  }
  return {};
}

void AuditTrip::count_right(AuditReport& report) const {
  for (std::size_t i = 0; i < audited_.size(); ++i) {
    const synth::AuditFinding& finding = plan_->findings()[i];
    if (!finding.right && !finding.reply) {
      continue;
    }
    core::QueryRecord query = request_.dataset.queries[audited_[i]];
    const bool by_program = !metrics_[i].empty();
    query.metric = metrics_[i];
    const bool is_right =
        by_program ? label::match_answer(query, *finding.reply) > 0.5 : *finding.right;
    for (AuditRow* const row : {&row_of(report, audited_[i]), &report.total}) {
      ++row->audited;
      row->right += is_right ? 1 : 0;
      row->by_program += by_program ? 1 : 0;
    }
    if (!is_right) {
      report.wrong.push_back(query.id);
    }
  }
}

}  // namespace wend::trips
