// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/parse_reply.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "wend/llm/thoughts.h"
#include "wend/synth/blocks.h"
#include "wend/synth/parse_json.h"
#include "wend/synth/read_pairs.h"

namespace wend::synth {
namespace {

constexpr std::size_t kLongestName = 80;
constexpr std::string_view kJustification = "<justification>";
constexpr std::string_view kEndOfJustification = "</justification>";

using Wrong = tl::unexpected<std::string>;

struct NodeMarkers {
  std::string_view begin;
  std::string_view end;
};

/// The three lines of a node in their order.
constexpr std::size_t kFields = 3;

/// Nodes as their lines come.
class NodeReader {
 public:
  explicit NodeReader(Level level) : keys_({label_of(level), "Definition", "Example"}) {
    for (const Level other : {Level::kDomain, Level::kSubcategory, Level::kDifficulty}) {
      if (other != level) {
        others_.push_back(label_of(other));
      }
    }
  }

  std::optional<std::string> take(std::string_view line) {
    const KeyedLine keyed = keyed_line(line, keys_);
    if (!keyed.key.empty()) {
      return begin_field(keyed);
    }
    // Within an example anything may stand, and so may another level's word.
    const bool in_example = next_ == 0 && !nodes_.empty();
    if (const KeyedLine other = keyed_line(line, others_); !other.key.empty() && !in_example) {
      return fmt::format("it has a line \"{}:\", and \"{}:\" is expected", other.key, keys_[0]);
    }
    return go_on(line);
  }

  Parsed<NodeSet> finish() && {
    if (next_ != 0) {
      return Wrong(fmt::format("its last member has no line \"{}:\"", keys_.at(next_)));
    }
    if (nodes_.empty()) {
      return Wrong("there is nothing between the markers");
    }
    return std::move(nodes_);
  }

 private:
  std::optional<std::string> begin_field(const KeyedLine& line) {
    if (line.key != keys_.at(next_)) {
      return fmt::format("a line \"{}:\" stands where \"{}:\" is expected", line.key, keys_[next_]);
    }
    if (next_ == 0) {
      nodes_.emplace_back();
    }
    place_ = field(next_);
    *place_ = line.value;
    next_ = (next_ + 1) % kFields;
    return std::nullopt;
  }

  /// A line without a key belongs to the field before it.
  std::optional<std::string> go_on(std::string_view line) {
    if (trimmed(line).empty() && (place_ == nullptr || next_ != 0)) {
      return std::nullopt;
    }
    if (place_ == nullptr) {
      return fmt::format("\"{}\" stands before the first \"{}:\"",
                         trimmed(line).substr(0, kLongestName),
                         keys_[0]);
    }
    place_->append("\n").append(line);
    return std::nullopt;
  }

  std::string* field(std::size_t index) {
    NodeDraft& node = nodes_.back();
    return std::array{&node.name, &node.definition, &node.example}.at(index);
  }

