// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/capabilities.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace wend::serve {
namespace {

std::string objection(const ServedModel& model, const RequestNeeds& needs) {
  if (needs.vision && !model.can_vision) {
    return "cannot see images";
  }
  if (needs.tools && !model.can_tools) {
    return "cannot call tools";
  }
  if (model.context && needs.tokens() > *model.context) {
    return fmt::format(
        "takes {} tokens, the request needs about {}", *model.context, needs.tokens());
  }
  return {};
}

constexpr std::int64_t kTokensPerMessage = 4;
constexpr std::int64_t kTokensPerImage = 1'000;
constexpr std::int64_t kBytesPerToken = 4;

std::int64_t quarter(std::int64_t bytes) {
  return (bytes + kBytesPerToken - 1) / kBytesPerToken;
}

std::int64_t tokens_of_texts(const core::Conversation& conversation) {
  std::int64_t ascii = 0;
  std::int64_t others = 0;
  for (const core::Turn& turn : conversation.turns) {
    for (const char c : turn.text) {
      const auto byte = static_cast<unsigned char>(c);
      ascii += byte < 0x80 ? 1 : 0;
      others += byte >= 0xC0 ? 1 : 0;  // The first byte of a character of several.
    }
  }
  return quarter(ascii) + others;
}

}  // namespace

std::int64_t estimate_tokens(const llm::ChatView& view) {
  return tokens_of_texts(view.conversation) +
         kTokensPerMessage * static_cast<std::int64_t>(view.conversation.turns.size()) +
         quarter(static_cast<std::int64_t>(view.schema_bytes)) +
         kTokensPerImage * static_cast<std::int64_t>(view.images);
}

RequestNeeds needs_of(const llm::ChatView& view) {
  return {view.uses_tools(),
          view.images > 0,
          estimate_tokens(view),
          std::clamp<std::int64_t>(view.max_tokens.value_or(0), 0, 1LL << 40)};
}

std::vector<std::string> incapable_models(const Snapshot& snapshot, const RequestNeeds& needs) {
  std::vector<std::string> reasons;
  for (const std::optional<std::size_t>& place : snapshot.served) {
    reasons.push_back(place ? objection(snapshot.models[*place], needs)
                            : "not among the configuration's models");
  }
  return reasons;
}

std::string_view field_beyond_all(const Snapshot& snapshot, const llm::ChatView& view) {
  const RequestNeeds all = needs_of(view);

  struct Step {
    std::string_view field;
    RequestNeeds needs;
  };

  const std::array<Step, 4> steps = {{
      {"messages", {.vision = all.vision}},
      {view.tools_field, {.tools = all.tools, .vision = all.vision}},
      {"messages", {all.tools, all.vision, all.prompt_tokens, 0}},
      {view.max_tokens_field, all},
  }};
  for (const Step& step : steps) {
    const bool one_can = std::ranges::any_of(snapshot.served, [&](const auto& place) {
      return place && objection(snapshot.models[*place], step.needs).empty();
    });
    if (!one_can) {
      return step.field;
    }
  }
  return {};
}

}  // namespace wend::serve
