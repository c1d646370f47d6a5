// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace wend::discover {

/// Renumbers groups from 0 by falling number of members, equals by their first member; those of
/// fewer than `least` dissolve: their members, and whoever had a number below 0, get -1. Returns
/// how many are left.
std::size_t number_by_size(std::span<std::int32_t> group, std::size_t least = 1);

}  // namespace wend::discover
