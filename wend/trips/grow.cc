// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/grow.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "wend/base/hash.h"
#include "wend/text/routing_text.h"
#include "wend/trips/grow_observed.h"
#include "wend/trips/grow_place.h"
#include "wend/trips/manifest.h"
#include "wend/trips/synth_record.h"
#include "wend/trips/upkeep_tree.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

constexpr std::array<const char*, 3> kLevelWords = {"domain", "subcategory", "difficulty"};

/// A name that another branch of the collection does not get.
std::string collection_name(const GrowRequest& request) {
  constexpr std::size_t kDigits = 8;
  return fmt::format("{}-{}-{}",
                     request.dataset,
                     request.under.empty() ? "domains" : request.under,
                     base::sha256_hex(request.describe).substr(0, kDigits));
}

Status check_fits(const UpkeepArtifact& before, const Config& config) {
  for (const core::ModelCard& card : before.manifest.models) {
    if (std::ranges::find(config.models, card.id, &ModelConfig::id) == config.models.end()) {
      return fail(Code::kInvalidArgument,
                  "the artifact's model '{}' is not configured; expected it in `models` with its "
                  "upstream, since each of its models is asked",
                  card.id);
    }
  }
  const bool has_cost = before.table.columns.row(routers::Metric::kCost, 0).has_value();
  return has_cost && !before.manifest.normaliser.invertible()
             ? fail(Code::kFailedPrecondition,
                    "the artifact's normaliser has a scale for each group of its data; train with "
                    "--normaliser reference to add task types")
             : Status();
}

/// As the router read them, so that their vectors are at hand.
Result<std::vector<std::string>> questions_of(const std::vector<std::string>& collections,
                                              store::Store& store) {
  std::vector<std::string> questions;
  for (const std::string& collection : collections) {
    const data::Dataset dataset = TRY(store.load_dataset(collection));
    for (const core::QueryRecord& query : dataset.queries) {
      questions.push_back(text::routing_text(query.context, query.prompt));
    }
  }
  return questions;
}

/// Stands in for questions that are not written yet: what they take is guessed by the description.
data::Dataset placeholders(const GrowRequest& request, std::size_t count) {
  data::Dataset dataset;
  dataset.name = request.name;
  for (std::size_t i = 0; i < count; ++i) {
    core::QueryRecord query;
    query.id = std::to_string(i);
    query.prompt = fmt::format("{} ({})", request.describe, i);
    query.reference = request.describe;
    query.metric = "judge";
    dataset.queries.push_back(std::move(query));
  }
  data::order_by_ids(dataset);
  return dataset;
}

/// What of a tree lies below the node that the branch grew under.
Result<core::Taxonomy> branch_of(const core::Taxonomy& tree, const std::string& under) {
  if (under.empty()) {
    return tree;
  }
  const std::size_t top = *tree.find(under);
  std::vector<core::TaskNode> nodes;
  for (const std::size_t below : nodes_below(tree, top)) {
    if (below == top) {
      continue;
    }
    core::TaskNode node = tree.nodes()[below];
    // In pre-order the branch is one run of nodes right behind its top.
    node.parent = *node.parent == top ? std::nullopt : std::optional(*node.parent - top - 1);
    nodes.push_back(std::move(node));
  }
  return core::Taxonomy::build(std::move(nodes));
}

llm::RunReport joined(const llm::RunReport& writing, llm::RunReport answers) {
  answers.calls += writing.calls;
  answers.spent += writing.spent;
  return answers;
}

}  // namespace

bool GrowResult::is_whole() const {
  return answers && run.stopped == llm::StopReason::kNone && run.left.empty();
}

Result<std::unique_ptr<GrowTrip>> GrowTrip::prepare(GrowRequest request,
                                                    const ml::Artifact& artifact,
                                                    store::Store& store,
                                                    const Config& config) {
  UpkeepArtifact before = TRY(UpkeepArtifact::open(artifact));
  TRY(check_can_grow(before));
  TRY(check_fits(before, config));
  const Manifest manifest = TRY(parse_manifest(artifact.manifest_json));
  TextEmbedder embedder = TRY(TextEmbedder::open(encoder_folder(config.encoder)));
  if (manifest.encoder_sha256 != embedder.encoder_sha256()) {
    return fail(Code::kFailedPrecondition,
                "the artifact was trained on another encoder; set encoder.path to it");
  }
  if (request.dataset.empty()) {
    request.dataset = manifest.dataset;
  }
  if (request.name.empty()) {
    request.name = collection_name(request);
  }
  std::unique_ptr<GrowTrip> trip(
      new GrowTrip(std::move(request), std::move(before), std::move(embedder), config));
  TRY(trip->prepare_writing(store));
  return trip;
}

