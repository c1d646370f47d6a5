// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/profile.h"

#include <fmt/format.h>

namespace wend::synth {

std::string profile_text(std::span<const NodeDraft> path) {
  std::string text;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string_view label = label_of(static_cast<Level>(i));
    text += fmt::format("{}{}: {}\n{} definition: {}",
                        text.empty() ? "" : "\n",
                        label,
                        path[i].name,
                        label,
                        path[i].definition);
  }
  return text;
}

std::optional<Level> parse_level(std::string_view word) {
  if (word == "domain") {
    return Level::kDomain;
  }
  if (word == "subcategory") {
    return Level::kSubcategory;
  }
  return word == "difficulty" ? std::optional(Level::kDifficulty) : std::nullopt;
}

}  // namespace wend::synth
