// SPDX-License-Identifier: Apache-2.0
#include "wend/store/bad_rows.h"

#include <algorithm>
#include <utility>

namespace wend::store {

using base::Code;

namespace {

/// "12 x unknown model, 3 x malformed JSON", most frequent first.
std::string list_reasons(const std::map<std::string, std::size_t>& reasons) {
  static constexpr std::size_t kListed = 3;
  std::vector<std::pair<std::size_t, std::string>> sorted;
  for (const auto& [reason, count] : reasons) {
    sorted.emplace_back(count, reason);
  }
  std::stable_sort(
      sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  for (std::size_t i = 0; i < std::min(sorted.size(), kListed); ++i) {
    text += fmt::format("{}{} x {}", i == 0 ? "" : ", ", sorted[i].first, sorted[i].second);
  }
  return sorted.size() > kListed ? text + ", ..." : text;
}

}  // namespace

std::string BadRow::sentence() const {
  return fmt::format("{}:{}: {}", place.file, place.line, fault.detail);
}

void BadRows::add(const std::string& file, std::size_t line, RowFault fault) {
  ++total_;
  ++in_file_;
  ++reasons_[fault.reason];
  ++file_reasons_[fault.reason];
  if (keeps_next()) {
    first_.push_back({{file, line}, std::move(fault)});
  }
}

base::Status BadRows::finish_file(const std::string& file, std::size_t rows) {
  const std::size_t bad = std::exchange(in_file_, 0);
  const auto reasons = std::exchange(file_reasons_, {});
  if (static_cast<double>(bad) <= max_share_ * static_cast<double>(rows)) {
    return {};
  }
  const auto first = std::find_if(
      first_.begin(), first_.end(), [&](const BadRow& row) { return row.place.file == file; });
  const base::Place place = first == first_.end() ? base::Place{file, 0} : first->place;
  return base::fail_at(place,
                       Code::kDataLoss,
                       "'{}': {} of {} rows are bad, more than the share of {} that --max-bad "
                       "allows, and nothing was imported ({}){}{}",
                       file,
                       bad,
                       rows,
                       max_share_,
                       list_reasons(reasons),
                       first == first_.end() ? "" : "; first ",
                       first == first_.end() ? "" : first->sentence());
}

}  // namespace wend::store