std::vector<std::string> GrowTrip::old_collections() const {
  std::vector<std::string> collections = branch_collections(before_);
  collections.insert(collections.begin(), request_.dataset);
  return collections;
}

Status GrowTrip::prepare_writing(store::Store& store) {
  GrowPlace place = TRY(grow_place(before_, request_.under, request_.at_most, config_.synth));
  place.branch.questions = TRY(questions_of(old_collections(), store));
  SynthRequest writing;
  writing.name = request_.name;
  writing.describe = request_.describe;
  writing.branch = std::move(place.branch);
  writing.generator = request_.generator;
  writing.shots = request_.shots;
  writing.profile_level = kLevelWords.at(static_cast<std::size_t>(place.end));
  writing.budget = request_.budget;
  writing.seed = request_.seed;
  writing.threads = request_.threads;
  writing_ = TRY(SynthTrip::prepare(std::move(writing), config_));
  return writing_->check_name(store);
}

Status GrowTrip::prepare_answers(data::Dataset questions, std::optional<double> budget) {
  LabelRequest answers;
  answers.dataset = std::move(questions);
  for (const core::ModelCard& card : before_.manifest.models) {
    answers.models.push_back(card.id);
  }
  answers.scoring = request_.scoring;
  answers.judge = request_.judge;
  answers.self_judging = request_.self_judging;
  answers.budget = budget;
  answers.seed = request_.seed;
  answers_ = TRY(LabelTrip::prepare(std::move(answers), config_));
  return {};
}

Result<GrowEstimate> GrowTrip::estimate(core::CallLedger& ledger, store::Store& store) {
  GrowEstimate estimate;
  estimate.writing = TRY(writing_->estimate(ledger, &store));
  const std::optional<synth::Synthesis> known = TRY(writing_->known());
  estimate.is_known = known.has_value();
  TRY(prepare_answers(
      known ? dataset_of(*known, request_.name) : placeholders(request_, estimate.writing.pairs),
      request_.budget));
  estimate.answers = TRY(answers_->estimate(ledger));
  return estimate;
}

Status GrowTrip::check_ready() {
  TRY(writing_->check_ready());
  return answers_->check_ready();
}

Result<GrowResult> GrowTrip::run(store::Store& store,
                                 core::CallLedger& ledger,
                                 base::Progress& progress) {
  GrowResult result;
  result.writing = TRY(writing_->run(store, ledger, progress));
  result.run = result.writing.run;
  if (!result.writing.synthesis) {
    return result;
  }
  std::optional<double> left = request_.budget;
  if (left) {
    left = std::max(0.0, *left - result.run.spent);
  }
  data::Dataset questions = TRY(store.load_dataset(request_.name));
  questions.outcomes.clear();
  TRY(prepare_answers(std::move(questions), left));
  TRY(answers_->estimate(ledger));
  result.answers = TRY(answers_->run(store, ledger, progress));
  result.run = joined(result.run, result.answers->run);
  return result;
}

Result<Growth> GrowTrip::growth(store::Store& store) {
  const data::Dataset collection = TRY(store.load_dataset(request_.name));
  Growth growth;
  growth.under = request_.under;
  growth.collection = request_.name;
  growth.branch = TRY(branch_of(collection.taxonomy, request_.under));
  if (collection.queries.empty()) {
    return fail(Code::kFailedPrecondition,
                "no question of the new branch was kept: what '{}' holds is what the generator "
                "says of it, too; describe it otherwise, or ask for more --shots",
                request_.dataset);
  }
  TRY(put_observed(before_, collection, growth));
  if (std::ranges::all_of(growth.count.values(), [](float count) { return count == 0; })) {
    return fail(Code::kFailedPrecondition,
                "no answer in '{}' has a score, so that nothing is known of the new task types",
                request_.name);
  }
  const core::Taxonomy grown =
      with_branch(before_.manifest.taxonomy, request_.under, growth.branch);
  std::vector<std::string> texts;
  for (const std::size_t leaf : growth.branch.leaves()) {
    texts.push_back(grown.profile_text(*grown.find(growth.branch.nodes()[leaf].id)));
  }
  growth.profiles = data::Embeddings::from_pooled(
      TRY(embedder_.pooled(texts, &store, request_.threads, nullptr)));
  std::set<std::string> learnt;
  for (const core::QueryRecord& query : collection.queries) {
    learnt.insert(
        base::sha256_hex(text::normalised_text(text::routing_text(query.context, query.prompt))));
  }
  growth.text_sha256.assign(learnt.begin(), learnt.end());
  return growth;
}

}  // namespace wend::trips
