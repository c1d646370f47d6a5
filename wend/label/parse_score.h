// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace wend::label {

/// The score that a judge's reply gives, 0 to 1: "0.875", ".5", "7/10", "7 out of 10", "85 %",
/// "Score: 0.5 because ...". Nothing where it gives none: no number, one out of range, several that
/// differ, one in a form that is not certain ("4/5", "1e-1"). What cannot be read is never a zero.
/// What the judge thought aloud does not count.
std::optional<double> parse_score(std::string_view reply);

}  // namespace wend::label
