// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/pipeline.h"

#include <utility>

#include "wend/discover/stopwatch.h"

namespace wend::discover {
namespace {

struct Outcomes {
  const base::Matrix& embeddings;
  const base::Matrix& qualities;
  const Rankings& rankings;
};

void describe(const Outcomes& outcomes, const DiscoverOptions& options, DiscoveredTask& task) {
  task.mean_quality = mean_qualities(outcomes.qualities, task.prompts);
  task.median_quality = median_qualities(outcomes.qualities, task.prompts);
  task.ranking =
      fuse_rankings(outcomes.rankings, task.prompts, task.mean_quality, options.communities.fuse_k);
  task.candidates = candidate_set(outcomes.rankings, task.prompts, task.ranking, options.coverage);
  if (!task.prompts.empty()) {
    task.centre.resize(outcomes.embeddings.columns());
    median_row(outcomes.embeddings, task.prompts, task.centre);
  }
}

}  // namespace

Discovered describe_tasks(const base::Matrix& embeddings,
                          const base::Matrix& qualities,
                          TaskAssignment assignment,
                          const DiscoverOptions& options) {
  Stopwatch watch;
  Discovered described;
  described.tasks.resize(assignment.count);
  for (std::size_t prompt = 0; prompt < assignment.task.size(); ++prompt) {
    const std::int32_t task = assignment.task[prompt];
    DiscoveredTask& of_prompt = task == Communities::kNoTask
                                    ? described.others
                                    : described.tasks[static_cast<std::size_t>(task)];
    of_prompt.prompts.push_back(static_cast<std::uint32_t>(prompt));
  }
  const Rankings rankings(qualities);
  for (DiscoveredTask& task : described.tasks) {
    describe({embeddings, qualities, rankings}, options, task);
  }
  describe({embeddings, qualities, rankings}, options, described.others);
  described.task = std::move(assignment.task);
  described.seconds.summary = watch.lap();
  return described;
}

base::Result<Discovered> discover_tasks(const base::Matrix& embeddings,
                                        const base::Matrix& qualities,
                                        const DiscoverOptions& options) {
  Communities found = TRY(find_communities(embeddings, qualities, options.communities));
  Discovered discovered =
      describe_tasks(embeddings, qualities, {std::move(found.task), found.count}, options);
  found.seconds.summary += discovered.seconds.summary;
  discovered.iterations = std::move(found.iterations);
  discovered.modularity = discovered.iterations.back().quality;
  discovered.seconds = found.seconds;
  return discovered;
}

}  // namespace wend::discover
