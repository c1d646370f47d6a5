// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"
#include "wend/core/scores.h"

namespace wend::core {

/// One task type: a node of the tree domain > subcategory > difficulty (TRouter section 3.2), or of
/// however many levels there are.
struct TaskNode {
  std::string id;  ///< Stable, never reused.
  std::string name;
  std::string definition;
  std::string example;
  std::optional<std::size_t> parent;  ///< Index into nodes().
  std::size_t level =
      0;  ///< 0: domain, 1: subcategory, 2: difficulty. Set by Taxonomy::build from the parents.

  friend bool operator==(const TaskNode&, const TaskNode&) = default;
};

/// A tree of task types in traversal order: a parent always stands before its children. Immutable.
class Taxonomy {
 public:
  Taxonomy() = default;

  /// Trees deeper than this are refused.
  static constexpr std::size_t kMaxLevels = 16;

  /// Needs parents before children and unique, non-empty ids and names; says which node offends.
  static base::Result<Taxonomy> build(std::vector<TaskNode> nodes);

  /// Reads and writes taxonomy.json (docs/formats/taxonomy.md):
  /// {"nodes":[{id,name,definition,example,children:[...]}]}.
  static base::Result<Taxonomy> parse(std::string_view json);
  std::string to_json() const;

  const std::vector<TaskNode>& nodes() const { return nodes_; }

  bool empty() const { return nodes_.empty(); }

  std::size_t level_count() const { return level_count_; }

  /// Indices of the nodes of one level in order; a leaf above that level stands for itself.
  std::vector<std::size_t> at_level(std::size_t level) const;
  /// Indices of the nodes without children, in order.
  std::vector<std::size_t> leaves() const;

  /// The ancestor of `node` (or itself) at `level`, or itself where it lies above that level.
  std::size_t ancestor_at(std::size_t node, std::size_t level) const;

  std::optional<std::size_t> find(std::string_view id) const;

  /// How nodes of this tree are shown, in the order given: "domain > subcategory > level".
  std::vector<TaskName> names(std::span<const std::size_t> nodes) const;

  /// What of a node is embedded as the task's text (algorithms.md 2.6, the profile form): names and
  /// definitions from the domain down.
  std::string profile_text(std::size_t node) const;

  friend bool operator==(const Taxonomy&, const Taxonomy&) = default;

 private:
  std::vector<TaskNode> nodes_;
  std::map<std::string, std::size_t, std::less<>> index_;  ///< By id.
  std::size_t level_count_ = 0;
};

/// One row of task_labels.jsonl with indices: weights of one query sum to 1 once normalised.
struct TaskLabel {
  std::uint32_t query = 0;
  std::uint32_t node = 0;  ///< Index into Taxonomy::nodes().
  float weight = 1.0F;

  friend bool operator==(const TaskLabel&, const TaskLabel&) = default;
};

}  // namespace wend::core
