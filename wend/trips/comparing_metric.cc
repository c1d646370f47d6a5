// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/comparing_metric.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "wend/label/match_answer.h"
#include "wend/label/options.h"

namespace wend::trips {
namespace {

std::string_view without(std::string_view text, std::string_view around) {
  const std::size_t begin = std::min(text.find_first_not_of(around), text.size());
  const std::size_t end = text.find_last_not_of(around);
  return end == std::string_view::npos ? std::string_view() : text.substr(begin, end + 1 - begin);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_bare_number(std::string_view text) {
  text = without(text, " \t\r\n$%.");
  text.remove_prefix(text.starts_with('-') || text.starts_with('+') ? 1 : 0);
  text = without(text, "$");
  constexpr std::ptrdiff_t kMostPoints = 1;
  return !text.empty() && is_digit(text.front()) && is_digit(text.back()) &&
         std::ranges::count(text, '.') <= kMostPoints &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.' || c == ','; });
}

/// Options may stand on lines of their own, or within one: "(A) salt (B) sand".
bool is_option(std::string_view text, std::string_view question) {
  text = without(text, " \t\r\n().*");
  if (text.size() != 1 || text.front() < 'A' || text.front() > 'J') {
    return false;
  }
  const label::Options options = label::options_of(question);
  const std::string in_brackets = {'(', text.front(), ')'};
  return options.contains(text.front()) || (question.find("(A)") != std::string_view::npos &&
                                            question.find(in_brackets) != std::string_view::npos);
}

}  // namespace

std::string comparing_metric(core::QueryRecord query) {
  if (label::check_scorable(query)) {
    return query.metric;
  }
  if (label::find_metric(query.metric)) {
    return {};  // It has one, which cannot read the reference.
  }
  if (is_bare_number(query.reference)) {
    query.metric = "numeric";
  } else if (is_option(query.reference, query.prompt)) {
    query.metric = "multiple_choice";
  }
  return label::check_scorable(query) ? std::exchange(query.metric, {}) : std::string();
}

}  // namespace wend::trips
