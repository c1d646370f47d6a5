// SPDX-License-Identifier: Apache-2.0
#include "wend/store/folder_reader.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/compression.h"
#include "wend/base/file.h"
#include "wend/base/json_object.h"
#include "wend/base/stop.h"
#include "wend/base/suggest.h"
#include "wend/store/task_files.h"

namespace wend::store {

using base::Code;
using base::fail_at;
using nlohmann::json;

namespace {

constexpr std::size_t kRowsPerStep = 4096;  // How often progress hears of the rows.

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

template <class Item>
std::vector<std::string> ids_of(const std::vector<Item>& items) {
  std::vector<std::string> ids;
  for (const Item& item : items) {
    ids.push_back(item.id);
  }
  return ids;
}

RowFault repeated(const char* what, const std::string& id) {
  return {fmt::format("repeated {}", what),
          fmt::format("the {} '{}' stands in the file already", what, id)};
}

}  // namespace

std::size_t FolderReader::CellKeyHash::operator()(const CellKey& key) const {
  const std::uint64_t mixed = (key.cell ^ (std::uint64_t{key.draw} << 48U)) * 0x9E3779B97F4A7C15ULL;
  return static_cast<std::size_t>(mixed ^ (mixed >> 32U));
}

FolderReader::FolderReader(std::string folder, double max_bad, base::Progress* progress)
    : folder_(std::move(folder)), progress_(progress), bad_rows_(max_bad) {}

std::string FolderReader::find(const char* name) const {
  return base::find_compressed(folder_ + "/" + name);
}

base::Result<std::string> FolderReader::find_required(const char* name) const {
  std::string path = find(name);
  if (path.empty()) {
    return fail_at({folder_},
                   Code::kNotFound,
                   "'{}': no {} (or .zst, .gz) in the folder{}; docs/formats/outcomes.md says what "
                   "belongs there",
                   folder_,
                   name,
                   base::did_you_mean(name, base::names_in(folder_)));
  }
  return path;
}

base::Status FolderReader::refuse_empty(const std::string& path,
                                        std::size_t rows,
                                        const char* what) const {
  if (rows > 0) {
    return {};
  }
  return fail_at({path},
                 Code::kDataLoss,
                 "'{}' holds no {}, expected one a line; nothing was imported",
                 path,
                 what);
}

template <class Row>
base::Status FolderReader::read_rows(const std::string& path,
                                     RowResult<Row> (*parse)(std::string_view, KeyHints*),
                                     const std::function<std::optional<RowFault>(Row&&)>& use) {
  if (progress_ != nullptr) {
    progress_->start("read " + std::filesystem::path(path).filename().string(), 0);
  }
  std::size_t rows = 0;
  KeyHints hints(path);
  const auto take_line = [&](std::string_view line, std::size_t number) -> base::Status {
    if (is_blank(line)) {
      return {};
    }
    hints.at_line(number);
    RowResult<Row> row = parse(line, &hints);
    std::optional<RowFault> fault =
        row ? use(*std::move(row)) : std::optional(std::move(row).error());
    if (fault) {
      bad_rows_.add(path, number, *std::move(fault));
    }
    if (++rows % kRowsPerStep == 0 && progress_ != nullptr) {
      progress_->advance(kRowsPerStep);
    }
    return base::check_stop();
  };
  TRY(base::for_each_line(path, take_line));
  if (progress_ != nullptr) {
    progress_->advance(rows % kRowsPerStep);
    progress_->finish();
  }
  std::ranges::move(hints.list(), std::back_inserter(key_hints_));
  return bad_rows_.finish_file(path, rows);
}

base::Status FolderReader::read_queries() {
  const std::string path = TRY(find_required("queries.jsonl"));
  TRY(read_rows<core::QueryRecord>(
      path, parse_query_row, [&](core::QueryRecord&& query) -> std::optional<RowFault> {
        if (!query_index_.try_emplace(query.id, static_cast<std::uint32_t>(dataset_.queries.size()))
                 .second) {
          return repeated("query id", query.id);
        }
        dataset_.queries.push_back(std::move(query));
        return std::nullopt;
      }));
  return refuse_empty(path, dataset_.queries.size(), "query");
}

base::Status FolderReader::read_models() {
  const std::string path = TRY(find_required("models.jsonl"));
  TRY(read_rows<core::ModelCard>(
      path, parse_model_row, [&](core::ModelCard&& model) -> std::optional<RowFault> {
        if (!model_index_.try_emplace(model.id, static_cast<std::uint32_t>(dataset_.models.size()))
                 .second) {
          return repeated("model id", model.id);
        }
        dataset_.models.push_back(std::move(model));
        return std::nullopt;
      }));
  return refuse_empty(path, dataset_.models.size(), "model");
}

base::Status FolderReader::read_outcomes() {
  const std::string path = TRY(find_required("outcomes.jsonl"));
  return read_rows<OutcomeRow>(
      path, parse_outcome_row, [&](OutcomeRow&& row) { return add_outcome(std::move(row)); });
}

RowFault FolderReader::unknown_model(const std::string& model) const {
  const std::string suggestion =
      bad_rows_.keeps_next() ? base::did_you_mean(model, ids_of(dataset_.models)) : "";
  return {"unknown model", fmt::format("model '{}' is not in models.jsonl{}", model, suggestion)};
}

std::optional<RowFault> FolderReader::add_outcome(OutcomeRow&& row) {
  const auto query = query_index_.find(row.query_id);
  if (query == query_index_.end()) {
    return RowFault{"unknown query_id",
                    fmt::format("query_id '{}' is not in queries.jsonl", row.query_id)};
  }
  const auto model = model_index_.find(row.model);
  if (model == model_index_.end()) {
    return unknown_model(row.model);
  }
  core::Outcome& outcome = row.outcome;
  outcome.query = query->second;
  outcome.model = model->second;
  if (!outcome_keys_.insert({std::uint64_t{outcome.query} << 32U | outcome.model, outcome.draw})
           .second) {
    return RowFault{"repeated (query_id, model, draw)",
                    fmt::format("query_id '{}', model '{}', draw {} stands in the file already",
                                row.query_id,
                                row.model,
                                outcome.draw)};
  }
  dataset_.outcomes.push_back(std::move(outcome));
  return std::nullopt;
}

base::Status FolderReader::check_pool(const std::string& path,
                                      const std::string& pool,
                                      const std::vector<std::string>& models) const {
  std::set<std::string> seen;
  for (const std::string& model : models) {
    if (!model_index_.contains(model)) {
      return fail_at({path},
                     Code::kDataLoss,
                     "'{}': pool '{}' names the model '{}', which is not in models.jsonl{}",
                     path,
                     pool,
                     model,
                     base::did_you_mean(model, ids_of(dataset_.models)));
    }
    if (!seen.insert(model).second) {
      return fail_at(
          {path}, Code::kDataLoss, "'{}': pool '{}' names the model '{}' twice", path, pool, model);
    }
  }
  return {};
}

base::Status FolderReader::read_pools() {
  const std::string path = folder_ + "/pools.json";
  if (!std::filesystem::exists(path)) {
    return {};
  }
  const std::string text = TRY(base::read_file(path));
  const auto pools = base::parse_json_object(text);
  if (!pools) {
    return fail_at({path, pools.error().line},
                   Code::kDataLoss,
                   "'{}': {}; expected an object of pools, {{\"name\": [\"model\", ...]}}",
                   path,
                   pools.error().sentence);
  }
  for (const auto& [pool, models] : pools->items()) {
    const bool is_list = models.is_array() && !models.empty() &&
                         std::all_of(models.begin(), models.end(), [](const json& model) {
                           return model.is_string();
                         });
    if (pool.empty() || !is_list) {
      return fail_at(
          {path}, Code::kDataLoss, "'{}': pool '{}': expected a list of model ids", path, pool);
    }
    auto& ids = dataset_.pools[pool] = models.get<std::vector<std::string>>();
    TRY(check_pool(path, pool, ids));
  }
  return {};
}

std::optional<RowFault> FolderReader::add_label(LabelRow&& row) {
  const auto query = query_index_.find(row.query_id);
  if (query == query_index_.end()) {
    return RowFault{"unknown query_id",
                    fmt::format("query_id '{}' is not in queries.jsonl", row.query_id)};
  }
  const auto node = dataset_.taxonomy.find(row.task_id);
  if (!node) {
    const std::string suggestion =
        bad_rows_.keeps_next() ? base::did_you_mean(row.task_id, ids_of(dataset_.taxonomy.nodes()))
                               : "";
    return RowFault{"unknown task_id",
                    fmt::format("task_id '{}' is not in taxonomy.json{}", row.task_id, suggestion)};
  }
  if (!label_keys_.insert({std::uint64_t{query->second} << 32U | *node, 0}).second) {
    return RowFault{
        "repeated (query_id, task_id)",
        fmt::format(
            "query_id '{}', task_id '{}' stands in the file already", row.query_id, row.task_id)};
  }
  dataset_.labels.push_back({query->second, static_cast<std::uint32_t>(*node), row.weight});
  return std::nullopt;
}

base::Result<bool> FolderReader::read_tasks() {
  const std::string taxonomy = folder_ + "/taxonomy.json";
  const std::string labels = find("task_labels.jsonl");
  if (!std::filesystem::exists(taxonomy)) {
    if (!labels.empty()) {
      return fail_at(
          {labels}, Code::kDataLoss, "'{}': labels without a taxonomy.json beside them", labels);
    }
    return false;
  }
  dataset_.taxonomy = TRY(read_taxonomy(taxonomy));
  if (!labels.empty()) {
    TRY(read_rows<LabelRow>(
        labels, parse_label_row, [&](LabelRow&& row) { return add_label(std::move(row)); }));
  }
  return true;
}

base::Status FolderReader::read_replies() {
  const std::string path = find("replies.jsonl");
  if (path.empty()) {
    return {};
  }
  std::unordered_set<std::string> seen;
  return read_rows<ReplyRow>(
      path, parse_reply_row, [&](ReplyRow&& reply) -> std::optional<RowFault> {
        if (!seen.insert(reply.id).second) {
          return repeated("reply id", reply.id);
        }
        replies_.push_back(std::move(reply));
        return std::nullopt;
      });
}

}  // namespace wend::store
