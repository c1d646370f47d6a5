// SPDX-License-Identifier: Apache-2.0
#include "wend/encoder/tiles.h"

#include <algorithm>
#include <numeric>

namespace wend::encoder {

std::vector<Tile> plan_tiles(std::span<const std::size_t> lengths, std::size_t rows) {
  std::vector<std::size_t> order(lengths.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return lengths[a] > lengths[b];
  });
  std::vector<Tile> tiles;
  std::size_t used = 0;
  for (const std::size_t text : order) {
    if (tiles.empty() || used + lengths[text] > rows) {
      tiles.emplace_back();
      used = 0;
    }
    tiles.back().push_back(text);
    used += lengths[text];
  }
  return tiles;
}

}  // namespace wend::encoder
