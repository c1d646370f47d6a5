// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/upkeep_tree.h"

#include <optional>
#include <utility>

#include "wend/base/check.h"

namespace wend::trips {
namespace {

/// A tree that is being changed: nodes in any order, and who lies below whom.
struct Plan {
  std::vector<core::TaskNode> nodes;
  std::vector<std::vector<std::size_t>> children;
  std::vector<std::size_t> roots;

  /// Adds a tree's nodes, its roots below `under` where that is given.
  void add(const core::Taxonomy& taxonomy, std::optional<std::size_t> under) {
    const std::size_t first = nodes.size();
    children.resize(first + taxonomy.nodes().size());
    for (const core::TaskNode& node : taxonomy.nodes()) {
      const std::optional<std::size_t> parent =
          node.parent ? std::optional(first + *node.parent) : under;
      (parent ? children[*parent] : roots).push_back(nodes.size());
      nodes.push_back(node);
    }
  }

  /// In pre-order, so that parents stand before their children.
  core::Taxonomy build() const {
    std::vector<core::TaskNode> ordered;
    for (const std::size_t root : roots) {
      append(root, std::nullopt, ordered);
    }
    auto built = core::Taxonomy::build(std::move(ordered));
    CHECK(built && built->nodes().size() == nodes.size(), "a tree lost nodes in a change");
    return *std::move(built);
  }

 private:
  void append(std::size_t node,
              std::optional<std::size_t> parent,
              std::vector<core::TaskNode>& ordered) const {
    const std::size_t place = ordered.size();
    ordered.push_back(nodes[node]);
    ordered.back().parent = parent;
    for (const std::size_t child : children[node]) {
      append(child, place, ordered);
    }
  }
};

}  // namespace

std::vector<std::size_t> nodes_below(const core::Taxonomy& taxonomy, std::size_t node) {
  const std::size_t level = taxonomy.nodes()[node].level;
  std::vector<std::size_t> below;
  for (std::size_t i = 0; i < taxonomy.nodes().size(); ++i) {
    if (taxonomy.ancestor_at(i, level) == node) {
      below.push_back(i);
    }
  }
  return below;
}

core::Taxonomy with_children_moved(const core::Taxonomy& taxonomy,
                                   std::size_t from,
                                   std::size_t into) {
  Plan plan;
  plan.add(taxonomy, std::nullopt);
  std::vector<std::size_t> moved = std::exchange(plan.children[from], {});
  plan.children[into].insert(plan.children[into].end(), moved.begin(), moved.end());
  return plan.build();
}

core::Taxonomy with_branch(const core::Taxonomy& taxonomy,
                           const std::string& under,
                           const core::Taxonomy& branch) {
  Plan plan;
  plan.add(taxonomy, std::nullopt);
  plan.add(branch, under.empty() ? std::nullopt : taxonomy.find(under));
  return plan.build();
}

}  // namespace wend::trips
