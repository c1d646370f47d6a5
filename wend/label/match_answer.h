// SPDX-License-Identifier: Apache-2.0
// Quality by metric: a reply against the query's reference (docs/formats/metrics.md has the rules).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wend/base/result.h"
#include "wend/core/query.h"

namespace wend::label {

enum class Metric {
  kExact,
  kValue,
  kNumeric,
  kMath,
  kMultipleChoice,
  kSquadF1,
  kSquadExact,
  kBleu,
  kRougeL,
};

/// The metric that a data set means by a word of its own ("GSM8K" is kNumeric); nothing where
/// replies cannot be scored by it here.
std::optional<Metric> find_metric(std::string_view word);

/// Why no reply to this query can be scored by its text: a metric that is not known here (pass@1
/// among them, which run_code.h scores), no reference, a reference that the metric cannot read. OK
/// where they can.
base::Status check_scorable(const core::QueryRecord& query);

/// The quality of a reply, 0 to 1; an empty reply, a refusal and a reply without an answer are
/// wrong, not missing. A reply that was cut off is scored as it is. Needs check_scorable.
double match_answer(const core::QueryRecord& query, std::string_view reply);

}  // namespace wend::label
