// SPDX-License-Identifier: Apache-2.0
// The tree is kept flat: a parent stands before its children, so levels come out of one pass and a
// cycle cannot be written down. The file nests (docs/formats/taxonomy.md); reading flattens it in
// pre-order, writing nests it again.
#include "wend/core/taxonomy.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/check.h"
#include "wend/base/suggest.h"

namespace wend::core {
namespace {

using base::Code;
using base::fail;
using nlohmann::json;

/// Brackets open at once in a document that nests kMaxLevels nodes: each is an object in an array.
constexpr std::size_t kMaxBrackets = 2 * Taxonomy::kMaxLevels + 4;

/// How a node without a usable id is named in a message.
std::string place_of(const std::vector<TaskNode>& nodes,
                     std::optional<std::size_t> parent,
                     std::size_t position) {
  return parent ? fmt::format("child {} of '{}'", position + 1, nodes[*parent].id)
                : fmt::format("node {}", position + 1);
}

base::Result<std::string> text_field(const json& node, const char* key, const std::string& place) {
  const auto found = node.find(key);
  if (found == node.end() || found->is_null()) {
    return std::string();
  }
  if (!found->is_string()) {
    return fail(Code::kInvalidArgument,
                "{}: '{}' is a {}, expected a string",
                place,
                key,
                found->type_name());
  }
  return found->get<std::string>();
}

base::Result<std::string> required_field(const json& node,
                                         const char* key,
                                         const std::string& place) {
  std::string value = TRY(text_field(node, key, place));
  if (value.empty()) {
    return fail(Code::kInvalidArgument, "{}: expected a non-empty string under '{}'", place, key);
  }
  return value;
}

/// A misspelt key would lose a definition or a whole subtree in silence; a key of the writer's own
/// is no business of ours.
base::Status check_keys(const json& node, const std::string& place) {
  static const std::vector<std::string> kKeys = {"id", "name", "definition", "example", "children"};
  for (const auto& [key, value] : node.items()) {
    if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) {
      continue;
    }
    const std::string suggestion = base::did_you_mean(key, kKeys);
    if (key.size() > 3 && !suggestion.empty()) {
      return fail(Code::kInvalidArgument, "{}: unknown key '{}'{}", place, key, suggestion);
    }
  }
  return {};
}

/// Appends the nodes of an array and all below them in pre-order.
base::Status flatten(const json& list,
                     std::optional<std::size_t> parent,
                     std::size_t level,
                     std::vector<TaskNode>& nodes) {
  if (!list.is_array()) {
    return fail(Code::kInvalidArgument,
                "{}: expected a list of nodes, found a {}",
                parent ? fmt::format("'children' of '{}'", nodes[*parent].id) : "'nodes'",
                list.type_name());
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    const json& item = list[i];
    const std::string place = place_of(nodes, parent, i);
    if (!item.is_object()) {
      return fail(
          Code::kInvalidArgument, "{}: expected an object, found a {}", place, item.type_name());
    }
    TRY(check_keys(item, place));
    TaskNode node;
    node.id = TRY(required_field(item, "id", place));
    node.name = TRY(required_field(item, "name", place));
    node.definition = TRY(text_field(item, "definition", place));
    node.example = TRY(text_field(item, "example", place));
    node.parent = parent;
    const std::size_t index = nodes.size();
    nodes.push_back(std::move(node));
    if (const auto children = item.find("children");
        children != item.end() && !children->is_null()) {
      TRY(flatten(*children, index, level + 1, nodes));
    }
  }
  return {};
}

/// A hostile document must not cost a deep recursion, here or in the library's destructor.
bool nests_too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      i += c == '\\' ? 1 : 0;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxBrackets) {
        return true;
      }
    } else if (c == ']' || c == '}') {
      depth -= depth > 0 ? 1 : 0;
    }
  }
  return false;
}

