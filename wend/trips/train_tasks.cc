// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/train_tasks.h"

#include <utility>

#include "wend/routers/finerouter/options.h"

namespace wend::trips {

using base::Result;
using routers::DiscoveryChoice;
using routers::TaskSource;

namespace {

/// Each is a copy of the fold: routers of a table share a few, and trials that tune have as many as
/// there are trials.
constexpr std::size_t kMostKept = 4;

TaskMethod method_of(TaskSource source, TasksFrom from) {
  switch (source) {
    case TaskSource::kAuto:
      return from == TasksFrom::kFolder ? TaskMethod::kGiven : TaskMethod::kDiscover;
    case TaskSource::kDiscover:
      return TaskMethod::kDiscover;
    case TaskSource::kGiven:
      return TaskMethod::kGiven;
    case TaskSource::kKmeans:
      return TaskMethod::kKmeans;
    case TaskSource::kCoarse:
      return TaskMethod::kCoarse;
  }
  return TaskMethod::kDiscover;
}

TaskFinding finding_of(const DiscoveryChoice& choice, TasksFrom from) {
  TaskFinding finding;
  finding.method = method_of(choice.tasks, from);
  finding.vectors = choice.encodings == routers::TaskEncodings::kCentres ? TaskVectors::kCentres
                                                                         : TaskVectors::kSummaries;
  finding.clusters = choice.clusters;
  finding.discovery.coverage = choice.coverage;
  discover::CommunityOptions& communities = finding.discovery.communities;
  communities.knn.k = choice.k;
  communities.evidence =
      choice.rbo ? discover::EdgeEvidence::kMeaningAndRanking : discover::EdgeEvidence::kMeaning;
  communities.rbo_p = choice.rbo_p;
  communities.rbo_percentile = choice.rbo_percentile;
  communities.rbo_threshold = choice.rbo_threshold;
  communities.objective = choice.objective == routers::DiscoveryObjective::kCpm
                              ? discover::Objective::kCpm
                              : discover::Objective::kModularity;
  communities.resolution = choice.resolution;
  communities.iterations = static_cast<int>(choice.iterations);
  communities.finer = choice.finer;
  communities.enough = choice.enough;
  communities.min_size = choice.min_size;
  return finding;
}

/// What a finding goes by, as a key.
std::string key_of(const TaskFinding& finding) {
  const discover::CommunityOptions& c = finding.discovery.communities;
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {}",
                     static_cast<int>(finding.method),
                     static_cast<int>(finding.vectors),
                     finding.clusters,
                     c.knn.k,
                     static_cast<int>(c.evidence),
                     c.rbo_p,
                     c.rbo_percentile,
                     c.rbo_threshold.value_or(-1),
                     static_cast<int>(c.objective),
                     c.resolution,
                     c.finer,
                     c.enough,
                     c.iterations,
                     c.min_size,
                     finding.discovery.coverage);
}

std::string undivided_note(const routers::RouterSpec& spec, const eval::Fold& fold) {
  return fmt::format(
      "seed {}{}: no task type of enough prompts was found, so all prompts are one; "
      "import more queries{}",
      fold.seed,
      fold.held_out.empty() ? "" : " without " + fold.held_out,
      routers::is_finerouter(spec.name) ? " or lower min_size" : "");
}

}  // namespace

Result<std::optional<TaskFinding>> task_finding(const routers::RouterSpec& spec, TasksFrom from) {
  if (routers::is_finerouter(spec.name)) {
    const auto options = TRY(routers::FineRouterOptions::parse(spec));
    return options.has_tasks() ? std::optional(finding_of(options.discovery, from)) : std::nullopt;
  }
  if (spec.name == "trouter" && from == TasksFrom::kDiscovery) {
    return finding_of(DiscoveryChoice{}, from);
  }
  return std::nullopt;
}

bool wants_kinds(const routers::RouterSpec& spec) {
  const auto finding = task_finding(spec, TasksFrom::kCollection);
  // What is wrong with a SPEC is said when it is trained.
  return finding && *finding && (*finding)->method == TaskMethod::kCoarse;
}

Result<const TaskFold*> FoldTasks::of(const routers::RouterSpec& spec, base::Progress* progress) {
  const std::optional<TaskFinding> finding = TRY(task_finding(spec, prepared_.tasks_from));
  if (!finding) {
    return nullptr;
  }
  const std::string key = key_of(*finding);
  auto found = found_.find(key);
  if (found == found_.end()) {
    if (found_.size() == kMostKept) {
      found_.clear();
    }
    found = found_.emplace(key, TRY(find(*finding, progress))).first;
  }
  return &found->second;
}

Result<FittedRouter> FoldTasks::fit(const routers::RouterSpec& spec, base::Progress* progress) {
  const TaskFold* with_tasks = TRY(of(spec, progress));
  const TrainingFold& fold = with_tasks == nullptr ? fold_ : with_tasks->fold;
  FittedRouter fitted = TRY(fit_router({spec,
                                        prepared_,
                                        fold,
                                        with_tasks == nullptr ? nullptr : &with_tasks->candidates,
                                        threads_,
                                        progress}));
  if (with_tasks != nullptr && with_tasks->is_undivided) {
    fitted.note = undivided_note(spec, fold_.fold);
  }
  return fitted;
}

Result<TaskFold> FoldTasks::find(const TaskFinding& finding, base::Progress* progress) const {
  const VectorsByText* descriptions =
      prepared_.description_vectors.empty() ? nullptr : &prepared_.description_vectors;
  const TextsByHash texts = prompt_texts(prepared_);
  const EmbedTexts* const embed = prepared_.embed ? &prepared_.embed : nullptr;
  const TaskMaterial material{
      fold_.set, descriptions, &prepared_.kind_embeddings, &texts, embed, threads_, progress};
  FoundTasks found = TRY(find_tasks(material, finding));
  const bool is_undivided = found.discovered.tasks.empty();
  if (is_undivided) {  // A table goes on all the same.
    found = TRY(find_tasks(material, {TaskMethod::kOne, finding.vectors, 0, finding.discovery}));
  }
  TaskFold with_tasks{fold_, found.candidates(), is_undivided};
  put_tasks(found, with_tasks.fold.set);
  return with_tasks;
}

}  // namespace wend::trips
