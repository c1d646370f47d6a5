// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace wend::encoder {

/// The indices of the texts that go through the network together, packed end to end.
using Tile = std::vector<std::size_t>;

/// Divides texts of these lengths into tiles of at most `rows` tokens (a longer text is a tile of
/// its own), the longest texts first, so that threads finish together. Each text is in one tile.
std::vector<Tile> plan_tiles(std::span<const std::size_t> lengths, std::size_t rows);

}  // namespace wend::encoder