json nested(const Taxonomy& taxonomy,
            const std::vector<std::vector<std::size_t>>& children,
            const std::vector<std::size_t>& list) {
  json out = json::array();
  for (const std::size_t index : list) {
    const TaskNode& node = taxonomy.nodes()[index];
    json item = {{"id", node.id},
                 {"name", node.name},
                 {"definition", node.definition},
                 {"example", node.example}};
    item["children"] = nested(taxonomy, children, children[index]);
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace

base::Result<Taxonomy> Taxonomy::build(std::vector<TaskNode> nodes) {
  Taxonomy taxonomy;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    TaskNode& node = nodes[i];
    if (node.id.empty() || node.name.empty()) {
      return fail(Code::kInvalidArgument,
                  "task type {} ('{}'): expected an id and a name",
                  i + 1,
                  node.id + node.name);
    }
    if (node.parent && *node.parent >= i) {
      return fail(
          Code::kInvalidArgument, "task type '{}': its parent must stand before it", node.id);
    }
    node.level = node.parent ? nodes[*node.parent].level + 1 : 0;
    if (node.level >= kMaxLevels) {
      return fail(Code::kInvalidArgument,
                  "task type '{}': nested deeper than {} levels",
                  node.id,
                  kMaxLevels);
    }
    if (!taxonomy.index_.emplace(node.id, i).second) {
      return fail(Code::kAlreadyExists,
                  "task type '{}': the id stands twice, expected unique ids",
                  node.id);
    }
    taxonomy.level_count_ = std::max(taxonomy.level_count_, node.level + 1);
  }
  taxonomy.nodes_ = std::move(nodes);
  return taxonomy;
}

base::Result<Taxonomy> Taxonomy::parse(std::string_view text) {
  if (nests_too_deep(text)) {
    return fail(
        Code::kInvalidArgument, "the task types are nested deeper than {} levels", kMaxLevels);
  }
  const json document = json::parse(text, nullptr, false);
  if (document.is_discarded()) {
    return fail(Code::kInvalidArgument, "malformed JSON, expected {{\"nodes\": [...]}}");
  }
  const auto list = document.is_object() ? document.find("nodes") : document.end();
  if (!document.is_object() || list == document.end()) {
    return fail(Code::kInvalidArgument, "expected an object with the key 'nodes'");
  }
  std::vector<TaskNode> nodes;
  TRY(flatten(*list, std::nullopt, 0, nodes));
  return build(std::move(nodes));
}

std::string Taxonomy::to_json() const {
  std::vector<std::vector<std::size_t>> children(nodes_.size());
  std::vector<std::size_t> roots;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    (nodes_[i].parent ? children[*nodes_[i].parent] : roots).push_back(i);
  }
  const json document = {{"nodes", nested(*this, children, roots)}};
  return document.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::vector<std::size_t> Taxonomy::at_level(std::size_t level) const {
  std::vector<bool> has_children(nodes_.size(), false);
  for (const TaskNode& node : nodes_) {
    if (node.parent) {
      has_children[*node.parent] = true;
    }
  }
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].level == level || (nodes_[i].level < level && !has_children[i])) {
      found.push_back(i);
    }
  }
  return found;
}

std::vector<std::size_t> Taxonomy::leaves() const {
  return at_level(level_count_);
}

std::size_t Taxonomy::ancestor_at(std::size_t node, std::size_t level) const {
  CHECK(node < nodes_.size(), "task type {} of {}", node, nodes_.size());
  while (nodes_[node].level > level) {
    node = *nodes_[node].parent;
  }
  return node;
}

std::optional<std::size_t> Taxonomy::find(std::string_view id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<TaskName> Taxonomy::names(std::span<const std::size_t> nodes) const {
  std::vector<TaskName> names;
  names.reserve(nodes.size());
  for (const std::size_t node : nodes) {
    CHECK(node < nodes_.size(), "task type {} of {}", node, nodes_.size());
    std::string path;
    for (std::size_t level = 0; level <= nodes_[node].level; ++level) {
      path += path.empty() ? "" : " > ";
      path += nodes_[ancestor_at(node, level)].name;
    }
    names.push_back({nodes_[node].id, std::move(path)});
  }
  return names;
}

std::string Taxonomy::profile_text(std::size_t node) const {
  CHECK(node < nodes_.size(), "task type {} of {}", node, nodes_.size());
  std::string text;
  for (std::size_t level = 0; level <= nodes_[node].level; ++level) {
    const TaskNode& step = nodes_[ancestor_at(node, level)];
    text += text.empty() ? "" : "\n";
    text += step.definition.empty() ? step.name : step.name + ": " + step.definition;
  }
  return text;
}

}  // namespace wend::core
