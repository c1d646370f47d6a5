// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/find_tasks.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "wend/base/check.h"
#include "wend/base/stop.h"
#include "wend/discover/exemplars.h"
#include "wend/discover/group_sizes.h"
#include "wend/ml/kmeans.h"
#include "wend/ml/neighbours.h"
#include "wend/routers/validation.h"

namespace wend::trips {

using base::Result;
using discover::Communities;
using discover::Discovered;
using discover::DiscoveredTask;
using discover::TaskAssignment;

namespace {

/// The rows of train and, below them, of validation.
base::Matrix stacked(const base::Matrix& train, const base::Matrix& validation) {
  base::Matrix both(train.rows() + validation.rows(), train.columns());
  std::ranges::copy(train.values(), both.data());
  std::ranges::copy(validation.values(), both.data() + train.values().size());
  return both;
}

const std::string& text_hash(const data::TrainingSet& set, std::size_t prompt) {
  const std::size_t train = set.train.size();
  return prompt < train ? set.train.text_sha256[prompt]
                        : set.validation.text_sha256[prompt - train];
}

std::span<const float> meaning_of(const TaskMaterial& material, std::size_t prompt) {
  if (material.descriptions != nullptr) {
    const auto described = material.descriptions->find(text_hash(material.set, prompt));
    if (described != material.descriptions->end()) {
      return described->second;
    }
  }
  const data::TrainingSet& set = material.set;
  const std::size_t train = set.train.size();
  return prompt < train ? set.train.embeddings.unit.row(prompt)
                        : set.validation.embeddings.unit.row(prompt - train);
}

TaskAssignment by_size(const std::vector<std::uint32_t>& cluster) {
  TaskAssignment assignment;
  assignment.task.assign(cluster.begin(), cluster.end());
  assignment.count = discover::number_by_size(assignment.task);
  return assignment;
}

/// The nearest kind of each prompt.
TaskAssignment nearest_kinds(const base::Matrix& prompts, const base::Matrix& kinds) {
  std::vector<std::uint32_t> nearest(prompts.rows());
  for (std::size_t prompt = 0; prompt < prompts.rows(); ++prompt) {
    float best = -2;
    for (std::size_t kind = 0; kind < kinds.rows(); ++kind) {
      const float cosine = ml::inner_product(prompts.row(prompt), kinds.row(kind));
      if (cosine > best) {
        best = cosine;
        nearest[prompt] = static_cast<std::uint32_t>(kind);
      }
    }
  }
  TaskAssignment assignment{{}, kinds.rows()};
  assignment.task.assign(nearest.begin(), nearest.end());
  return assignment;
}

/// Leaves are numbered in their order.
TaskAssignment as_labelled(const data::TrainingSet& set) {
  TaskAssignment assignment{{}, set.taxonomy.leaves().size()};
  for (const data::Examples* part : {&set.train, &set.validation}) {
    for (const std::vector<core::TaskLabel>& labels : part->labels) {
      const std::optional<std::size_t> leaf = routers::leaf_of(set.taxonomy, labels);
      assignment.task.push_back(leaf ? static_cast<std::int32_t>(*leaf) : Communities::kNoTask);
    }
  }
  return assignment;
}

Result<Discovered> tell_apart(const TaskMaterial& material,
                              const TaskFinding& finding,
                              const base::Matrix& meaning) {
  const data::TrainingSet& set = material.set;
  const base::Matrix quality = stacked(set.train.quality, set.validation.quality);
  discover::DiscoverOptions options = finding.discovery;
  options.communities.seed = set.seed;
  options.communities.knn.threads = material.threads;
  options.communities.knn.progress = material.progress;
  switch (finding.method) {
    case TaskMethod::kDiscover:
      return discover::discover_tasks(meaning, quality, options);
    case TaskMethod::kKmeans: {
      const std::size_t wanted =
          finding.clusters > 0
              ? finding.clusters
              : TRY(discover::discover_tasks(meaning, quality, options)).tasks.size();
      ml::KmeansOptions kmeans;
      kmeans.clusters = std::max<std::size_t>(wanted, 1);
      kmeans.seed = set.seed;
      kmeans.threads = material.threads;
      kmeans.progress = material.progress;
      const ml::Kmeans clusters = TRY(ml::kmeans(meaning, kmeans));
      return discover::describe_tasks(meaning, quality, by_size(clusters.cluster), options);
    }
    case TaskMethod::kCoarse:
      CHECK(
          material.kinds != nullptr && material.kinds->unit.rows() == coarse_kinds().nodes().size(),
          "the coarse kinds without their vectors");
      return discover::describe_tasks(
          meaning, quality, nearest_kinds(meaning, material.kinds->unit), options);
    case TaskMethod::kGiven:
      return discover::describe_tasks(meaning, quality, as_labelled(set), options);
    case TaskMethod::kOne:
      return discover::describe_tasks(
          meaning, quality, {std::vector<std::int32_t>(meaning.rows(), 0), 1}, options);
  }
  return base::fail(base::Code::kInternal, "a way to find tasks that is none");
}

std::vector<std::vector<std::uint32_t>> typical_prompts(const Discovered& discovered,
                                                        const base::Matrix& meaning) {
  std::vector<std::vector<std::uint32_t>> typical;
  const auto add = [&](const DiscoveredTask& task) {
    typical.push_back(
        discover::exemplars(meaning, task.prompts, task.centre, FoundTasks::kExemplars));
  };
  for (const DiscoveredTask& task : discovered.tasks) {
    add(task);
  }
  add(discovered.others);
  return typical;
}

std::vector<discover::NamedTask> named_by_words(const FoundTasks& found,
                                                const base::Matrix& meaning,
                                                const TaskMaterial& material) {
  if (material.texts == nullptr) {
    return {};
  }
  std::vector<std::string_view> texts;
  texts.reserve(meaning.rows());
  for (std::size_t prompt = 0; prompt < meaning.rows(); ++prompt) {
    texts.push_back(material.texts->at(text_hash(material.set, prompt)));
  }
  return discover::name_by_words(found.discovered.tasks, meaning, texts);
}

/// An id says what the task is about, so that another discovery's task of the same place in the
/// list is not taken for it.
Result<core::Taxonomy> flat_taxonomy(const FoundTasks& found, const data::TrainingSet& set) {
  std::vector<core::TaskNode> nodes;
  for (std::size_t task = 0; task < found.discovered.tasks.size(); ++task) {
    core::TaskNode node;
    node.id = "t-" + text_hash(set, found.exemplars[task].front()).substr(0, 10);
    node.name = fmt::format("task {}", task + 1);
    if (!found.named.empty()) {
      node.name = found.named[task].title.name;
      node.definition = found.named[task].title.definition;
    }
    nodes.push_back(std::move(node));
  }
  return core::Taxonomy::build(std::move(nodes));
}

data::Embeddings centres(const std::vector<DiscoveredTask>& tasks, std::size_t dimensions) {
  base::Matrix rows(tasks.size(), dimensions);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    std::ranges::copy(tasks[i].centre, rows.row(i).begin());
  }
  return data::Embeddings::from_pooled(rows);
}

void label_rows(const std::vector<std::int32_t>& task,
                const std::vector<std::size_t>& nodes,
                std::size_t first,
                data::Examples& part) {
  for (std::size_t row = 0; row < part.size(); ++row) {
    part.labels[row].clear();
    if (const std::int32_t t = task[first + row]; t != Communities::kNoTask) {
      part.labels[row].push_back({static_cast<std::uint32_t>(row),
                                  static_cast<std::uint32_t>(nodes[static_cast<std::size_t>(t)]),
                                  1.0F});
    }
  }
}

}  // namespace

