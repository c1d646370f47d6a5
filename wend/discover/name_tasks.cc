// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/name_tasks.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "wend/discover/exemplars.h"
#include "wend/discover/typical_words.h"
#include "wend/text/characters.h"
#include "wend/text/excerpt.h"
#include "wend/text/routing_text.h"

namespace wend::discover {
namespace {

constexpr std::size_t kWords = 8;
constexpr std::size_t kNameWords = 4;
constexpr std::size_t kShown = 8;
// Eight of them and the question stay below a thousand tokens.
constexpr std::size_t kShownBegin = 200;
constexpr std::size_t kShownEnd = 80;

/// "a", "a and b", "a, b and c".
std::string listed(std::span<const std::string> words) {
  if (words.size() < 2) {
    return words.empty() ? std::string() : words.front();
  }
  return fmt::format("{} and {}", fmt::join(words.first(words.size() - 1), ", "), words.back());
}

TaskTitle title_of(std::span<const std::string> words, std::size_t number) {
  const auto telling = words.first(std::min(kNameWords, words.size()));
  if (telling.empty()) {
    return {fmt::format("task {}", number), "Prompts that have no word of their own."};
  }
  return {
      fmt::format("{}", fmt::join(telling, ", ")),
      fmt::format(
          "Prompts in which {} {} typical.", listed(telling), telling.size() == 1 ? "is" : "are")};
}

/// Texts of the prompts nearest to the centre, each another.
std::vector<std::string> shown_texts(std::span<const std::uint32_t> nearest,
                                     std::span<const std::string_view> texts) {
  std::vector<std::string> shown;
  for (const std::uint32_t prompt : nearest) {
    std::string text = text::normalised_text(text::excerpt(texts[prompt], kShownBegin, kShownEnd));
    if (shown.size() < kShown && std::ranges::find(shown, text) == shown.end()) {
      shown.push_back(std::move(text));
    }
  }
  return shown;
}

}  // namespace

void tell_apart(std::vector<TaskTitle>& titles, std::span<const std::vector<std::string>> words) {
  std::set<std::string> taken;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const std::string name = titles[i].name;
    const std::string folded = text::case_folded(name);
    auto word = words[i].begin();
    for (std::size_t number = 2; !taken.insert(text::case_folded(titles[i].name)).second;) {
      while (word != words[i].end() && folded.find(*word) != std::string::npos) {
        ++word;
      }
      titles[i].name = word == words[i].end() ? fmt::format("{} ({})", name, number++)
                                              : fmt::format("{} ({})", name, *word++);
    }
  }
}

std::vector<NamedTask> name_by_words(const std::vector<DiscoveredTask>& tasks,
                                     const base::Matrix& embeddings,
                                     std::span<const std::string_view> texts) {
  std::vector<std::vector<std::uint32_t>> sets;
  sets.reserve(tasks.size());
  for (const DiscoveredTask& task : tasks) {
    sets.push_back(task.prompts);
  }
  const std::vector<std::vector<std::string>> words = typical_words(texts, sets, kWords);
  std::vector<TaskTitle> titles;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    titles.push_back(title_of(words[i], i + 1));
  }
  tell_apart(titles, words);
  std::vector<NamedTask> named;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    // Equal texts have equal embeddings, so that more than eight are looked through for eight.
    const auto near = exemplars(embeddings, tasks[i].prompts, tasks[i].centre, 4 * kShown);
    named.push_back({titles[i], words[i], shown_texts(near, texts)});
  }
  return named;
}

}  // namespace wend::discover
