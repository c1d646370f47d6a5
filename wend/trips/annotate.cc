// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/annotate.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "wend/base/stop.h"
#include "wend/base/template.h"
#include "wend/data/training_set.h"
#include "wend/llm/prompt_texts.h"
#include "wend/store/task_files.h"
#include "wend/text/routing_text.h"
#include "wend/trips/embeddings.h"
#include "wend/trips/spending_progress.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

constexpr std::size_t kShortlisted = 10;

Result<label::Annotator> annotator_of(const Config& config,
                                      const llm::AskedModel& model,
                                      std::size_t most) {
  const llm::PromptTexts texts = TRY(llm::prompt_texts(config.prompts.folder));
  label::Annotator annotator;
  annotator.partner.model = model;
  annotator.partner.parameters.max_tokens = config.label.annotator_max_tokens;
  annotator.partner.parameters.temperature = 0;
  annotator.partner.parameters.extra_json = config.label.annotator_parameters;
  annotator.partner.again = texts.at("annotate_again");
  annotator.most = most;
  annotator.prompt =
      config.prompts.annotate.empty()
          ? texts.at(most == 1 ? "annotate" : "annotate_several")
          : TRY(base::read_template(
                "prompts.annotate", config.prompts.annotate, {"question", "options"}));
  return annotator;
}

double dot(std::span<const float> a, std::span<const float> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// The leaves next to each query by the cosine of their vectors, nearest first.
Result<std::vector<std::vector<std::size_t>>> shortlists_of(const AnnotateRequest& request,
                                                            const Config& config,
                                                            store::Store& store,
                                                            base::Progress& progress) {
  TextEmbedder embedder = TRY(TextEmbedder::open(encoder_folder(config.encoder)));
  const std::vector<std::size_t> leaves = request.taxonomy.leaves();
  std::vector<std::string> profiles;
  for (const std::size_t leaf : leaves) {
    profiles.push_back(request.taxonomy.profile_text(leaf));
  }
  std::vector<std::string> texts;
  for (const core::QueryRecord& query : request.dataset.queries) {
    texts.push_back(text::routing_text(query.context, query.prompt));
  }
  const auto nodes = data::Embeddings::from_pooled(
      TRY(embedder.pooled(profiles, &store, request.threads, &progress)));
  const auto queries = data::Embeddings::from_pooled(
      TRY(embedder.pooled(texts, &store, request.threads, &progress)));
  std::vector<std::vector<std::size_t>> shortlists;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::vector<std::pair<double, std::size_t>> near;  // Cosine, negative, and leaf.
    for (std::size_t j = 0; j < leaves.size(); ++j) {
      near.emplace_back(-dot(queries.unit.row(i), nodes.unit.row(j)), leaves[j]);
    }
    const auto count = static_cast<std::ptrdiff_t>(std::min(kShortlisted, near.size()));
    std::partial_sort(near.begin(), near.begin() + count, near.end());
    std::vector<std::size_t>& shortlist = shortlists.emplace_back();
    std::transform(near.begin(), near.begin() + count, std::back_inserter(shortlist), [](auto& n) {
      return n.second;
    });
  }
  return shortlists;
}

void count_ends(const std::vector<label::Annotation>& annotations, AnnotateResult& result) {
  for (std::size_t query = 0; query < annotations.size(); ++query) {
    const label::Annotation& annotation = annotations[query];
    result.labelled += annotation.end == label::AnnotationEnd::kLabelled ? 1 : 0;
    result.none += annotation.end == label::AnnotationEnd::kNone ? 1 : 0;
    result.unreadable += annotation.end == label::AnnotationEnd::kUnreadable ? 1 : 0;
    result.failed += annotation.end == label::AnnotationEnd::kFailed ? 1 : 0;
    result.partial += annotation.is_partial && !annotation.labels.empty() ? 1 : 0;
    result.asked_again += annotation.again;
    for (const label::WeightedNode& label : annotation.labels) {
      result.labels.push_back({static_cast<std::uint32_t>(query),
                               static_cast<std::uint32_t>(label.node),
                               static_cast<float>(label.weight)});
    }
  }
}

}  // namespace

