// SPDX-License-Identifier: Apache-2.0
#include "wend/base/config.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "wend/base/suggest.h"

namespace wend::base {
namespace {

template <class Number>
bool parse_number(const ConfigNode& node, Bounds bounds, Number& place) {
  if (node.kind != ConfigNode::Kind::kScalar) {
    return false;
  }
  Number parsed{};
  const char* end = node.scalar.data() + node.scalar.size();
  const auto [stop, error] = std::from_chars(node.scalar.data(), end, parsed);
  const auto as_double = static_cast<double>(parsed);
  if (error != std::errc() || stop != end || !std::isfinite(as_double) || as_double < bounds.low ||
      as_double > bounds.high) {
    return false;
  }
  place = parsed;
  return true;
}

std::string number_expectation(const char* kind, Bounds bounds) {
  const bool has_low = bounds.low != std::numeric_limits<double>::lowest();
  const bool has_high = bounds.high != std::numeric_limits<double>::max();
  if (has_low && has_high) {
    return fmt::format("{} from {} to {}", kind, bounds.low, bounds.high);
  }
  if (has_low) {
    return fmt::format("{} of at least {}", kind, bounds.low);
  }
  return kind;
}

template <class Number>
ConfigField number_field(
    const char* name, const char* doc, const char* kind, Bounds bounds, Number& place) {
  return {name,
          doc,
          number_expectation(kind, bounds),
          [&place] { return fmt::format("{}", place); },
          [&place, bounds](const ConfigNode& node) { return parse_number(node, bounds, place); }};
}

template <class Number>
ConfigField optional_field(const char* name,
                           const char* doc,
                           const char* kind,
                           Bounds bounds,
                           std::optional<Number>& place) {
  return {name,
          doc,
          number_expectation(kind, bounds),
          [&place] { return place ? fmt::format("{}", *place) : std::string(); },
          [&place, bounds](const ConfigNode& node) {
            Number parsed{};
            if (!parse_number(node, bounds, parsed)) {
              return false;
            }
            place = parsed;
            return true;
          }};
}

}  // namespace

void ConfigVisitor::value(const char* name, std::string& place, const char* doc) {
  scalar({name,
          doc,
          "a text",
          [&place] { return place; },
          [&place](const ConfigNode& node) {
            place = node.scalar;
            return node.kind == ConfigNode::Kind::kScalar;
          }});
}

void ConfigVisitor::value(const char* name, bool& place, const char* doc) {
  scalar({name,
          doc,
          "true or false",
          [&place] { return std::string(place ? "true" : "false"); },
          [&place](const ConfigNode& node) {
            place = node.scalar == "true";
            return node.kind == ConfigNode::Kind::kScalar && (place || node.scalar == "false");
          }});
}

void ConfigVisitor::value(const char* name, double& place, const char* doc, Bounds bounds) {
  scalar(number_field(name, doc, "a number", bounds, place));
}

void ConfigVisitor::value(const char* name, std::int64_t& place, const char* doc, Bounds bounds) {
  scalar(number_field(name, doc, "a whole number", bounds, place));
}

void ConfigVisitor::value(const char* name,
                          std::optional<double>& place,
                          const char* doc,
                          Bounds bounds) {
  scalar(optional_field(name, doc, "a number", bounds, place));
}

void ConfigVisitor::value(const char* name,
                          std::optional<std::int64_t>& place,
                          const char* doc,
                          Bounds bounds) {
  scalar(optional_field(name, doc, "a whole number", bounds, place));
}

void ConfigVisitor::value(const char* name,
                          std::optional<std::vector<std::string>>& place,
                          const char* doc) {
  const auto show = [&place] {
    return place ? fmt::format("[{}]", fmt::join(*place, ", ")) : std::string();
  };
  scalar({name, doc, "a list of texts", show, [&place](const ConfigNode& node) {
            if (node.kind != ConfigNode::Kind::kList) {
              return false;
            }
            place.emplace();
            for (const ConfigNode& item : node.items) {
              if (item.kind != ConfigNode::Kind::kScalar) {
                return false;
              }
              place->push_back(item.scalar);
            }
            return true;
          }});
}

namespace {

/// Reads a tree into a struct: a stack of the maps that are open, and the first fault.
class Reader final : public ConfigVisitor {
 public:
  Reader(const ConfigNode& root, std::vector<EffectiveValue>* effective) : effective_(effective) {
    open_.push_back({&root, "", {}});
  }

  Status finish() {
    close_level();
    if (fault_) {
      return tl::unexpected(*std::move(fault_));
    }
    return {};
  }

 private:
  struct Level {
    const ConfigNode* node;  ///< Null where the file says nothing of this section.
    std::string path;
    std::vector<std::string> known;
  };

  std::string path_of(const std::string& name) const {
    return open_.back().path.empty() ? name : open_.back().path + "." + name;
  }

  /// The node of a field, or null where absent or null; remembers the name as known.
  const ConfigNode* take(const char* name) {
    open_.back().known.emplace_back(name);
    const ConfigNode* node = open_.back().node;
    const ConfigNode* found = node == nullptr ? nullptr : node->find(name);
    return found != nullptr && found->kind == ConfigNode::Kind::kNull ? nullptr : found;
  }

  void fault(const ConfigNode& node, const std::string& message) {
    if (!fault_) {
      fault_ =
          Error{Code::kInvalidArgument, fmt::format("{}: {}", node.source(), message), node.place};
    }
  }

