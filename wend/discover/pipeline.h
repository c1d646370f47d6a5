// SPDX-License-Identifier: Apache-2.0
// FineRouter's task discovery (the paper's section 3.1.1) from vectors and outcomes to task types.
#pragma once

#include <cstdint>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/discover/candidate_sets.h"
#include "wend/discover/communities.h"
#include "wend/discover/fuse.h"

namespace wend::discover {

struct DiscoverOptions {
  CommunityOptions communities = {};
  double coverage = 0.8;  ///< delta of the candidate sets.
};

struct DiscoveredTask {
  std::vector<std::uint32_t> prompts;  ///< Rising.
  std::vector<float> centre;           ///< The median of their embeddings; empty without a prompt.
  FusedRanking ranking;
  CandidateSet candidates;
  std::vector<double> mean_quality;    ///< Per model; NaN where none is known.
  std::vector<double> median_quality;  ///< The same; S1 of the paper's section 3.3.
};

struct Discovered {
  std::vector<std::int32_t> task;     ///< Per prompt, an index of tasks or Communities::kNoTask.
  std::vector<DiscoveredTask> tasks;  ///< By falling number of prompts.
  DiscoveredTask others;              ///< The prompts without a task.
  std::vector<Iteration> iterations;
  double modularity = 0;  ///< Of the last iteration's partition, by its objective.
  StageTimes seconds;
};

/// Prompts by task type, whoever told them apart: per prompt an index below count, or
/// Communities::kNoTask.
struct TaskAssignment {
  std::vector<std::int32_t> task;
  std::size_t count = 0;
};

/// What there is to say of task types that are given: their tasks stand as they are numbered, the
/// iterations are empty.
Discovered describe_tasks(const base::Matrix& embeddings,
                          const base::Matrix& qualities,
                          TaskAssignment assignment,
                          const DiscoverOptions& options);

/// embeddings (prompts, dimensions) of the descriptions, qualities (prompts, models), NaN where
/// missing. The caller sees to it that no test outcome is among them. The same seed gives the same
/// tasks on any number of threads.
base::Result<Discovered> discover_tasks(const base::Matrix& embeddings,
                                        const base::Matrix& qualities,
                                        const DiscoverOptions& options);

}  // namespace wend::discover
