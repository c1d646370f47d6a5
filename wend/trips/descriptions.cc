// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/descriptions.h"

#include <filesystem>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/compression.h"
#include "wend/base/file.h"
#include "wend/base/hash.h"

namespace wend::trips {

using base::Result;
using base::Status;
using Json = nlohmann::ordered_json;

namespace {

Status take_line(std::string_view line,
                 std::size_t number,
                 const std::string& path,
                 DescriptionsById& descriptions) {
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
    return {};
  }
  const Json row = Json::parse(line, nullptr, false);
  const auto text_at = [&](const char* key) {
    return row.is_object() && row.contains(key) && row[key].is_string()
               ? row[key].get<std::string>()
               : std::string();
  };
  std::string id = text_at("query_id");
  std::string description = text_at("description");
  if (id.empty() || description.empty()) {
    return base::fail_at({path, number},
                         base::Code::kDataLoss,
                         "{}:{}: expected an object with query_id and description",
                         path,
                         number);
  }
  descriptions[std::move(id)] = std::move(description);
  return {};
}

}  // namespace

Status write_descriptions(const DescriptionsById& descriptions, const std::string& folder) {
  std::string lines;
  for (const auto& [id, description] : descriptions) {
    lines += Json({{"query_id", id}, {"description", description}})
                 .dump(-1, ' ', false, Json::error_handler_t::replace) +
             "\n";
  }
  return base::write_file_atomically(folder + "/descriptions.jsonl", lines);
}

Result<DescriptionsById> read_descriptions(const std::string& path) {
  const std::string file =
      std::filesystem::is_directory(path) ? path + "/descriptions.jsonl" : path;
  DescriptionsById descriptions;
  TRY(base::for_each_line(file, [&](std::string_view line, std::size_t number) {
    return take_line(line, number, file, descriptions);
  }));
  return descriptions;
}

Result<VectorsByText> description_vectors(const DescriptionsById& descriptions,
                                          const data::OutcomeTable& table,
                                          const DescriptionEmbedding& embedding) {
  std::vector<std::string> hashes;
  std::vector<std::string> texts;
  for (std::size_t row = 0; row < table.queries.size(); ++row) {
    if (const auto found = descriptions.find(table.queries[row].id); found != descriptions.end()) {
      hashes.push_back(base::sha256_hex(table.normalised_texts[row]));
      texts.push_back(found->second);
    }
  }
  if (texts.empty()) {
    return base::fail(base::Code::kFailedPrecondition,
                      "no description belongs to a query of '{}'",
                      table.dataset);
  }
  const data::Embeddings vectors = data::Embeddings::from_pooled(TRY(
      embedding.embedder.pooled(texts, &embedding.store, embedding.threads, embedding.progress)));
  VectorsByText by_text;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto row = vectors.unit.row(i);
    by_text[hashes[i]].assign(row.begin(), row.end());
  }
  return by_text;
}

}  // namespace wend::trips
