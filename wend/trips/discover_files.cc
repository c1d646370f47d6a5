// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "wend/base/file.h"
#include "wend/store/task_files.h"
#include "wend/trips/discover.h"
#include "wend/trips/discover_map.h"

namespace wend::trips {

using base::Result;
using base::Status;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* kRecord = "/discovery.json";

std::string dumped(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json number_or_null(double value) {
  return std::isfinite(value) ? Json(value) : Json();
}

/// The weakest to the strongest of the known means: how much the choice of a model matters.
double spread(const std::vector<double>& means) {
  double low = std::nan("");
  double high = std::nan("");
  for (const double mean : means) {
    low = std::fmin(low, mean);
    high = std::fmax(high, mean);
  }
  return high - low;
}

Json models_json(const discover::DiscoveredTask& task, const data::TrainingSet& set) {
  Json models = Json::array();
  for (const discover::ModelIndex model : task.ranking.order) {
    models.push_back({{"model", set.models[model].id},
                      {"mean_quality", number_or_null(task.mean_quality[model])},
                      {"median_quality", number_or_null(task.median_quality[model])}});
  }
  return models;
}

Json task_json(const discover::DiscoveredTask& task,
               std::size_t number,
               const PreparedData& prepared,
               const TaskDiscovery& discovery) {
  const data::TrainingSet& set = discovery.set;
  Json exemplars = Json::array();
  for (const std::uint32_t prompt : discovery.found.exemplars[number]) {
    exemplars.push_back(prepared.table.queries[discovery.table_rows[prompt].front()].id);
  }
  Json candidates = Json::array();
  for (const discover::ModelIndex model : task.candidates.models) {
    candidates.push_back(set.models[model].id);
  }
  return {{"prompts", task.prompts.size()},
          {"quality_spread", number_or_null(spread(task.mean_quality))},
          {"candidates", candidates},
          {"coverage", task.candidates.coverage},
          {"exemplars", exemplars},
          {"models", models_json(task, set)}};
}

Json iterations_json(const std::vector<discover::Iteration>& iterations) {
  Json list = Json::array();
  for (const discover::Iteration& iteration : iterations) {
    list.push_back({{"nodes", iteration.nodes},
                    {"near_edges", iteration.near_edges},
                    {"kept_edges", iteration.kept_edges},
                    {"rbo_threshold", iteration.rbo_threshold},
                    {"communities", iteration.communities},
                    {"quality", iteration.quality}});
  }
  return list;
}

Json tasks_json(const PreparedData& prepared, const TaskDiscovery& discovery) {
  const auto& tasks = discovery.found.discovered.tasks;
  Json list = Json::array();
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const core::TaskNode& node = discovery.found.taxonomy.nodes()[i];
    Json task = {{"id", node.id}, {"name", node.name}};
    task.update(task_json(tasks[i], i, prepared, discovery));
    list.push_back(std::move(task));
  }
  return list;
}

Json record(const DiscoverRequest& request,
            const PreparedData& prepared,
            const TaskDiscovery& discovery) {
  const discover::Discovered& found = discovery.found.discovered;
  return {{"format_version", 1},
          {"dataset", prepared.table.dataset},
          {"pool", prepared.table.pool},
          {"encoder_sha256", prepared.encoder_sha256},
          {"split", request.split_text},
          {"seed", request.seed},
          {"described_by", request.describer.empty() ? Json() : Json(request.describer)},
          {"prompts", found.task.size()},
          {"iterations", iterations_json(found.iterations)},
          {"modularity", found.modularity},
          {"tasks", tasks_json(prepared, discovery)},
          {"others", task_json(found.others, found.tasks.size(), prepared, discovery)}};
}

/// In the order of the table, so that the file does not depend on the split's.
std::vector<core::TaskLabel> labels_of(const TaskDiscovery& discovery) {
  std::vector<core::TaskLabel> labels;
  for (std::size_t prompt = 0; prompt < discovery.table_rows.size(); ++prompt) {
    const std::int32_t task = discovery.found.discovered.task[prompt];
    for (const std::uint32_t row : discovery.table_rows[prompt]) {
      if (task != discover::Communities::kNoTask) {
        labels.push_back({row, static_cast<std::uint32_t>(task), 1.0F});
      }
    }
  }
  std::ranges::sort(labels, {}, &core::TaskLabel::query);
  return labels;
}

}  // namespace

Status write_discovery(const DiscoverRequest& request,
                       const PreparedData& prepared,
                       const PromptDescriptions* descriptions,
                       const TaskDiscovery& discovery,
                       const std::string& folder) {
  const VectorsByText* const vectors = descriptions == nullptr ? nullptr : &descriptions->vectors;
  const std::string page = TRY(task_map(request, prepared, vectors, discovery));
  // A folder with a record is whole: what another discovery left goes first, the record comes last.
  std::error_code error;  // There may be nothing to take away.
  std::filesystem::remove(folder + kRecord, error);
  std::filesystem::remove(folder + "/descriptions.jsonl", error);
  TRY(store::write_task_folder(
      discovery.found.taxonomy, prepared.table.queries, labels_of(discovery), folder));
  TRY(base::write_file_atomically(folder + "/map.html", page));
  if (descriptions != nullptr) {
    TRY(write_descriptions(descriptions->sentences, folder));
  }
  return base::write_file_atomically(folder + kRecord,
                                     dumped(record(request, prepared, discovery), 1) + "\n");
}

Result<std::optional<DiscoveredOn>> discovered_on(const std::string& folder) {
  const std::string path = folder + kRecord;
  if (!std::filesystem::exists(path)) {
    return std::nullopt;
  }
  const Json json = Json::parse(TRY(base::read_file(path)), nullptr, false);
  const bool is_record = json.is_object() && json.contains("dataset") &&
                         json["dataset"].is_string() && json.contains("seed") &&
                         json["seed"].is_number_unsigned() && json.contains("split") &&
                         json["split"].is_string();
  if (!is_record) {
    return base::fail_at({path},
                         base::Code::kDataLoss,
                         "{}: expected an object with dataset, seed and split, as wend discover "
                         "writes it",
                         path);
  }
  return DiscoveredOn{json["dataset"], json["seed"], json["split"]};
}

}  // namespace wend::trips
