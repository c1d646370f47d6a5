// SPDX-License-Identifier: Apache-2.0
// How far two labellings of the same items mean the same groups, whatever the numbers are:
//
//   NMI = 2 I(A; B) / (H(A) + H(B))                     (Strehl, Ghosh 2002, arithmetic mean)
//   ARI = (pairs - expected) / (mean of both - expected)  (Hubert, Arabie 1985)
//
// ARI is 0 on average for groups drawn at random; NMI grows with the number of groups, so it is
// read beside ARI.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace wend::discover {

struct Agreement {
  double nmi = 0;         ///< In [0, 1]; 1 where neither tells any items apart.
  double ari = 0;         ///< At most 1.
  std::size_t items = 0;  ///< That both label.
};

/// Over the items that both label: a label below 0 is none. NaN where there is no such item.
Agreement agreement(std::span<const std::int32_t> a, std::span<const std::int32_t> b);

}  // namespace wend::discover