Result<core::Taxonomy> find_taxonomy(const TaxonomySource& source,
                                     const data::Dataset& dataset,
                                     store::Store& store) {
  const int named = (source.folder.empty() ? 0 : 1) + (source.file.empty() ? 0 : 1) +
                    (source.collection.empty() ? 0 : 1);
  if (named > 1) {
    return fail(Code::kInvalidArgument,
                "expected one of --tasks DIR, --taxonomy FILE and --from DATASET");
  }
  if (!source.folder.empty()) {
    return store::read_taxonomy(source.folder + "/taxonomy.json");
  }
  if (!source.file.empty()) {
    return store::read_taxonomy(source.file);
  }
  core::Taxonomy taxonomy = source.collection.empty()
                                ? dataset.taxonomy
                                : TRY(store.load_dataset(source.collection)).taxonomy;
  if (taxonomy.empty()) {
    return fail(Code::kFailedPrecondition,
                "data set '{}': it has no task types to choose from; expected --tasks DIR, "
                "--taxonomy FILE or --from DATASET",
                source.collection.empty() ? dataset.name : source.collection);
  }
  return taxonomy;
}

Result<std::unique_ptr<AnnotateTrip>> AnnotateTrip::prepare(AnnotateRequest request,
                                                            const Config& config,
                                                            store::Store& store,
                                                            core::CallLedger& ledger,
                                                            base::Progress& progress) {
  const std::string& wanted = request.model.empty() ? config.label.annotator : request.model;
  if (wanted.empty()) {
    return fail(Code::kInvalidArgument,
                "no model to ask: expected --model MODEL, or label.annotator in the configuration");
  }
  LaneBook lanes(config, patience_of(config.label));
  const ModelConfig* const model = TRY(find_asked_model(config, "--model", wanted));
  const llm::AskedModel asked = TRY(lanes.add(*model));
  std::unique_ptr<AnnotateTrip> trip(new AnnotateTrip());
  trip->annotator_ = TRY(annotator_of(config, asked, request.most));
  trip->missing_key_ = lanes.missing_key();
  trip->lanes_ = std::move(lanes).take_lanes();
  trip->currency_ = config.currency;
  label::Shortlist shortlist;
  if (request.method == AnnotateMethod::kShortlist) {
    trip->shortlists_ = TRY(shortlists_of(request, config, store, progress));
    shortlist = [&lists = trip->shortlists_](std::size_t query) { return lists[query]; };
  }
  trip->request_ = std::move(request);
  trip->items_ = std::make_unique<label::AnnotateItems>(ledger,
                                                        trip->annotator_,
                                                        trip->request_.taxonomy,
                                                        trip->request_.dataset.queries,
                                                        std::move(shortlist));
  trip->run_ = std::make_unique<llm::DialogueRun>(
      *trip->items_, trip->annotator_.partner, trip->request_.seed);
  return trip;
}

Status AnnotateTrip::check_ready() const {
  if (missing_key_) {
    return tl::unexpected(*missing_key_);
  }
  return request_.budget ? check_priced(annotator_.partner.model) : Status();
}

Result<AnnotateResult> AnnotateTrip::run(core::CallLedger& ledger, base::Progress& progress) {
  run_->tell_to(spending_teller(progress, currency_));
  progress.start("annotate", items_->count());
  AnnotateResult result;
  result.run = llm::run_calls(*run_, ledger, lanes_, {request_.budget, request_.seed});
  progress.finish();
  if (result.run.error) {
    return tl::unexpected(*result.run.error);
  }
  if (!base::check_stop() && result.run.stopped == llm::StopReason::kNone) {
    result.run.stopped = llm::StopReason::kUser;
  }
  result.calls = run_->tally();
  count_ends(items_->annotations(), result);
  result.agreement =
      label::agreement_with(request_.dataset, request_.taxonomy, items_->annotations());
  return result;
}

data::Dataset AnnotateTrip::with_labels(std::vector<core::TaskLabel> labels) const {
  data::Dataset dataset;
  dataset.name = request_.dataset.name;
  dataset.queries = request_.dataset.queries;
  dataset.taxonomy = request_.taxonomy;
  dataset.labels = std::move(labels);
  return dataset;
}

}  // namespace wend::trips
