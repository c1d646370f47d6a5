// SPDX-License-Identifier: Apache-2.0
// A set of task types as a model proposes it for one parent: what the generator writes, the
// evaluator revises, and the tree is grown from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wend::synth {

/// The levels of the tree, from the root down.
enum class Level : std::uint8_t { kDomain, kSubcategory, kDifficulty };

/// How a node of a level is headed in replies: "Domain", "Subcategory", "Level".
std::string_view label_of(Level level);

/// How several are spoken of: "domains", "subcategories", "levels of difficulty".
std::string_view plural_of(Level level);

/// A task type that is not in a tree yet.
struct NodeDraft {
  std::string name;
  std::string definition;
  std::string example;

  friend bool operator==(const NodeDraft&, const NodeDraft&) = default;
};

using NodeSet = std::vector<NodeDraft>;

/// What a set has to keep to beside its form.
struct SetRules {
  Level level = Level::kDomain;
  std::size_t cap = 10;
  std::vector<std::string> taken;  ///< Names that are on the map already.
};

/// What is wrong with a set, as the model is told: too many nodes, a name that stands twice or is
/// taken. Nothing where it is right.
std::optional<std::string> complaint_about(const NodeSet& set, const SetRules& rules);

/// What of a set can be kept where it was complained about in vain: each name once, the first
/// `cap` of them.
NodeSet kept_of(const NodeSet& set, const SetRules& rules);

/// Whether two sets say the same. The order counts for levels of difficulty alone.
bool same_nodes(const NodeSet& a, const NodeSet& b, Level level);

/// The set in the form in which replies are written, a blank line between its nodes.
std::string set_text(std::span<const NodeDraft> set, Level level);

/// The id of a child: its parent's, a point, and its name in small letters, digits and hyphens
/// (of a domain the last alone). Those `taken` are not used again.
std::string id_of_child(std::string_view parent,
                        std::string_view name,
                        std::span<const std::string> taken);

}  // namespace wend::synth
