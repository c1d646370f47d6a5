// SPDX-License-Identifier: Apache-2.0
// Task types found in what a router may learn from. A TrainingSet has no test row, so no test
// outcome can be among what they are found in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/core/taxonomy.h"
#include "wend/data/training_set.h"
#include "wend/discover/name_tasks.h"
#include "wend/discover/pipeline.h"

namespace wend::trips {

/// How prompts are told apart: by FineRouter's discovery; by k-means of their vectors; by the
/// nearest of eleven kinds of task that are the same for every collection; as they are labelled
/// already; or not at all: one task holds every prompt.
enum class TaskMethod : std::uint8_t { kDiscover, kKmeans, kCoarse, kGiven, kOne };

/// What stands for a task among vectors: its summary, as the paper has it (section 3.1.2), or the
/// centre of its prompts.
enum class TaskVectors : std::uint8_t { kSummaries, kCentres };

struct TaskFinding {
  TaskMethod method = TaskMethod::kDiscover;
  TaskVectors vectors = TaskVectors::kSummaries;  ///< Of tasks that are found, not given.
  std::size_t clusters = 0;                       ///< Of k-means; 0: as many as discovery finds.
  discover::DiscoverOptions discovery = {};       ///< Its seed is the training set's.
};

/// Vectors by the SHA-256 of a normalised text.
using VectorsByText = std::unordered_map<std::string, std::vector<float>>;

/// Texts by the same; borrows them.
using TextsByHash = std::unordered_map<std::string, std::string_view>;

/// One row per text.
using EmbedTexts =
    std::function<base::Result<data::Embeddings>(const std::vector<std::string>& texts)>;

/// What tasks are found in; borrows all.
struct TaskMaterial {
  const data::TrainingSet& set;
  /// Vectors of the sentences that describe prompts; a prompt without one is taken by its own
  /// vector. Null: all are.
  const VectorsByText* descriptions = nullptr;
  const data::Embeddings* kinds = nullptr;  ///< Of coarse_kinds(); kCoarse alone needs them.
  /// What the prompts say, or what is said of them: tasks are named by it. Null: by numbers.
  const TextsByHash* texts = nullptr;
  /// For the tasks' summaries, which are made of `texts`. Null: centres stand for the tasks.
  const EmbedTexts* embed = nullptr;
  std::size_t threads = 0;
  base::Progress* progress = nullptr;
};

/// Prompts are numbered as they stand in the set: its train rows, then its validation rows.
struct FoundTasks {
  core::Taxonomy taxonomy;           ///< One level; nodes in the order of discovered.tasks.
  data::Embeddings task_embeddings;  ///< One row per node.
  discover::Discovered discovered;
  /// Per node its most typical prompts, at most kExemplars; after the last those of no task.
  std::vector<std::vector<std::uint32_t>> exemplars;

  /// Per node, what it is called by its words, and what a model is shown that finds better names;
  /// empty where there were no texts, or the taxonomy was there before.
  std::vector<discover::NamedTask> named = {};

  static constexpr std::size_t kExemplars = 3;

  /// Per node, the indices of its candidate models.
  std::vector<std::vector<std::size_t>> candidates() const;
};

/// What a node says of itself to an encoder, in the order of the nodes.
std::vector<std::string> task_texts(const core::Taxonomy& taxonomy);

/// The eleven kinds of the coarse taxonomy, in the manner of the categories of NVIDIA's
/// prompt-task-and-complexity-classifier (its model card); names and definitions are ours.
const core::Taxonomy& coarse_kinds();

/// Fails where the neighbours or the clusters cannot be found, and once a stop is asked for
/// (base::check_stop).
base::Result<FoundTasks> find_tasks(const TaskMaterial& material, const TaskFinding& finding);

/// (train rows + validation rows, dimensions): what the prompts mean to discovery.
base::Matrix prompt_meanings(const TaskMaterial& material);

/// The same of some prompts, in their order.
base::Matrix prompt_meanings(const TaskMaterial& material, std::span<const std::uint32_t> prompts);

/// Names the tasks anew, one title per node, no two alike.
base::Status rename_tasks(const std::vector<discover::TaskTitle>& titles, FoundTasks& found);

/// Puts taxonomy, vectors and labels into the set they were found in.
void put_tasks(const FoundTasks& found, data::TrainingSet& set);

}  // namespace wend::trips
