// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/prompts.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <vector>

#include "wend/base/check.h"
#include "wend/base/file.h"
#include "wend/base/hash.h"
#include "wend/base/suggest.h"
#include "wend/llm/prompts.h"

namespace wend::synth {
namespace {

using base::Code;

constexpr std::string_view kPrefix = "synth_";

std::string in_braces(const std::set<std::string_view>& places) {
  std::vector<std::string> shown;
  shown.reserve(places.size());
  for (const std::string_view place : places) {
    shown.push_back(fmt::format("{{{{{}}}}}", place));
  }
  return shown.empty() ? "none" : fmt::format("{}", fmt::join(shown, ", "));
}

std::string without_last_newline(std::string text) {
  if (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

}  // namespace

Prompts Prompts::built_in() {
  Prompts prompts;
  for (const auto& [name, text] : llm::embedded_prompts()) {
    if (name.starts_with(kPrefix)) {
      prompts.texts_.emplace(name.substr(kPrefix.size()), without_last_newline(std::string(text)));
    }
  }
  return prompts;
}

base::Result<Prompts> Prompts::with_folder(const std::string& folder) {
  Prompts prompts = built_in();
  if (!std::filesystem::is_directory(folder)) {
    return base::fail_at(
        {folder}, Code::kNotFound, "prompts '{}': expected a folder of texts", folder);
  }
  std::vector<std::string> roles;
  roles.reserve(prompts.texts_.size());
  for (const auto& [role, text] : prompts.texts_) {
    roles.push_back(role);
  }
  for (const std::string& name : base::names_in(folder)) {
    if (!name.starts_with(kPrefix) || !name.ends_with(".txt")) {
      continue;
    }
    const std::string path = fmt::format("{}/{}", folder, name);
    const std::string role = name.substr(kPrefix.size(), name.size() - kPrefix.size() - 4);
    const auto built_in = prompts.texts_.find(role);
    if (built_in == prompts.texts_.end()) {
      return base::fail_at({path},
                           Code::kInvalidArgument,
                           "'{}': no prompt has that name{}",
                           path,
                           base::did_you_mean(role, roles));
    }
    constexpr std::size_t kLargest = std::size_t{1} << 20U;
    std::string text = without_last_newline(TRY(base::read_file(path, kLargest)));
    if (base::template_places(text) != base::template_places(built_in->second)) {
      return base::fail_at({path},
                           Code::kInvalidArgument,
                           "'{}' has the places {}, expected {}",
                           path,
                           in_braces(base::template_places(text)),
                           in_braces(base::template_places(built_in->second)));
    }
    built_in->second = std::move(text);
  }
  return prompts;
}

std::string Prompts::digest() const {
  static constexpr std::string_view kNul("\0", 1);
  base::Sha256 hash;
  for (const auto& [role, text] : texts_) {
    hash.update(role).update(kNul).update(text).update(kNul);
  }
  return base::to_hex(hash.finish());
}

std::string Prompts::render(std::string_view role, const base::TemplateValues& values) const {
  const auto found = texts_.find(role);
  CHECK(found != texts_.end(), "no prompt '{}'", role);
  for (const std::string_view place : base::template_places(found->second)) {
    CHECK(
        std::ranges::find(values, place, &base::TemplateValues::value_type::first) != values.end(),
        "prompt '{}': nothing for {{{{{}}}}}",
        role,
        place);
  }
  return base::fill_template(found->second, values);
}

}  // namespace wend::synth
