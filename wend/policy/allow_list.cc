// SPDX-License-Identifier: Apache-2.0
#include "wend/policy/allow_list.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "wend/base/suggest.h"

namespace wend::policy {

bool matches_pattern(std::string_view pattern, std::string_view id) {
  // The last star is the only one worth going back to: what an earlier one matched can stay as
  // short as it is.
  std::size_t p = 0;
  std::size_t i = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (i < id.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = i;
    } else if (p < pattern.size() && pattern[p] == id[i]) {
      ++p;
      ++i;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool is_allowed(std::span<const std::string> patterns, std::string_view id) {
  return patterns.empty() ||
         std::any_of(patterns.begin(), patterns.end(), [&](const std::string& p) {
           return matches_pattern(p, id);
         });
}

base::Status check_allowed_models(std::span<const std::string> patterns,
                                  std::span<const core::ModelCard> models) {
  std::vector<std::string> ids;
  for (const core::ModelCard& model : models) {
    ids.push_back(model.id);
  }
  for (const std::string& pattern : patterns) {
    const bool known = std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
      return matches_pattern(pattern, id);
    });
    if (!known) {
      return base::fail(
          base::Code::kInvalidArgument,
          "'{}' in the allowed models matches no model of the pool{}; expected one of {}",
          pattern,
          base::did_you_mean(pattern, ids),
          fmt::join(ids, ", "));
    }
  }
  return {};
}

}  // namespace wend::policy
