// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/core/model_card.h"

namespace wend::policy {

/// Whether the whole of `id` has the form of `pattern`, in which '*' stands for any text, also
/// none.
bool matches_pattern(std::string_view pattern, std::string_view id);

/// Whether some pattern matches; an empty list allows all.
bool is_allowed(std::span<const std::string> patterns, std::string_view id);

/// For those who take patterns from a person: fails on the first that matches no model of the pool,
/// with what was probably meant.
base::Status check_allowed_models(std::span<const std::string> patterns,
                                  std::span<const core::ModelCard> models);

}  // namespace wend::policy
