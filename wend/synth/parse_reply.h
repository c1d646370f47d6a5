// SPDX-License-Identifier: Apache-2.0
// What a model wrote, read strictly: a reply is either exactly what was asked for or it comes with
// the reason why not, in words that the model is told when it is asked again. Any bytes may come
// in. There are two forms: markers, for any model, and JSON, for upstreams that hold replies to a
// schema.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "wend/synth/node_set.h"

namespace wend::synth {

enum class Form : std::uint8_t { kMarkers, kJson };

/// The value, or what is wrong with the reply.
template <class T>
using Parsed = tl::expected<T, std::string>;

/// The set of one level, never empty: <node begin> ... </node end>. Names and definitions are one
/// line each, none of the three is empty, and they come in this order. Thoughts before the block
/// are passed over. A set may also come with each member in a block of its own.
Parsed<NodeSet> parse_nodes(std::string_view reply, Level level, Form form);

struct Revision {
  std::string justification;  ///< May be empty.
  NodeSet nodes;
};

/// The same between <revision node begin> and </revision node end>.
Parsed<Revision> parse_revision(std::string_view reply, Level level, Form form);

enum class Side : std::uint8_t { kA, kB };

struct Choice {
  Side side = Side::kA;
  std::string justification;  ///< May be empty.
};

/// "Set A" or "Set B", alone between <preferred set> and </preferred set>. A sentence that names
/// both is no choice.
Parsed<Choice> parse_choice(std::string_view reply, Form form);

struct QaPair {
  std::string question;
  std::string answer;

  friend bool operator==(const QaPair&, const QaPair&) = default;
};

/// Pairs between <qa_pairs begin> and </qa_pairs end>, never none, in one block or several; what
/// begins a question or an answer there is said in read_pairs.h.
Parsed<std::vector<QaPair>> parse_pairs(std::string_view reply, Form form);

struct Verdict {
  bool right = false;
  std::string justification;  ///< May be empty.
};

/// "right" or "wrong", alone between <verdict> and </verdict>.
Parsed<Verdict> parse_verdict(std::string_view reply, Form form);

}  // namespace wend::synth
