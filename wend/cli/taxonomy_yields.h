// SPDX-License-Identifier: Apache-2.0
// What the batches of a synthesis brought, for `wend taxonomy show --history`.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "wend/trips/taxonomy_show.h"

namespace wend::cli {

/// Leaf by leaf.
nlohmann::ordered_json yields_to_json(const std::vector<trips::ShownLeaf>& leaves);

/// A table by batch, and the leaves that have fewer questions than they were to have. Empty where
/// nothing was asked.
std::string yields_text(const std::vector<trips::ShownLeaf>& leaves);

}  // namespace wend::cli
