// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "wend/base/result.h"
#include "wend/core/preference.h"

namespace wend::serve {

/// The names under which routing itself is listed.
inline constexpr std::array<std::string_view, 4> kVirtualModels = {
    "auto", "auto:cost", "auto:balanced", "auto:quality"};

/// "auto" and "auto:PREFERENCE" ask to be routed.
struct AutoName {
  std::optional<core::Preference> preference;  ///< Nothing of plain "auto".
};

/// What a model's name asks for: nothing where it is no virtual name; an error for "auto:" with
/// something behind it that is no preference.
base::Result<std::optional<AutoName>> parse_auto_name(std::string_view model);

}  // namespace wend::serve
