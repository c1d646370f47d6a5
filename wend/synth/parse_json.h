// SPDX-License-Identifier: Apache-2.0
// Replies in the form of JSON, with the schemas that an upstream is asked to hold them to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wend/synth/parse_reply.h"

namespace wend::synth {

Parsed<Revision> json_nodes(std::string_view reply);
Parsed<Choice> json_choice(std::string_view reply);
Parsed<std::vector<QaPair>> json_pairs(std::string_view reply);
Parsed<Verdict> json_verdict(std::string_view reply);

/// What every form has to keep to: nothing empty, names and definitions of one line.
Parsed<NodeSet> checked_nodes(NodeSet nodes);
Parsed<std::vector<QaPair>> checked_pairs(std::vector<QaPair> pairs);

/// Replies that have a schema.
enum class Shape : std::uint8_t { kNodes, kRevision, kChoice, kPairs, kVerdict };

/// Parameters of a call whose reply is held to the schema: {"response_format":{...}}.
std::string response_format(Shape shape);

}  // namespace wend::synth