  std::vector<std::string_view> keys_;
  std::vector<std::string_view> others_;
  NodeSet nodes_;
  std::size_t next_ = 0;          // The field that comes next.
  std::string* place_ = nullptr;  // Of the field before; into nodes_.
};

Parsed<NodeSet> read_nodes(std::string_view text, Level level) {
  NodeReader reader(level);
  for (const std::string_view line : lines_of(text)) {
    if (auto wrong = reader.take(line)) {
      return Wrong(*std::move(wrong));
    }
  }
  Parsed<NodeSet> nodes = std::move(reader).finish();
  return nodes ? checked_nodes(*std::move(nodes)) : nodes;
}

/// A set in one block, or each of its members in a block of its own, as small models write it. Of
/// several blocks that are sets, or that say the same, nobody knows which is meant.
Parsed<NodeSet> read_blocks(std::string_view reply, NodeMarkers markers, Level level) {
  const auto found = blocks(reply, markers.begin, markers.end);
  if (!found) {
    return Wrong(found.error());
  }
  NodeSet members;
  for (const std::string_view text : *found) {
    Parsed<NodeSet> nodes = read_nodes(text, level);
    if (!nodes || found->size() == 1) {
      return nodes;
    }
    const bool is_known =
        std::ranges::find(members, nodes->front().name, &NodeDraft::name) != members.end();
    if (nodes->size() > 1 || is_known) {
      return Wrong(more_than_once(markers.begin));
    }
    members.push_back(std::move(nodes->front()));
  }
  return members;
}

/// What stands alone between markers, but for stars and a full stop.
Parsed<std::string> lone_word(std::string_view reply,
                              std::string_view begin,
                              std::string_view end) {
  const auto found = block(reply, begin, end);
  if (!found) {
    return Wrong(found.error());
  }
  std::string_view text = *found;
  const auto is_around = [](char c) {
    return std::string_view(" \t\r\n*.\"'").find(c) != std::string_view::npos;
  };
  while (!text.empty() && is_around(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_around(text.back())) {
    text.remove_suffix(1);
  }
  std::string word = one_line(text);
  for (char& c : word) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  return word;
}

/// "[a short name]": the form that was shown, not filled in.
bool is_placeholder(std::string_view text) {
  text = trimmed(text);
  return text.starts_with('[') && text.ends_with(']');
}

constexpr const char* kFormItself =
    "{} {} is the form itself; put words of your own where the brackets are";

}  // namespace

Parsed<NodeSet> checked_nodes(NodeSet nodes) {
  if (nodes.empty()) {
    return Wrong("the set is empty");
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    NodeDraft& node = nodes[i];
    if (trimmed(node.name).find('\n') != std::string_view::npos ||
        trimmed(node.definition).find('\n') != std::string_view::npos) {
      return Wrong(
          fmt::format("the name and the definition of member {} are to be one line each", i + 1));
    }
    node.name = one_line(node.name);
    if (node.name.starts_with("**") && node.name.ends_with("**") && node.name.size() > 4) {
      node.name = one_line(std::string_view(node.name).substr(2, node.name.size() - 4));
    }
    node.definition = one_line(node.definition);
    node.example = trimmed(node.example);
    if (node.name.empty() || node.definition.empty() || node.example.empty()) {
      return Wrong(fmt::format("member {} lacks its name, its definition or its example", i + 1));
    }
    if (is_placeholder(node.name) || is_placeholder(node.definition)) {
      return Wrong(fmt::format(kFormItself, "member", i + 1));
    }
    if (node.name.size() > kLongestName) {
      return Wrong(
          fmt::format("the name of member {} is too long; it is to be a few words", i + 1));
    }
  }
  return nodes;
}

Parsed<std::vector<QaPair>> checked_pairs(std::vector<QaPair> pairs) {
  if (pairs.empty()) {
    return Wrong("there is no pair in it");
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i].question = trimmed(pairs[i].question);
    pairs[i].answer = trimmed(pairs[i].answer);
    if (pairs[i].question.empty() || pairs[i].answer.empty()) {
      return Wrong(fmt::format("the question or the answer of pair {} is empty", i + 1));
    }
    if (is_placeholder(pairs[i].question)) {
      return Wrong(fmt::format(kFormItself, "pair", i + 1));
    }
  }
  return pairs;
}

Parsed<NodeSet> parse_nodes(std::string_view reply, Level level, Form form) {
  if (form == Form::kJson) {
    return json_nodes(reply).map([](Revision&& found) { return std::move(found.nodes); });
  }
  return read_blocks(llm::without_thoughts(reply), {"<node begin>", "</node end>"}, level);
}

Parsed<Revision> parse_revision(std::string_view reply, Level level, Form form) {
  if (form == Form::kJson) {
    return json_nodes(reply);
  }
  reply = llm::without_thoughts(reply);
  return read_blocks(reply, {"<revision node begin>", "</revision node end>"}, level)
      .map([&](NodeSet&& nodes) {
        return Revision{optional_block(reply, kJustification, kEndOfJustification),
                        std::move(nodes)};
      });
}

Parsed<Choice> parse_choice(std::string_view reply, Form form) {
  if (form == Form::kJson) {
    return json_choice(reply);
  }
  reply = llm::without_thoughts(reply);
  const Parsed<std::string> word = lone_word(reply, "<preferred set>", "</preferred set>");
  if (!word) {
    return Wrong(word.error());
  }
  const bool is_a = *word == "set a" || *word == "a";
  if (!is_a && *word != "set b" && *word != "b") {
    return Wrong(R"(between <preferred set> and </preferred set> there is to be "Set A" or "Set B")"
                 " and nothing else");
  }
  return Choice{is_a ? Side::kA : Side::kB,
                optional_block(reply, kJustification, kEndOfJustification)};
}

Parsed<std::vector<QaPair>> parse_pairs(std::string_view reply, Form form) {
  if (form == Form::kJson) {
    return json_pairs(reply);
  }
  const auto found = blocks(llm::without_thoughts(reply), "<qa_pairs begin>", "</qa_pairs end>");
  if (!found) {
    return Wrong(found.error());
  }
  std::vector<QaPair> all;
  for (const std::string_view text : *found) {
    Parsed<std::vector<QaPair>> pairs = read_pairs(text);
    if (!pairs) {
      return pairs;
    }
    std::ranges::move(*pairs, std::back_inserter(all));
  }
  return checked_pairs(std::move(all));
}

Parsed<Verdict> parse_verdict(std::string_view reply, Form form) {
  if (form == Form::kJson) {
    return json_verdict(reply);
  }
  reply = llm::without_thoughts(reply);
  const Parsed<std::string> word = lone_word(reply, "<verdict>", "</verdict>");
  if (!word) {
    return Wrong(word.error());
  }
  if (*word != "right" && *word != "wrong") {
    return Wrong(R"(between <verdict> and </verdict> there is to be "right" or "wrong" and nothing)"
                 " else");
  }
  return Verdict{*word == "right", optional_block(reply, kJustification, kEndOfJustification)};
}

}  // namespace wend::synth
