// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "wend/base/result.h"
#include "wend/core/preference.h"

namespace wend::serve {

/// Where a caller may say what it prefers.
struct PreferenceSources {
  std::optional<core::Preference> body;
  const std::string* header = nullptr;  ///< x-wend-preference, where it was sent.
  std::optional<core::Preference> model_name;
  core::Preference configured;
};

/// Body over header over model name over configuration (product.md, "Preference"). Fails for a
/// header that is none, even where the body would win: a caller who misspells should hear of it.
base::Result<core::Preference> preferred(const PreferenceSources& sources);

}  // namespace wend::serve
