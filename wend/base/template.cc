// SPDX-License-Identifier: Apache-2.0
#include "wend/base/template.h"

#include <algorithm>

#include "wend/base/file.h"

namespace wend::base {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";

}  // namespace

std::string fill_template(std::string_view text, const TemplateValues& values) {
  std::string filled;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find(kOpen), text.size());
    filled += text.substr(0, open);
    text.remove_prefix(open);
    const std::size_t close = text.find(kClose);
    const std::string_view name =
        close == std::string_view::npos ? "" : text.substr(kOpen.size(), close - kOpen.size());
    const auto value = std::ranges::find(values, name, &TemplateValues::value_type::first);
    if (value != values.end()) {
      filled += value->second;
      text.remove_prefix(close + kClose.size());
    } else if (!text.empty()) {
      filled += text.front();
      text.remove_prefix(1);
    }
  }
  return filled;
}

std::set<std::string_view> template_places(std::string_view text) {
  std::set<std::string_view> places;
  for (std::size_t close = text.find(kClose); close != text.npos; close = text.find(kClose)) {
    const std::string_view before = text.substr(0, close);
    const std::size_t open = before.rfind(kOpen);
    if (open != before.npos && open + kOpen.size() < close) {
      places.insert(before.substr(open + kOpen.size()));
    }
    text.remove_prefix(close + kClose.size());
  }
  return places;
}

Result<std::string> read_template(const std::string& key,
                                  const std::string& path,
                                  const std::vector<std::string_view>& names) {
  constexpr std::size_t kLargest = std::size_t{1} << 20U;
  std::string text = TRY(read_file(path, kLargest));
  for (const std::string_view name : names) {
    const std::string place = fmt::format("{{{{{}}}}}", name);
    if (text.find(place) == std::string::npos) {
      return fail_at({path},
                     Code::kInvalidArgument,
                     "{} '{}': expected {} where the {} goes",
                     key,
                     path,
                     place,
                     name);
    }
  }
  return text;
}

}  // namespace wend::base
