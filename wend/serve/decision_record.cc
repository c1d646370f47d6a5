// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/decision_record.h"

#include <cmath>
#include <random>

#include <nlohmann/json.hpp>

namespace wend::serve {
namespace {

using nlohmann::ordered_json;

template <class Value>
ordered_json or_null(const std::optional<Value>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

/// Microseconds are as fine as a latency is known.
double rounded(double seconds) {
  return std::round(seconds * 1e6) / 1e6;
}

ordered_json attempts_json(const std::vector<AttemptRecord>& attempts) {
  ordered_json list = ordered_json::array();
  for (const AttemptRecord& attempt : attempts) {
    list.push_back(
        {{"model", attempt.model},
         {"upstream", attempt.upstream},
         {"status", attempt.status == 0 ? ordered_json(nullptr) : ordered_json(attempt.status)},
         {"failure", text_or_null(attempt.failure)},
         {"seconds", rounded(attempt.seconds)}});
  }
  return list;
}

ordered_json request_json(const DecisionRecord& record) {
  ordered_json object = {{"requested_model", record.requested_model},
                         {"endpoint", record.endpoint},
                         {"stream", record.stream}};
  if (record.prompt) {
    object["prompt"] = *record.prompt;
  }
  return object;
}

ordered_json outcome_json(const DecisionRecord& record) {
  return {
      {"status", record.status},
      {"answered_by",
       record.answered_by.empty() ? ordered_json(nullptr) : ordered_json(record.answered_by)},
      {"attempts", attempts_json(record.attempts)},
      {"input_tokens", or_null(record.usage.prompt_tokens)},
      {"output_tokens", or_null(record.usage.completion_tokens)},
      {"cached_tokens", or_null(record.usage.cached_tokens)},
      {"cost", or_null(record.cost)},
      {"first_byte_s", record.first_byte_s ? ordered_json(rounded(*record.first_byte_s)) : nullptr},
      {"total_s", rounded(record.total_s)}};
}

}  // namespace

store::DecisionRow to_row(const DecisionRecord& record) {
  ordered_json object = {{"decision", record.id}, {"time", record.time}};
  object["request"] = request_json(record);
  object.update(trips::decision_object(record.routed, *record.snapshot->route));
  object["propensity"] = 1.0;  // The policy leaves nothing to chance.
  object["outcome"] = outcome_json(record);
  return {record.id,
          record.owner,
          record.time,
          object.dump(-1, ' ', false, ordered_json::error_handler_t::replace)};
}

std::string new_decision_id() {
  thread_local std::random_device device;
  std::string id = "d-";
  for (int i = 0; i < 4; ++i) {
    id += fmt::format("{:08x}", device());
  }
  return id;
}

}  // namespace wend::serve
