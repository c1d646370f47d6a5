// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "wend/base/config.h"

namespace wend::base {
namespace {

constexpr int kDeepest = 32;

Error error_at(const std::string& file, std::size_t line, std::string message) {
  return {Code::kInvalidArgument, fmt::format("{}:{}: {}", file, line, message), {file, line}};
}

Result<ConfigNode> convert(const YAML::Node& yaml, const std::string& file, int depth);

Result<ConfigNode> convert_map(const YAML::Node& yaml, const std::string& file, int depth) {
  ConfigNode node;
  node.kind = ConfigNode::Kind::kMap;
  for (const auto& entry : yaml) {
    const auto line = static_cast<std::size_t>(entry.first.Mark().line + 1);
    if (!entry.first.IsScalar()) {
      return tl::unexpected(error_at(file, line, "expected a name as the key"));
    }
    const std::string& key = entry.first.Scalar();
    if (node.find(key) != nullptr) {
      return tl::unexpected(
          error_at(file, line, fmt::format("the key '{}' stands here twice", key)));
    }
    node.entries.push_back({key, TRY(convert(entry.second, file, depth + 1))});
    if (node.entries.back().value.place.line == 0) {
      node.entries.back().value.place.line = line;
    }
  }
  return node;
}

Result<ConfigNode> convert(const YAML::Node& yaml, const std::string& file, int depth) {
  const auto line = static_cast<std::size_t>(std::max(0, yaml.Mark().line + 1));
  if (depth > kDeepest) {
    return tl::unexpected(error_at(file, line, "nested deeper than 32 levels"));
  }
  ConfigNode node;
  if (yaml.IsMap()) {
    node = TRY(convert_map(yaml, file, depth));
  } else if (yaml.IsSequence()) {
    node.kind = ConfigNode::Kind::kList;
    for (const auto& item : yaml) {
      node.items.push_back(TRY(convert(item, file, depth + 1)));
    }
  } else if (yaml.IsScalar()) {
    node.kind = ConfigNode::Kind::kScalar;
    node.scalar = yaml.Scalar();
  }
  node.place = {file, line};
  return node;
}

/// Takes the file away: what is left came with a --set.
void forget_places(ConfigNode& node) {
  node.place = {};
  for (ConfigNode& item : node.items) {
    forget_places(item);
  }
  for (auto& [key, child] : node.entries) {
    forget_places(child);
  }
}

/// The value of an assignment: YAML, whose own faults name the assignment.
Result<ConfigNode> parse_value(std::string_view value, std::string_view assignment) {
  Result<ConfigNode> node = parse_config(value, "value");
  if (!node) {
    Error error = std::move(node).error().with_context(fmt::format("--set {}", assignment));
    error.place = {};
    return tl::unexpected(std::move(error));
  }
  forget_places(*node);
  return node;
}

/// The first step of a key, and how many bytes it takes up.
struct Step {
  std::string_view name;
  std::size_t size = 0;
};

/// Nothing where a quotation mark has no other, or more than the step's end stands behind that.
std::optional<Step> first_step(std::string_view key) {
  if (!key.starts_with('"')) {
    const std::size_t end = std::min(key.find_first_of(".="), key.size());
    return Step{key.substr(0, end), end};
  }
  const std::size_t close = key.find('"', 1);
  if (close == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view behind = key.substr(close + 1, 1);
  const bool ends = behind.empty() || behind == "." || behind == "=";
  return ends ? std::optional(Step{key.substr(1, close - 1), close + 1}) : std::nullopt;
}

/// The steps of an assignment's key; `rest` is left with the "=" and what follows it.
Result<std::vector<std::string_view>> steps_of(std::string_view assignment,
                                               std::string_view& rest) {
  std::vector<std::string_view> steps;
  rest = assignment;
  for (bool more = true; more;) {
    const std::optional<Step> step = first_step(rest);
    if (!step) {
      return fail(Code::kInvalidArgument,
                  "--set {}: expected a name that begins with a quotation mark to end with one, as "
                  "in upstreams.\"a.b\".base_url=URL",
                  assignment);
    }
    steps.push_back(step->name);
    rest.remove_prefix(step->size);
    more = rest.starts_with('.');
    rest.remove_prefix(more ? 1 : 0);
  }
  if (!rest.starts_with('=') || assignment.starts_with('=')) {
    return fail(
        Code::kInvalidArgument, "--set {}: expected KEY=VALUE, as in store=my.db", assignment);
  }
  return steps;
}

/// Where in a list a step of digits points; nothing where it points nowhere.
std::optional<std::size_t> position(const ConfigNode& list, std::string_view step) {
  std::size_t index = 0;
  const char* const end = step.data() + step.size();
  const auto [stop, error] = std::from_chars(step.data(), end, index);
  const bool is_there = error == std::errc() && stop == end && index < list.items.size();
  return is_there ? std::optional(index) : std::nullopt;
}

/// The child to descend into for one step of `a.b.0.c`, made where it is missing.
Result<ConfigNode*> descend(ConfigNode& node, std::string_view step, std::string_view assignment) {
  if (node.kind == ConfigNode::Kind::kList) {
    const auto index = position(node, step);
    if (!index) {
      return fail(Code::kInvalidArgument,
                  "--set {}: '{}' is no position in a list of {}",
                  assignment,
                  step,
                  node.items.size());
    }
    return &node.items[*index];
  }
  if (node.kind == ConfigNode::Kind::kScalar) {
    return fail(
        Code::kInvalidArgument, "--set {}: nothing stands below a single value", assignment);
  }
  node.kind = ConfigNode::Kind::kMap;
  for (auto& [key, child] : node.entries) {
    if (key == step) {
      return &child;
    }
  }
  node.entries.push_back({std::string(step), ConfigNode{}});
  return &node.entries.back().value;
}

/// The item or value that one step names; null where there is none.
const ConfigNode* child_of(const ConfigNode& node, std::string_view step) {
  if (node.kind != ConfigNode::Kind::kList) {
    return node.find(step);
  }
  const auto index = position(node, step);
  return index ? &node.items[*index] : nullptr;
}

}  // namespace

const ConfigNode* ConfigNode::find(std::string_view key) const {
  const auto found = std::find_if(
      entries.begin(), entries.end(), [&](const auto& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

std::string ConfigNode::source() const {
  return place.file.empty() ? std::string("--set") : fmt::format("{}:{}", place.file, place.line);
}

std::string key_step(std::string_view name) {
  const bool is_one = !name.empty() && name.find_first_of(".=\"") == std::string_view::npos;
  return is_one ? std::string(name) : fmt::format("\"{}\"", name);
}

Error config_fault(const ConfigNode& root, std::string_view key, std::string_view message) {
  const ConfigNode* node = &root;
  for (std::string_view rest = key; !rest.empty();) {
    const std::optional<Step> step = first_step(rest);
    const ConfigNode* const child = step ? child_of(*node, step->name) : nullptr;
    if (child == nullptr) {
      break;
    }
    node = child;
    rest.remove_prefix(std::min(rest.size(), step->size + 1));
  }
  return {
      Code::kInvalidArgument, fmt::format("{}: {}: {}", node->source(), key, message), node->place};
}

Result<ConfigNode> parse_config(std::string_view yaml, const std::string& file) {
  try {
    return convert(YAML::Load(std::string(yaml)), file, 0);
  } catch (const YAML::Exception& exception) {
    const auto line = static_cast<std::size_t>(std::max(0, exception.mark.line + 1));
    return tl::unexpected(error_at(file, line, fmt::format("not valid YAML: {}", exception.msg)));
  }
}

Status apply_override(ConfigNode& root, std::string_view assignment) {
  std::string_view rest;
  const std::vector<std::string_view> steps = TRY(steps_of(assignment, rest));
  ConfigNode value = TRY(parse_value(rest.substr(1), assignment));
  ConfigNode* place = &root;
  for (const std::string_view step : steps) {
    place = TRY(descend(*place, step, assignment));
  }
  *place = std::move(value);
  return {};
}

}  // namespace wend::base
