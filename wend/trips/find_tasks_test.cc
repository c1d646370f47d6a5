// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/find_tasks.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "wend/base/hash.h"
#include "wend/base/random.h"

namespace wend::trips {
namespace {

constexpr std::size_t kDimension = 16;

/// Rows of four kinds about four axes; of kinds 0 and 1 model 0 is the best, of 2 and 3 model 1.
data::Examples examples(std::size_t rows, std::uint64_t seed, const std::string& prefix) {
  base::Random random(seed);
  base::Matrix vectors(rows, kDimension);
  data::Examples part;
  part.quality = base::Matrix(rows, 3);
  part.cost_normalised = base::Matrix(rows, 3);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t kind = row % 4;
    for (std::size_t j = 0; j < kDimension; ++j) {
      vectors(row, j) = (j == kind ? 1.0F : 0.0F) + 0.05F * static_cast<float>(random.normal());
    }
    part.quality(row, 0) = kind < 2 ? 0.9F : 0.2F;
    part.quality(row, 1) = kind < 2 ? 0.1F : 0.8F;
    part.quality(row, 2) = 0.5F;
    part.labels.emplace_back();
    part.text_sha256.push_back(base::sha256_hex(prefix + std::to_string(row)));
  }
  part.embeddings = data::Embeddings::from_pooled(vectors);
  return part;
}

data::TrainingSet world(std::size_t train = 200, std::size_t validation = 40) {
  data::TrainingSet set;
  set.models.resize(3);
  for (std::size_t m = 0; m < 3; ++m) {
    set.models[m].id = std::string(1, static_cast<char>('a' + m));
  }
  set.train = examples(train, 1, "train-hash-");
  set.validation = examples(validation, 2, "validation-hash-");
  return set;
}

FoundTasks found_in(const data::TrainingSet& set,
                    TaskMethod method = TaskMethod::kDiscover,
                    const VectorsByText* descriptions = nullptr) {
  TaskFinding finding;
  finding.method = method;
  finding.discovery.communities.min_size = 10;
  auto found = find_tasks({set, descriptions}, finding);
  EXPECT_TRUE(found) << found.error().message;
  return *std::move(found);
}

/// The task of each row, by its label.
std::vector<int> tasks_of(const data::Examples& part) {
  std::vector<int> tasks;
  for (const auto& labels : part.labels) {
    tasks.push_back(labels.empty() ? -1 : static_cast<int>(labels.front().node));
  }
  return tasks;
}

TEST(FindTasks, GivesRowsOfAKindOneLabelInBothParts) {
  data::TrainingSet set = world();
  const FoundTasks found = found_in(set);
  put_tasks(found, set);
  ASSERT_EQ(set.taxonomy.nodes().size(), 4U);
  EXPECT_EQ(set.taxonomy.level_count(), 1U);
  EXPECT_EQ(set.task_embeddings.unit.rows(), 4U);
  const std::vector<int> train = tasks_of(set.train);
  EXPECT_EQ(std::set<int>(train.begin(), train.begin() + 4), (std::set<int>{0, 1, 2, 3}));
  for (std::size_t row = 0; row < train.size(); ++row) {
    EXPECT_EQ(train[row], train[row % 4]) << row;
  }
  const std::vector<int> validation = tasks_of(set.validation);
  for (std::size_t row = 0; row < validation.size(); ++row) {
    EXPECT_EQ(validation[row], train[row % 4]) << row;
  }
}

TEST(FindTasks, CandidatesBeginWithTheModelThatIsBestThere) {
  data::TrainingSet set = world();
  const FoundTasks found = found_in(set);
  put_tasks(found, set);
  const auto candidates = found.candidates();
  ASSERT_EQ(candidates.size(), 4U);
  for (std::size_t row = 0; row < 4; ++row) {
    const std::size_t task = set.train.labels[row].front().node;
    EXPECT_EQ(candidates[task], std::vector<std::size_t>{row < 2 ? 0U : 1U});
  }
}

TEST(FindTasks, IdsComeFromTheTextsAndNotFromThePlaceInTheList) {
  const FoundTasks all = found_in(world());
  data::TrainingSet without_a_kind = world();
  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < without_a_kind.train.size(); ++row) {
    if (row % 4 != 0) {
      rows.push_back(row);
    }
  }
  without_a_kind.train = without_a_kind.train.rows(rows);
  const FoundTasks fewer = found_in(without_a_kind);
  std::set<std::string> ids;
  for (const core::TaskNode& node : all.taxonomy.nodes()) {
    EXPECT_TRUE(node.id.starts_with("t-")) << node.id;
    ids.insert(node.id);
  }
  EXPECT_EQ(ids.size(), 4U);
  std::size_t shared = 0;
  for (const core::TaskNode& node : fewer.taxonomy.nodes()) {
    shared += ids.count(node.id);
  }
  EXPECT_GE(shared, 3U);
}

