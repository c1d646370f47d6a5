// SPDX-License-Identifier: Apache-2.0
// The overrides of a manifest (docs/formats/artifact.md):
// [{"node","model","metric","mode","value"}], applied in this order.
#pragma once

#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "wend/base/result.h"
#include "wend/core/override.h"

namespace wend::routers {

/// The error names the entry and what was expected of it.
base::Result<std::vector<core::Override>> read_overrides(const nlohmann::json& list);

nlohmann::ordered_json override_json(const core::Override& override);

}  // namespace wend::routers
