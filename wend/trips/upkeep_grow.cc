// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/upkeep_grow.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "wend/base/check.h"
#include "wend/routers/trouter/input.h"
#include "wend/routers/trouter/packed_mlp.h"
#include "wend/routers/trouter/stacked_heads.h"
#include "wend/trips/upkeep_artifact.h"
#include "wend/trips/upkeep_tree.h"

namespace wend::trips {

using base::Code;
using base::fail;
using base::Result;
using base::Status;
using nlohmann::ordered_json;

namespace {

/// Of the two layers of task_mlp.
constexpr std::size_t kTaskLayers = 2;

Status check_place(const UpkeepArtifact& before, const Growth& growth) {
  for (const core::TaskNode& node : growth.branch.nodes()) {
    if (before.manifest.taxonomy.find(node.id)) {
      return fail(Code::kAlreadyExists,
                  "the id '{}' is taken{}; ids of task types are never reused",
                  node.id,
                  before.find_tombstone(node.id) == nullptr ? "" : " by a tombstone");
    }
  }
  if (!growth.under.empty() && before.find_task(growth.under)) {
    return fail(
        Code::kInvalidArgument, "'{}' is itself a task type; name the one above it", growth.under);
  }
  return {};
}

/// The heads' guess of the new task types from their texts: (metrics x models, leaves).
Result<base::Matrix> guesses(const UpkeepArtifact& before, const base::Matrix& inputs) {
  const ml::TensorMap& weights = before.artifact.weights;
  const auto task_mlp = TRY(routers::PackedMlp::load(weights, "task_mlp", kTaskLayers));
  const auto heads = TRY(routers::StackedHeads::load(weights, before.table.columns.count()));
  const base::Matrix e_t = task_mlp.apply(inputs);
  base::Matrix guess(before.table.columns.count(), inputs.rows());
  for (std::size_t leaf = 0; leaf < inputs.rows(); ++leaf) {
    const std::vector<float> column = heads.apply(e_t.row(leaf));
    for (std::size_t row = 0; row < column.size(); ++row) {
      guess(row, leaf) = column[row];
    }
  }
  return guess;
}

/// The guess as a prior that counts as `prior` rows.
base::Matrix blended(base::Matrix guess, const Growth& growth, double prior) {
  for (std::size_t row = 0; row < guess.rows(); ++row) {
    for (std::size_t leaf = 0; leaf < guess.columns(); ++leaf) {
      const double n = growth.count(leaf, row);
      if (n > 0 && prior + n > 0) {
        guess(row, leaf) = static_cast<float>((prior * static_cast<double>(guess(row, leaf)) +
                                               n * static_cast<double>(growth.mean(leaf, row))) /
                                              (prior + n));
      }
    }
  }
  return guess;
}

/// (rows, old columns) beside (rows, new columns).
base::Matrix beside(const base::Matrix& old, const base::Matrix& added) {
  base::Matrix both(old.rows(), old.columns() + added.columns());
  for (std::size_t row = 0; row < old.rows(); ++row) {
    const auto end = std::ranges::copy(old.row(row), both.row(row).begin()).out;
    std::ranges::copy(added.row(row), end);
  }
  return both;
}

/// (old rows, columns) above (new rows, columns).
base::Matrix above(const base::Matrix& old, const base::Matrix& added) {
  base::Matrix both(old.rows() + added.rows(), old.columns());
  const auto end = std::ranges::copy(old.values(), both.values().begin()).out;
  std::ranges::copy(added.values(), end);
  return both;
}

/// What a quality may vary by where nothing was observed: as much as a coin.
constexpr float kUnknownVariance = 0.25F;

/// (models, leaves)
base::Matrix variances(const Growth& growth, std::size_t models) {
  base::Matrix variance(models, growth.variance.rows());
  for (std::size_t model = 0; model < models; ++model) {
    for (std::size_t leaf = 0; leaf < variance.columns(); ++leaf) {
      variance(model, leaf) =
          growth.count(leaf, model) > 0 ? growth.variance(leaf, model) : kUnknownVariance;
    }
  }
  return variance;
}

/// (models, leaves): of the first columns, which are the qualities; at least 1.
base::Matrix counts(const Growth& growth, std::size_t models) {
  base::Matrix count(models, growth.count.rows());
  for (std::size_t model = 0; model < models; ++model) {
    for (std::size_t leaf = 0; leaf < count.columns(); ++leaf) {
      count(model, leaf) = std::max(growth.count(leaf, model), 1.0F);
    }
  }
  return count;
}

/// The mask and the merges, where there are such, for the new task types too.
void extend_fate(const UpkeepArtifact& before, std::size_t leaves, ml::TensorMap& weights) {
  if (weights.has("task_mask")) {
    std::vector<float> mask = before.fate.mask;
    mask.resize(mask.size() + leaves, 1.0F);
    weights.put("task_mask", ml::Tensor::from_vector(mask));
  }
  if (weights.has("task_merge")) {
    std::vector<float> targets(before.fate.mask.size() + leaves);
    std::iota(targets.begin(), targets.end(), 0.0F);
    for (const auto& [from, to] : before.fate.merges) {
      targets[from] = static_cast<float>(to);
    }
    weights.put("task_merge", ml::Tensor::from_vector(targets));
  }
}

Status append_rows(const UpkeepArtifact& before,
                   const routers::TRouterOptions& options,
                   const Growth& growth,
                   ml::TensorMap& weights) {
  const std::size_t models = before.manifest.models.size();
  const base::Matrix inputs = routers::network_inputs(growth.profiles, options.training.input);
  const auto append =
      [&](const char* name,
          const base::Matrix& added,
          const std::function<base::Matrix(const base::Matrix&, const base::Matrix&)>& join)
      -> Status {
    const base::Matrix old = TRY(weights.matrix(name));
    weights.put(name, ml::Tensor::from_matrix(join(old, added)));
    return {};
  };
  const base::Matrix guess = TRY(guesses(before, inputs));
  TRY(append("task_inputs", inputs, above));
  TRY(append("table", blended(guess, growth, options.pseudo_count), beside));
  TRY(append("quality_variance", variances(growth, models), beside));
  TRY(append("quality_count", counts(growth, models), beside));
  extend_fate(before, growth.profiles.unit.rows(), weights);
  return {};
}

std::string grown_manifest(const UpkeepArtifact& before, const Growth& growth) {
  const core::Taxonomy grown = with_branch(before.manifest.taxonomy, growth.under, growth.branch);
  ordered_json manifest = ordered_json::parse(before.artifact.manifest_json);
  manifest["taxonomy"] = ordered_json::parse(grown.to_json());
  for (const std::size_t leaf : growth.branch.leaves()) {
    const std::size_t node = *grown.find(growth.branch.nodes()[leaf].id);
    const core::TaskName name = grown.names(std::span(&node, 1)).front();
    manifest["tasks"].push_back({{"id", name.id}, {"name", name.name}});
  }
  for (const std::string& text : growth.text_sha256) {
    manifest["queries"]["train"].push_back(text);
  }
  return manifest.dump();
}

}  // namespace

Status check_can_grow(const UpkeepArtifact& artifact) {
  const auto options = TRY(routers::TRouterOptions::from_json(artifact.manifest.config_json));
  return options.scorer == routers::Scorer::kConcatAll
             ? fail(Code::kFailedPrecondition,
                    "the artifact's recogniser is concat_all, which cannot take new task types; "
                    "train with scorer=pairwise or bilinear")
             : Status();
}

std::vector<std::string> branch_collections(const UpkeepArtifact& artifact) {
  const ordered_json manifest = ordered_json::parse(artifact.artifact.manifest_json);
  std::vector<std::string> collections;
  for (const ordered_json& step : manifest.value("upkeep", ordered_json::array())) {
    const auto name = step.find("dataset");
    if (name != step.end() && name->is_string() && step.value("verb", "") == "grow") {
      collections.push_back(name->get<std::string>());
    }
  }
  return collections;
}

Result<Upkept> grow(const ml::Artifact& artifact, const Growth& growth) {
  const UpkeepArtifact before = TRY(UpkeepArtifact::open(artifact));
  TRY(check_can_grow(before));
  const auto options = TRY(routers::TRouterOptions::from_json(before.manifest.config_json));
  if (!growth.under.empty()) {
    TRY(before.find_node(growth.under));
  }
  TRY(check_place(before, growth));
  const std::size_t leaves = growth.branch.leaves().size();
  CHECK(growth.profiles.unit.rows() == leaves && growth.mean.rows() == leaves &&
            growth.count.rows() == leaves && growth.variance.rows() == leaves,
        "a branch of {} leaves with other numbers of rows",
        leaves);
  ml::Artifact grown{grown_manifest(before, growth), artifact.weights};
  TRY(append_rows(before, options, growth, grown.weights));
  ordered_json step = {{"verb", "grow"}, {"under", growth.under}};
  if (!growth.collection.empty()) {
    step["dataset"] = growth.collection;
  }
  for (const std::size_t leaf : growth.branch.leaves()) {
    step["nodes"].push_back(growth.branch.nodes()[leaf].id);
  }
  return sealed(before, std::move(grown), step.dump());
}

}  // namespace wend::trips
