// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "wend/data/outcome_table.h"
#include "wend/trips/config.h"

namespace wend::trips {

/// The models of `table` for one who is to choose among them, one a line: name, prices, parameters
/// and description, as far as they are known, of the configuration first.
std::string model_listing(const data::OutcomeTable& table, const Config& config);

/// The same with each model's mean quality and cost on the `train` rows of `known`, which may be
/// another collection.
std::string model_listing(const data::OutcomeTable& table,
                          const Config& config,
                          const data::OutcomeTable& known,
                          std::span<const std::uint32_t> train);

}  // namespace wend::trips
