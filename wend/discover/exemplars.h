// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "wend/base/matrix.h"

namespace wend::discover {

/// The `count` members whose rows have the highest cosine with the centre, highest first; equals by
/// rising number. Fewer where there are fewer.
std::vector<std::uint32_t> exemplars(const base::Matrix& rows,
                                     std::span<const std::uint32_t> members,
                                     std::span<const float> centre,
                                     std::size_t count);

}  // namespace wend::discover
