// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/prompts.h"

#include <algorithm>
#include <array>

#include "wend/base/check.h"
#include "wend/base/hash.h"

namespace wend::synth {
namespace {

constexpr std::string_view kPrefix = "synth_";

/// What a synthesis itself does not say.
constexpr std::array<std::string_view, 4> kOfAudit = {
    "audit", "format_verdict", "json_verdict", "solve"};

std::string without_last_newline(std::string text) {
  if (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

}  // namespace

Prompts Prompts::of(const llm::PromptTexts& texts) {
  Prompts prompts;
  for (const auto& [name, text] : texts) {
    if (name.starts_with(kPrefix)) {
      prompts.texts_.emplace(name.substr(kPrefix.size()), without_last_newline(text));
    }
  }
  return prompts;
}

Prompts Prompts::built_in() {
  return of(*llm::prompt_texts({}));
}

base::Result<Prompts> Prompts::with_folder(const std::string& folder) {
  return of(TRY(llm::prompt_texts(folder)));
}

std::string Prompts::digest() const {
  static constexpr std::string_view kNul("\0", 1);
  base::Sha256 hash;
  for (const auto& [role, text] : texts_) {
    if (std::ranges::find(kOfAudit, role) != kOfAudit.end()) {
      continue;
    }
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
