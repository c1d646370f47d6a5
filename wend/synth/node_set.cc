// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/node_set.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "wend/base/hash.h"
#include "wend/text/characters.h"

namespace wend::synth {
namespace {

struct LevelWords {
  std::string_view label;
  std::string_view plural;
};

constexpr std::array<LevelWords, 3> kWords = {
    {{"Domain", "domains"}, {"Subcategory", "subcategories"}, {"Level", "levels of difficulty"}}};

const LevelWords& words_of(Level level) {
  return kWords.at(static_cast<std::size_t>(level));
}

/// The names of a set that have not come before, in folded case; the taken ones have.
class Names {
 public:
  explicit Names(const SetRules& rules) {
    for (const std::string& name : rules.taken) {
      seen_.insert(text::case_folded(name));
    }
  }

  bool is_new(const std::string& name) { return seen_.insert(text::case_folded(name)).second; }

 private:
  std::set<std::string> seen_;
};

NodeSet in_order(NodeSet set) {
  std::ranges::sort(set, {}, [](const NodeDraft& node) {
    return std::tie(node.name, node.definition, node.example);
  });
  return set;
}

/// "C++ and C#" is "cplusplus-and-csharp". What has letters of other scripts gets a digest of the
/// whole name behind it.
std::string slug_of(std::string_view name) {
  constexpr std::size_t kDigits = 6;
  std::string slug;
  bool is_plain = true;
  for (const char c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_letter || (c >= '0' && c <= '9')) {
      slug += is_letter ? static_cast<char>(c | 0x20) : c;
    } else if (c == '+' || c == '#') {
      slug += c == '+' ? "plus" : "sharp";
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
    is_plain = is_plain && static_cast<unsigned char>(c) < 0x80;
  }
  if (slug.ends_with('-')) {
    slug.pop_back();
  }
  if (!is_plain || slug.empty()) {
    slug.append(slug.empty() ? "" : "-").append(base::sha256_hex(name), 0, kDigits);
  }
  return slug;
}

}  // namespace

std::string_view label_of(Level level) {
  return words_of(level).label;
}

std::string_view plural_of(Level level) {
  return words_of(level).plural;
}

std::optional<std::string> complaint_about(const NodeSet& set, const SetRules& rules) {
  if (set.size() > rules.cap) {
    return fmt::format(
        "it has {} {}, and there may be {}", set.size(), plural_of(rules.level), rules.cap);
  }
  Names names(rules);
  for (const NodeDraft& node : set) {
    if (!names.is_new(node.name)) {
      return fmt::format("'{}' stands there twice or is on the map already", node.name);
    }
  }
  return std::nullopt;
}

NodeSet kept_of(const NodeSet& set, const SetRules& rules) {
  Names names(rules);
  NodeSet kept;
  for (const NodeDraft& node : set) {
    if (kept.size() < rules.cap && names.is_new(node.name)) {
      kept.push_back(node);
    }
  }
  return kept;
}

bool same_nodes(const NodeSet& a, const NodeSet& b, Level level) {
  return level == Level::kDifficulty ? a == b : in_order(a) == in_order(b);
}

std::string set_text(std::span<const NodeDraft> set, Level level) {
  std::string text;
  for (const NodeDraft& node : set) {
    text += fmt::format("{}{}: {}\nDefinition: {}\nExample: {}",
                        text.empty() ? "" : "\n\n",
                        label_of(level),
                        node.name,
                        node.definition,
                        node.example);
  }
  return text;
}

std::string id_of_child(std::string_view parent,
                        std::string_view name,
                        std::span<const std::string> taken) {
  const std::string wanted =
      fmt::format("{}{}{}", parent, parent.empty() ? "" : ".", slug_of(name));
  std::string id = wanted;
  for (std::size_t number = 2; std::ranges::find(taken, id) != taken.end(); ++number) {
    id = fmt::format("{}-{}", wanted, number);
  }
  return id;
}

}  // namespace wend::synth
