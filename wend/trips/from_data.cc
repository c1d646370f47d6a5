// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/from_data.h"

#include <memory>
#include <utility>

#include "wend/base/hash.h"
#include "wend/store/task_files.h"
#include "wend/text/routing_text.h"

namespace wend::trips {

using base::Result;

namespace {

std::vector<std::string> routing_texts(const data::OutcomeTable& table) {
  std::vector<std::string> texts;
  texts.reserve(table.queries.size());
  for (const core::QueryRecord& query : table.queries) {
    texts.push_back(text::routing_text(query.context, query.prompt));
  }
  return texts;
}

}  // namespace

Result<PreparedData> prepare_dataset(const DatasetRequest& request,
                                     store::Store& store,
                                     TextEmbedder& embedder,
                                     base::Progress* progress) {
  PreparedData prepared;
  prepared.table = TRY(data::OutcomeTable::build(request.dataset, request.table));
  prepared.routing_texts = routing_texts(prepared.table);
  prepared.encoder_sha256 = embedder.encoder_sha256();
  const auto embed = [&](const std::vector<std::string>& texts) -> Result<data::Embeddings> {
    return data::Embeddings::from_pooled(
        TRY(embedder.pooled(texts, &store, request.threads, progress)));
  };
  prepared.embeddings = TRY(embed(prepared.routing_texts));
  prepared.task_embeddings = TRY(embed(task_texts(prepared.table.taxonomy)));
  prepared.embed = [own = std::make_shared<TextEmbedder>(embedder.another()),
                    threads = request.threads](
                       const std::vector<std::string>& texts) -> Result<data::Embeddings> {
    return data::Embeddings::from_pooled(TRY(own->pooled(texts, nullptr, threads, nullptr)));
  };
  return prepared;
}

TextsByHash prompt_texts(const PreparedData& prepared) {
  TextsByHash texts;
  for (std::size_t row = 0; row < prepared.routing_texts.size(); ++row) {
    texts.emplace(base::sha256_hex(prepared.table.normalised_texts[row]),
                  prepared.routing_texts[row]);
  }
  return texts;
}

Result<PreparedData> prepare_data(const FromDataRequest& request,
                                  store::Store& store,
                                  TextEmbedder& embedder,
                                  base::Progress* progress) {
  data::Dataset dataset = TRY(store.load_dataset(request.dataset));
  if (request.tasks_from == TasksFrom::kFolder) {
    TRY(store::replace_tasks(dataset, request.tasks_folder));
  }
  PreparedData prepared =
      TRY(prepare_dataset({dataset, request.table, request.threads}, store, embedder, progress));
  prepared.tasks_from = request.tasks_from;
  if (request.with_kinds) {
    prepared.kind_embeddings = data::Embeddings::from_pooled(
        TRY(embedder.pooled(task_texts(coarse_kinds()), &store, request.threads, progress)));
  }
  return prepared;
}

}  // namespace wend::trips
