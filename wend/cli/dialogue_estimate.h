// SPDX-License-Identifier: Apache-2.0
// What dialogues with a model are expected to take, as every verb that has them tells it.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "wend/llm/dialogue_run.h"

namespace wend::cli {

/// `items` names what is asked about: "queries", "choices", "prompts".
nlohmann::ordered_json estimate_json(std::string_view items,
                                     const llm::DialogueEstimate& estimate,
                                     const std::string& currency);

/// One line of it.
void print_estimate(std::FILE* stream,
                    std::string_view items,
                    const llm::DialogueEstimate& estimate,
                    const std::string& currency);

}  // namespace wend::cli