TEST(FindTasks, GoesByDescriptionsWhereThereAreSome) {
  const data::TrainingSet set = world();
  VectorsByText descriptions;  // Kinds 0 and 1 are told to be one.
  base::Random random(3);
  for (const data::Examples* part : {&set.train, &set.validation}) {
    for (std::size_t row = 0; row < part->size(); ++row) {
      if (row % 4 < 2) {
        std::vector<float> vector(kDimension);
        for (float& value : vector) {
          value = 0.05F * static_cast<float>(random.normal());
        }
        vector[8] = 1;
        descriptions[part->text_sha256[row]] = vector;
      }
    }
  }
  const FoundTasks found = found_in(set, TaskMethod::kDiscover, &descriptions);
  std::set<std::int32_t> told_to_be_one;
  std::set<std::int32_t> others;
  for (std::size_t row = 0; row < set.train.size(); ++row) {
    (row % 4 < 2 ? told_to_be_one : others).insert(found.discovered.task[row]);
  }
  for (const std::int32_t task : told_to_be_one) {  // Each holds both kinds, and no other.
    std::set<std::size_t> kinds;
    for (const std::uint32_t prompt :
         found.discovered.tasks[static_cast<std::size_t>(task)].prompts) {
      kinds.insert(prompt % 4);
    }
    EXPECT_EQ(kinds, (std::set<std::size_t>{0, 1}));
  }
  EXPECT_GE(others.size(), 2U);
}

TEST(FindTasks, KmeansFindsAsManyAsDiscoveryDoes) {
  const FoundTasks found = found_in(world(), TaskMethod::kKmeans);
  ASSERT_EQ(found.discovered.tasks.size(), 4U);
  EXPECT_TRUE(found.discovered.others.prompts.empty());
  for (const discover::DiscoveredTask& task : found.discovered.tasks) {
    EXPECT_EQ(task.prompts.size(), 60U);
  }
}

TEST(FindTasks, ATaskStandsAmongVectorsByItsSummaryOrItsCentre) {
  const data::TrainingSet set = world();
  TextsByHash texts;
  for (const data::Examples* part : {&set.train, &set.validation}) {
    for (const std::string& hash : part->text_sha256) {
      texts.emplace(hash, "words of a prompt");
    }
  }
  std::vector<std::string> embedded;
  const EmbedTexts embed = [&](const std::vector<std::string>& summaries) {
    embedded = summaries;
    base::Matrix rows(summaries.size(), kDimension);
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      rows(row, kDimension - 1) = 1;
    }
    return base::Result<data::Embeddings>(data::Embeddings::from_pooled(rows));
  };
  TaskMaterial material{set};
  material.texts = &texts;
  material.embed = &embed;
  TaskFinding finding;
  finding.discovery.communities.min_size = 10;
  const FoundTasks by_summary = find_tasks(material, finding).value();
  EXPECT_EQ(embedded, task_texts(by_summary.taxonomy));
  ASSERT_EQ(by_summary.task_embeddings.unit.rows(), 4U);
  EXPECT_EQ(by_summary.task_embeddings.unit(3, kDimension - 1), 1);
  embedded.clear();
  finding.vectors = TaskVectors::kCentres;
  const FoundTasks by_centre = find_tasks(material, finding).value();
  EXPECT_EQ(embedded, std::vector<std::string>());
  EXPECT_EQ(by_centre.discovered.task, by_summary.discovered.task);
  EXPECT_NE(by_centre.task_embeddings.unit(3, kDimension - 1), 1);
}

