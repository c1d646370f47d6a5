// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wend/base/result.h"

namespace wend::base {

/// Names of a template's places and the texts that go there.
using TemplateValues = std::vector<std::pair<std::string_view, std::string_view>>;

/// A text with each {{name}} replaced by the value of that name. What is put in is not looked at
/// again, and a place whose name has no value stays as it is.
std::string fill_template(std::string_view text, const TemplateValues& values);

/// The names that stand in {{}} in a text.
std::set<std::string_view> template_places(std::string_view text);

/// The text of a file that is to be such a template, at most 1 MiB. One that lacks a place of
/// `names` is refused; `key` is what named the file, for the sentence.
Result<std::string> read_template(const std::string& key,
                                  const std::string& path,
                                  const std::vector<std::string_view>& names);

}  // namespace wend::base