std::vector<std::string> task_texts(const core::Taxonomy& taxonomy) {
  std::vector<std::string> texts;
  for (std::size_t node = 0; node < taxonomy.nodes().size(); ++node) {
    texts.push_back(taxonomy.profile_text(node));
  }
  return texts;
}

base::Matrix prompt_meanings(const TaskMaterial& material) {
  std::vector<std::uint32_t> all(material.set.train.size() + material.set.validation.size());
  std::iota(all.begin(), all.end(), 0);
  return prompt_meanings(material, all);
}

base::Matrix prompt_meanings(const TaskMaterial& material, std::span<const std::uint32_t> prompts) {
  base::Matrix rows(prompts.size(), material.set.train.embeddings.unit.columns());
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const std::span<const float> meaning = meaning_of(material, prompts[i]);
    CHECK(meaning.size() == rows.columns(),
          "a prompt's vector of {} beside others of {}",
          meaning.size(),
          rows.columns());
    std::ranges::copy(meaning, rows.row(i).begin());
  }
  return rows;
}

std::vector<std::vector<std::size_t>> FoundTasks::candidates() const {
  std::vector<std::vector<std::size_t>> sets;
  for (const DiscoveredTask& task : discovered.tasks) {
    sets.emplace_back(task.candidates.models.begin(), task.candidates.models.end());
  }
  return sets;
}

Result<FoundTasks> find_tasks(const TaskMaterial& material, const TaskFinding& finding) {
  const base::Matrix meaning = prompt_meanings(material);
  FoundTasks found{{}, {}, TRY(tell_apart(material, finding, meaning)), {}};
  TRY(base::check_stop());
  found.exemplars = typical_prompts(found.discovered, meaning);
  if (finding.method == TaskMethod::kGiven) {
    found.taxonomy = material.set.taxonomy;
    found.task_embeddings = material.set.task_embeddings;
  } else if (finding.method == TaskMethod::kCoarse) {
    found.taxonomy = coarse_kinds();
    found.task_embeddings = *material.kinds;
  } else {
    found.named = named_by_words(found, meaning, material);
    found.taxonomy = TRY(flat_taxonomy(found, material.set));
    const bool by_summary = finding.vectors == TaskVectors::kSummaries && material.embed != nullptr;
    found.task_embeddings = by_summary ? TRY((*material.embed)(task_texts(found.taxonomy)))
                                       : centres(found.discovered.tasks, meaning.columns());
  }
  return found;
}

base::Status rename_tasks(const std::vector<discover::TaskTitle>& titles, FoundTasks& found) {
  std::vector<core::TaskNode> nodes = found.taxonomy.nodes();
  CHECK(titles.size() == nodes.size(), "{} titles for {} tasks", titles.size(), nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    nodes[i].name = titles[i].name;
    nodes[i].definition = titles[i].definition;
  }
  found.taxonomy = TRY(core::Taxonomy::build(std::move(nodes)));
  return {};
}

void put_tasks(const FoundTasks& found, data::TrainingSet& set) {
  set.taxonomy = found.taxonomy;
  set.task_embeddings = found.task_embeddings;
  const std::vector<std::size_t> nodes = set.taxonomy.leaves();
  label_rows(found.discovered.task, nodes, 0, set.train);
  label_rows(found.discovered.task, nodes, set.train.size(), set.validation);
}

}  // namespace wend::trips
