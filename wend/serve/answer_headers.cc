// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/answer_headers.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

namespace wend::serve {
namespace {

/// Ours, and what goes on of the upstream's.
constexpr std::size_t kUsualHeaders = 12;

void add_task(net::Headers& headers, const DecisionRecord& record) {
  if (!record.routed.tasks.empty()) {
    const std::size_t task = record.routed.tasks.front().task;
    headers.add("x-wend-task", record.snapshot->route->router().tasks()[task].id);
  }
}

void add_expectation(net::Headers& headers,
                     const DecisionRecord& record,
                     const std::string& answering) {
  const std::vector<core::ModelCard>& models = record.snapshot->route->router().models();
  const auto& candidates = record.routed.decision.candidates;
  const auto found = std::ranges::find_if(candidates, [&](const core::Candidate& candidate) {
    return models[candidate.model].id == answering;
  });
  if (found == candidates.end()) {
    return;
  }
  headers.add("x-wend-quality", fmt::format("{:.4f}", found->score.quality));
  if (found->score.cost) {
    headers.add("x-wend-cost-estimate", fmt::format("{:.6g}", *found->score.cost));
  }
}

}  // namespace

net::Headers answer_headers(std::span<const AttemptRecord> attempts,
                            const DecisionRecord* record,
                            double overhead_s) {
  net::Headers headers;
  headers.reserve(kUsualHeaders);
  headers.add("x-wend-attempts", std::to_string(attempts.size()));
  headers.add("x-wend-overhead-us", std::to_string(std::llround(overhead_s * 1e6)));
  if (!attempts.empty()) {
    headers.add("x-wend-model", attempts.back().model);
  }
  if (record != nullptr) {
    headers.add("x-wend-decision", record->id);
    add_task(headers, *record);
    if (!attempts.empty()) {
      add_expectation(headers, *record, attempts.back().model);
    }
  }
  return headers;
}

}  // namespace wend::serve
