// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/discover.h"

#include <unordered_map>
#include <utility>

#include "wend/base/hash.h"
#include "wend/eval/fold.h"

namespace wend::trips {

using base::Result;
using base::Status;

namespace {

/// The rows of the table that have the text of each row of the set.
std::vector<std::vector<std::uint32_t>> rows_by_text(const data::TrainingSet& set,
                                                     const data::Split& split,
                                                     const data::OutcomeTable& table) {
  std::unordered_map<std::string, std::vector<std::uint32_t>> rows;
  for (const std::vector<std::uint32_t>* part : {&split.train, &split.validation}) {
    for (const std::uint32_t row : *part) {
      rows[base::sha256_hex(table.normalised_texts[row])].push_back(row);
    }
  }
  std::vector<std::vector<std::uint32_t>> found;
  for (const data::Examples* part : {&set.train, &set.validation}) {
    for (const std::string& hash : part->text_sha256) {
      found.push_back(rows.at(hash));
    }
  }
  return found;
}

/// What the tasks are named by: descriptions and, of a prompt without one, its own text.
TextsByHash texts_of(const PreparedData& prepared, const PromptDescriptions* descriptions) {
  TextsByHash texts = prompt_texts(prepared);
  for (std::size_t row = 0; descriptions != nullptr && row < prepared.table.queries.size(); ++row) {
    const auto found = descriptions->sentences.find(prepared.table.queries[row].id);
    if (found != descriptions->sentences.end()) {
      texts[base::sha256_hex(prepared.table.normalised_texts[row])] = found->second;
    }
  }
  return texts;
}

}  // namespace

Result<TaskDiscovery> split_for_discovery(const DiscoverRequest& request,
                                          const PreparedData& prepared) {
  // Costs play no part in discovery, nor does their scale.
  const auto folds = TRY(eval::split_folds(prepared.table,
                                           {request.shares,
                                            request.seed,
                                            1,
                                            data::NormaliserKind::kReference,
                                            eval::TestPart::kMayBeEmpty}));
  const eval::Fold& fold = folds.front();
  TaskDiscovery discovery;
  discovery.set = data::build_training_set({prepared.table,
                                            prepared.embeddings,
                                            prepared.task_embeddings,
                                            fold.split,
                                            fold.normaliser,
                                            fold.seed});
  discovery.table_rows = rows_by_text(discovery.set, fold.split, prepared.table);
  if (!request.compare.empty()) {
    discovery.known = TRY(known_topics(request.compare, prepared.table, discovery.table_rows));
  }
  return discovery;
}

Status discover(const DiscoverRequest& request,
                const PreparedData& prepared,
                const PromptDescriptions* descriptions,
                TaskDiscovery& discovery,
                base::Progress* progress) {
  const TextsByHash texts = texts_of(prepared, descriptions);
  const VectorsByText* const vectors = descriptions == nullptr ? nullptr : &descriptions->vectors;
  discovery.found =
      TRY(find_tasks({discovery.set, vectors, nullptr, &texts, nullptr, request.threads, progress},
                     request.finding));
  if (discovery.found.discovered.tasks.empty()) {
    return base::fail(base::Code::kFailedPrecondition,
                      "'{}': no task type of at least {} prompts was found in {}; lower --min-size "
                      "or import more queries",
                      prepared.table.dataset,
                      request.finding.discovery.communities.min_size,
                      discovery.found.discovered.task.size());
  }
  if (discovery.known) {
    const KnownTopics& known = *discovery.known;
    discovery.agreement = {known.field,
                           known.count,
                           discover::agreement(discovery.found.discovered.task, known.topic)};
  }
  return {};
}

}  // namespace wend::trips
