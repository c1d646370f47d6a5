// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace wend::core {

enum class OutcomeStatus : std::uint8_t { kOk, kFailed, kUnscored };

/// What one model did on one query in one draw (a row of outcomes.jsonl); query and model are
/// indices into the data set that holds it. Missing is missing: an absent number is nullopt, never
/// zero.
struct Outcome {
  std::uint32_t query = 0;
  std::uint32_t model = 0;
  std::uint32_t draw = 0;
  OutcomeStatus status = OutcomeStatus::kOk;
  std::optional<float> quality;  ///< [0, 1]; absent where failed or unscored.
  std::optional<std::uint32_t> input_tokens;
  std::optional<std::uint32_t> output_tokens;
  std::optional<double> cost;  ///< Currency for the call.
  std::optional<float> latency_s;
  /// Every other key of the row (scores, cached_tokens, reply_id, ...), as a JSON object; empty
  /// where there is none.
  std::string extra_json = {};

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

}  // namespace wend::core
