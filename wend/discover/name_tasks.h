// SPDX-License-Identifier: Apache-2.0
// What discovered tasks are called without a language model, by their most typical words, and what
// one is shown of them that is to find better names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/discover/pipeline.h"
#include "wend/discover/task_title.h"

namespace wend::discover {

struct NamedTask {
  TaskTitle title;                 ///< By its words; no two names alike.
  std::vector<std::string> words;  ///< The most typical first, at most eight.
  std::vector<std::string> shown;  ///< What a model is shown: up to eight texts, cut.
};

/// One per task. `texts` are the descriptions of the prompts and, of a prompt without one, its own
/// text: what the embeddings are of.
std::vector<NamedTask> name_by_words(const std::vector<DiscoveredTask>& tasks,
                                     const base::Matrix& embeddings,
                                     std::span<const std::string_view> texts);

/// Makes each name another than those before it, letters' case aside: a typical word of the task in
/// brackets behind it, or a number. `words` holds those of each title.
void tell_apart(std::vector<TaskTitle>& titles, std::span<const std::vector<std::string>> words);

}  // namespace wend::discover
