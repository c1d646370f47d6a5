// SPDX-License-Identifier: Apache-2.0
#include "wend/llm/prompt_texts.h"

#include <filesystem>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "wend/base/file.h"
#include "wend/base/suggest.h"
#include "wend/base/template.h"
#include "wend/llm/prompts.h"

namespace wend::llm {
namespace {

using base::Code;

constexpr std::string_view kSuffix = ".txt";

std::string in_braces(const std::set<std::string_view>& places) {
  std::vector<std::string> shown;
  shown.reserve(places.size());
  for (const std::string_view place : places) {
    shown.push_back(fmt::format("{{{{{}}}}}", place));
  }
  return shown.empty() ? "none" : fmt::format("{}", fmt::join(shown, ", "));
}

/// Puts a file's text in the place of the one with its name.
base::Status replace(PromptTexts& texts, const std::string& folder, const std::string& file) {
  const std::string path = fmt::format("{}/{}", folder, file);
  const std::string name = file.substr(0, file.size() - kSuffix.size());
  const auto found = texts.find(name);
  if (found == texts.end()) {
    std::vector<std::string> names;
    for (const auto& [known, text] : texts) {
      names.push_back(known);
    }
    return base::fail_at({path},
                         Code::kInvalidArgument,
                         "'{}': no prompt has that name{}",
                         path,
                         base::did_you_mean(name, names));
  }
  constexpr std::size_t kLargest = std::size_t{1} << 20U;
  std::string text = TRY(base::read_file(path, kLargest));
  if (base::template_places(text) != base::template_places(found->second)) {
    return base::fail_at({path},
                         Code::kInvalidArgument,
                         "'{}' has the places {}, expected {}",
                         path,
                         in_braces(base::template_places(text)),
                         in_braces(base::template_places(found->second)));
  }
  if (name == "answer" && text != found->second) {
    return base::fail_at({path},
                         Code::kInvalidArgument,
                         "'{}' would not be used; expected its name in label.prompt_template",
                         path);
  }
  found->second = std::move(text);
  return {};
}

}  // namespace

base::Result<PromptTexts> prompt_texts(const std::string& folder) {
  PromptTexts texts;
  for (const EmbeddedPrompt& prompt : embedded_prompts()) {
    texts.emplace(prompt.name, prompt.text);
  }
  if (folder.empty()) {
    return texts;
  }
  if (!std::filesystem::is_directory(folder)) {
    return base::fail_at(
        {folder}, Code::kNotFound, "prompts '{}': expected a folder of texts", folder);
  }
  for (const std::string& file : base::names_in(folder)) {
    if (file.ends_with(kSuffix)) {
      TRY(replace(texts, folder, file));
    }
  }
  return texts;
}

}  // namespace wend::llm
