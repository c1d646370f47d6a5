// SPDX-License-Identifier: Apache-2.0
// What a model is told of the task type that it writes questions for (TRouter, Table 21): the names
// and definitions from the domain down.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "wend/synth/node_set.h"

namespace wend::synth {

/// The text of the node at the end of a path that begins with a domain.
std::string profile_text(std::span<const NodeDraft> path);

/// "domain", "subcategory" or "difficulty": the lowest level of a tree, and so the one whose
/// profiles questions are written for.
std::optional<Level> parse_level(std::string_view word);

}  // namespace wend::synth
