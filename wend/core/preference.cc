// SPDX-License-Identifier: Apache-2.0
#include "wend/core/preference.h"

#include <charconv>
#include <cmath>
#include <vector>

#include "wend/base/suggest.h"

namespace wend::core {
namespace {

std::string did_you_mean_preference(std::string_view text) {
  std::vector<std::string> names;
  names.reserve(std::size(kNamedPreferences));
  for (const NamedPreference& named : kNamedPreferences) {
    names.emplace_back(named.name);
  }
  return base::did_you_mean(text, names);
}

}  // namespace

base::Result<Preference> parse_preference(std::string_view text) {
  for (const NamedPreference& named : kNamedPreferences) {
    if (named.name == text) {
      return Preference{named.mu};
    }
  }
  double mu = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, mu);
  if (parsed.ec != std::errc{} || parsed.ptr != end) {
    return base::fail(base::Code::kInvalidArgument,
                      "preference '{}': expected cost, balanced, quality or a number from 0 to 1{}",
                      text,
                      did_you_mean_preference(text));
  }
  if (!(mu >= 0.0 && mu <= 1.0)) {
    return base::fail(base::Code::kOutOfRange,
                      "preference '{}': expected a number from 0 to 1 (the weight of quality)",
                      text);
  }
  return Preference{std::abs(mu)};  // "-0" is 0.
}

}  // namespace wend::core
