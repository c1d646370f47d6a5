// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "wend/eval/report.h"

namespace wend::eval {

namespace {

std::string quoted(std::string_view field) {
  std::string text = "\"";
  for (const char c : field) {
    text += c == '"' ? "\"\"" : std::string(1, c);
  }
  return text + '"';
}

/// The shortest digits that read back as the same number.
std::string number(double value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "";
}

std::string names() {
  std::string line = "router,source";
  for (const core::NamedPreference& preference : core::kNamedPreferences) {
    for (const char* what : {"cost",
                             "cost_currency",
                             "quality",
                             "utility",
                             "utility_low",
                             "utility_high",
                             "modal_model",
                             "modal_share",
                             "missing"}) {
      line += fmt::format(",{}.{}", preference.name, what);
    }
  }
  return line +
         ",utility_sum,utility_sum_low,utility_sum_high,difference,difference_low,difference_high,"
         "normalised_gain,pairs,train_seconds,decide_microseconds\r\n";
}

std::string preference_fields(const PreferenceReport& preference) {
  return fmt::format(",{},{},{},{},{},{},{},{},{}",
                     number(preference.means.cost),
                     number(preference.means.cost_currency),
                     number(preference.means.quality),
                     number(preference.means.utility),
                     number(preference.utility_ci.low),
                     number(preference.utility_ci.high),
                     quoted(preference.modal_model),
                     number(preference.means.modal_share),
                     preference.means.missing);
}

std::string line_of(const RowReport& row) {
  std::string line = fmt::format("{},{}", quoted(row.router), source_name(row.source));
  for (const PreferenceReport& preference : row.preferences) {
    line += preference_fields(preference);
  }
  return line + fmt::format(",{},{},{},{},{},{},{},{},{},{}\r\n",
                            number(row.utility_sum),
                            number(row.utility_sum_ci.low),
                            number(row.utility_sum_ci.high),
                            number(row.difference),
                            number(row.difference_ci.low),
                            number(row.difference_ci.high),
                            row.normalised_gain ? number(*row.normalised_gain) : "",
                            row.pairs,
                            number(row.train_seconds),
                            number(row.decide_microseconds));
}

}  // namespace

std::string to_csv(const EvalReport& report) {
  std::string text = names();
  for (const RowReport& row : report.rows) {
    text += line_of(row);
  }
  return text;
}

}  // namespace wend::eval
