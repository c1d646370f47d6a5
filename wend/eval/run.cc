// SPDX-License-Identifier: Apache-2.0
#include "wend/eval/run.h"

#include <algorithm>
#include <array>
#include <utility>

namespace wend::eval {

namespace {

/// Routers that learn nothing of a query: a table tells of them for comparison.
constexpr std::array<std::string_view, 9> kRules = {"model",
                                                    "random",
                                                    "smallest",
                                                    "largest",
                                                    "adaptive",
                                                    "best_static",
                                                    "task_oracle",
                                                    "zero",
                                                    "oracle"};

}  // namespace

Source source_of(std::string_view router, std::string_view trained_on, std::string_view scored_on) {
  if (std::find(kRules.begin(), kRules.end(), router) != kRules.end()) {
    return Source::kRule;
  }
  return trained_on == scored_on ? Source::kInDomain : Source::kColdStart;
}

std::string_view source_name(Source source) {
  switch (source) {
    case Source::kInDomain:
      return "in_domain";
    case Source::kColdStart:
      return "cold_start";
    case Source::kRule:
      return "rule";
  }
  return "";
}

namespace {

std::vector<PlannedRow> cold_start_block(const std::vector<routers::RouterSpec>& asked) {
  std::vector<PlannedRow> block;
  block.push_back({{"best_static", "best_static", {}}, Source::kColdStart, Listing::kShown});
  for (const routers::RouterSpec& spec : asked) {
    if (source_of(spec.name, {}, {}) == Source::kInDomain) {
      block.push_back({spec, Source::kColdStart, Listing::kShown});
    }
  }
  return block;
}

}  // namespace

std::vector<PlannedRow> plan_rows(std::vector<routers::RouterSpec> asked, ColdStart cold) {
  std::vector<PlannedRow> rows;
  if (cold == ColdStart::kWithBlock) {
    rows = cold_start_block(asked);
  }
  for (routers::RouterSpec& spec : asked) {
    const Source source = source_of(spec.name, {}, {});
    rows.push_back({std::move(spec), source, Listing::kShown});
  }
  for (const char* name : {"best_static", "oracle"}) {
    const bool present = std::any_of(rows.begin(), rows.end(), [&](const PlannedRow& row) {
      return row.spec.name == name && row.source == Source::kRule;
    });
    if (!present) {
      rows.push_back({{name, name, {}}, Source::kRule, Listing::kReferenceOnly});
    }
  }
  return rows;
}

}  // namespace wend::eval