TEST(FindTasks, CoarseKindsAreTheNearestOfEleven) {
  data::TrainingSet set = world();
  base::Matrix kinds(coarse_kinds().nodes().size(), kDimension);
  ASSERT_EQ(kinds.rows(), 11U);
  for (std::size_t kind = 0; kind < kinds.rows(); ++kind) {
    kinds(kind, kind) = 1;
  }
  const data::Embeddings embeddings = data::Embeddings::from_pooled(kinds);
  TaskMaterial material{set};
  material.kinds = &embeddings;
  const auto found = find_tasks(material, {TaskMethod::kCoarse});
  ASSERT_TRUE(found) << found.error().message;
  put_tasks(*found, set);
  EXPECT_EQ(set.taxonomy, coarse_kinds());
  for (std::size_t row = 0; row < set.train.size(); ++row) {
    EXPECT_EQ(set.train.labels[row].front().node, row % 4);
  }
}

TEST(FindTasks, GivenTasksAreThoseOfTheHeaviestLeaf) {
  data::TrainingSet set = world();
  std::vector<core::TaskNode> nodes(3);
  nodes[0].id = nodes[0].name = "domain";
  nodes[1].id = nodes[1].name = "even";
  nodes[1].parent = 0;
  nodes[2].id = nodes[2].name = "odd";
  nodes[2].parent = 0;
  set.taxonomy = core::Taxonomy::build(nodes).value();
  set.task_embeddings = data::Embeddings::from_pooled(base::Matrix(3, kDimension, 1.0F));
  for (std::uint32_t row = 0; row < set.train.size(); ++row) {
    set.train.labels[row] = {{row, 1 + row % 2, 0.7F}, {row, 2 - row % 2, 0.3F}};
  }
  set.validation.labels[0] = {{0, 0, 1.0F}};  // A label above the leaves is no task.
  const FoundTasks found = found_in(set, TaskMethod::kGiven);
  ASSERT_EQ(found.discovered.tasks.size(), 2U);
  EXPECT_EQ(found.discovered.tasks[0].prompts.size(), 100U);
  EXPECT_EQ(found.discovered.others.prompts.size(), set.validation.size());
  put_tasks(found, set);
  EXPECT_EQ(set.train.labels[0].front().node, 1U);
  EXPECT_EQ(set.train.labels[1].front().node, 2U);
  EXPECT_TRUE(set.validation.labels[0].empty());
}

TEST(FindTasks, OneTaskHoldsEverything) {
  const FoundTasks found = found_in(world(), TaskMethod::kOne);
  ASSERT_EQ(found.discovered.tasks.size(), 1U);
  EXPECT_EQ(found.discovered.tasks.front().prompts.size(), 240U);
}

TEST(FindTasks, NamesComeFromTheTextsAndCanBeReplaced) {
  const data::TrainingSet set = world();
  static const std::string kTexts[] = {"multiply two integers and give the product",
                                       "roast potatoes with garlic in the oven",
                                       "write a python function for lists",
                                       "which river flows past the town"};
  TextsByHash texts;
  for (const data::Examples* part : {&set.train, &set.validation}) {
    for (std::size_t row = 0; row < part->size(); ++row) {
      texts[part->text_sha256[row]] = kTexts[row % 4];
    }
  }
  TaskMaterial material{set};
  material.texts = &texts;
  TaskFinding finding;
  finding.discovery.communities.min_size = 10;
  auto found = find_tasks(material, finding);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->named.size(), 4U);
  std::set<std::string> names;
  for (const core::TaskNode& node : found->taxonomy.nodes()) {
    names.insert(node.name);
    EXPECT_FALSE(node.definition.empty());
  }
  EXPECT_EQ(names.size(), 4U);
  std::string all;
  for (const std::string& name : names) {
    all += name + "\n";
  }
  EXPECT_NE(all.find("river"), std::string::npos) << all;
  const std::string id = found->taxonomy.nodes()[0].id;
  ASSERT_TRUE(rename_tasks({{"A", "a."}, {"B", "b."}, {"C", "c."}, {"D", "d."}}, *found));
  EXPECT_EQ(found->taxonomy.nodes()[0].name, "A");
  EXPECT_EQ(found->taxonomy.nodes()[0].id, id);
  EXPECT_FALSE(rename_tasks({{"A", ""}, {"", ""}, {"C", ""}, {"D", ""}}, *found));
}

}  // namespace
}  // namespace wend::trips
