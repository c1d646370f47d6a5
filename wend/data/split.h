// SPDX-License-Identifier: Apache-2.0
// A query's part is decided by its text alone: the first 8 bytes of SHA-256(decimal seed, NUL,
// normalised text) as a fraction in [0, 1) against the cumulative shares. So equal texts stay
// together, and a pool or an order changes nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"

namespace wend::data {

/// Shares that sum to 1.
struct SplitShares {
  double train = 0.7;
  double validation = 0.1;
  double test = 0.2;
};

/// "0.7:0.1:0.2", "5:1:4" (scaled to sum 1) or two parts "6:4", of which validation is a tenth of
/// train.
base::Result<SplitShares> parse_split(std::string_view text);

/// The fraction in [0, 1) of a normalised text under a seed.
double split_fraction(std::uint64_t seed, std::string_view normalised_text);

/// Row indices, ascending.
struct Split {
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> validation;
  std::vector<std::uint32_t> test;
};

Split split_rows(const std::vector<std::string>& normalised_texts,
                 const SplitShares& shares,
                 std::uint64_t seed);

/// The first row of each distinct text, in order: what training and validation use
/// (algorithms.md 11.3: duplicates inflate).
std::vector<std::uint32_t> without_duplicates(const std::vector<std::uint32_t>& rows,
                                              const std::vector<std::string>& normalised_texts);

}  // namespace wend::data