  bool is(const ConfigNode& node,
          ConfigNode::Kind kind,
          const std::string& name,
          std::string_view what) {
    if (node.kind == kind) {
      return true;
    }
    fault(node, fmt::format("{}: expected {}", path_of(name), what));
    return false;
  }

  /// A map that only --set has made was meant as an item of a list that is not there.
  std::string expected_list(const ConfigNode& node, const char* name) const {
    return node.kind == ConfigNode::Kind::kMap && node.place.file.empty()
               ? fmt::format(
                     "a list to be there for --set to change an item of; give all of it, as "
                     "in --set '{}=[{{...}}]'",
                     path_of(name))
               : fmt::format(
                     "a list, [{{...}}, {{...}}]{}",
                     node.kind == ConfigNode::Kind::kMap ? ", found a section of keys" : "");
  }

  void scalar(const ConfigField& field) override {
    const ConfigNode* node = take(field.name);
    if (node != nullptr && !field.read(*node)) {
      const std::string found =
          node->kind == ConfigNode::Kind::kScalar ? fmt::format(", found '{}'", node->scalar) : "";
      fault(*node, fmt::format("{}: expected {}{}", path_of(field.name), field.expectation, found));
    }
    if (effective_ != nullptr) {
      effective_->push_back(
          {path_of(field.name), field.show(), node == nullptr ? "default" : node->source()});
    }
  }

  bool enter(const char* name, const char*) override {
    const ConfigNode* node = take(name);
    if (node != nullptr && !is(*node, ConfigNode::Kind::kMap, name, "a section of keys")) {
      node = nullptr;
    }
    open_.push_back({node, path_of(name), {}});
    return true;
  }

  void leave() override {
    close_level();
    open_.pop_back();
  }

  void list(const char* name, const char*, const Item& item) override {
    const ConfigNode* node = take(name);
    if (node == nullptr || !is(*node, ConfigNode::Kind::kList, name, expected_list(*node, name))) {
      return;
    }
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      visit_item(node->items[i], fmt::format("{}.{}", name, i), nullptr, item);
    }
  }

  void map(const char* name, const char*, const Item& item) override {
    const ConfigNode* node = take(name);
    if (node == nullptr || !is(*node, ConfigNode::Kind::kMap, name, "a section of keys")) {
      return;
    }
    for (const auto& [key, child] : node->entries) {
      visit_item(child, fmt::format("{}.{}", name, key_step(key)), &key, item);
    }
  }

  void visit_item(const ConfigNode& node,
                  const std::string& name,
                  const std::string* key,
                  const Item& item) {
    if (!is(node, ConfigNode::Kind::kMap, name, "a section of keys, {key: value, ...}")) {
      return;
    }
    open_.push_back({&node, path_of(name), {}});
    item(*this, key);
    close_level();
    open_.pop_back();
  }

  void close_level() {
    const Level& level = open_.back();
    if (level.node == nullptr) {
      return;
    }
    for (const auto& [key, child] : level.node->entries) {
      if (std::find(level.known.begin(), level.known.end(), key) == level.known.end()) {
        fault(child,
              fmt::format("unknown key '{}'{}", path_of(key), did_you_mean(key, level.known)));
        return;
      }
    }
  }

  std::vector<Level> open_;
  std::vector<EffectiveValue>* effective_;
  std::optional<Error> fault_;
};

/// Lists keys and defaults; visits one example item of each list and map.
class Lister final : public ConfigVisitor {
 public:
  std::vector<ConfigKey> keys;

 private:
  void scalar(const ConfigField& field) override {
    keys.push_back({prefix_ + field.name, field.show(), field.doc, false});
  }

  bool enter(const char* name, const char* doc) override {
    keys.push_back({prefix_ + name, "", doc, true});
    push(std::string(name) + ".");
    return true;
  }

  void leave() override {
    prefix_.resize(lengths_.back());
    lengths_.pop_back();
  }

  void list(const char* name, const char* doc, const Item& item) override {
    visit_example(name, doc, "[].", nullptr, item);
  }

  void map(const char* name, const char* doc, const Item& item) override {
    const std::string key = "NAME";
    visit_example(name, doc, ".NAME.", &key, item);
  }

  void visit_example(const char* name,
                     const char* doc,
                     const char* step,
                     const std::string* key,
                     const Item& item) {
    keys.push_back({prefix_ + name, "", doc, true});
    push(std::string(name) + step);
    item(*this, key);
    leave();
  }

  void push(const std::string& step) {
    lengths_.push_back(prefix_.size());
    prefix_ += step;
  }

  std::string prefix_;
  std::vector<std::size_t> lengths_;
};

}  // namespace

Status read_config(const ConfigNode& root,
                   const std::function<void(ConfigVisitor&)>& fields,
                   std::vector<EffectiveValue>* effective) {
  if (root.kind != ConfigNode::Kind::kMap && root.kind != ConfigNode::Kind::kNull) {
    return fail_at(root.place,
                   Code::kInvalidArgument,
                   "{}: expected keys and values, as in 'store: wend.db'",
                   root.source());
  }
  Reader reader(root, effective);
  fields(reader);
  return reader.finish();
}

std::vector<ConfigKey> list_config_keys(const std::function<void(ConfigVisitor&)>& fields) {
  Lister lister;
  fields(lister);
  return std::move(lister.keys);
}

}  // namespace wend::base
