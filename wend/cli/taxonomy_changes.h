// SPDX-License-Identifier: Apache-2.0
// What a verb changed in an artifact, told in one way by all of them.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "wend/trips/upkeep.h"

namespace wend::cli {

/// `[{"task_id","model","metric","from","to"}]`
nlohmann::ordered_json changes_json(const std::vector<trips::TableChange>& changes);

/// The same as a table.
std::string changes_table(const std::vector<trips::TableChange>& changes);

/// The table and, under it, where the new artifact is and its id.
void print_changes(const trips::Upkept& upkept, const std::string& out);

}  // namespace wend::cli
