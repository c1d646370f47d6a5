// SPDX-License-Identifier: Apache-2.0
// Rows of a collection's files: any bytes give a row or a reason. What a parser accepts must hold
// what the table relies on.
// needs: store
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wend/store/row_parsers.h"

namespace {

void check(bool holds) {
  if (!holds) {
    std::abort();
  }
}

template <class Row>
void check_fault(const wend::store::RowResult<Row>& row) {
  check(row || (!row.error().reason.empty() && !row.error().detail.empty()));
}

void check_outcome(const wend::core::Outcome& outcome) {
  const bool scored = outcome.status == wend::core::OutcomeStatus::kOk;
  check(outcome.quality.has_value() == scored);
  check(!scored || (*outcome.quality >= 0 && *outcome.quality <= 1));
  check(!outcome.cost || (std::isfinite(*outcome.cost) && *outcome.cost >= 0));
  check(!outcome.latency_s || (std::isfinite(*outcome.latency_s) && *outcome.latency_s >= 0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto outcome = wend::store::parse_outcome_row(line);
  check_fault(outcome);
  if (outcome) {
    check_outcome(outcome->outcome);
  }
  check_fault(wend::store::parse_query_row(line));
  check_fault(wend::store::parse_model_row(line));
  check_fault(wend::store::parse_reply_row(line));
  const auto label = wend::store::parse_label_row(line);
  check_fault(label);
  check(!label || label->weight > 0);
  return 0;
}
