// SPDX-License-Identifier: Apache-2.0
#include "wend/store/task_files.h"

#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/base/compression.h"
#include "wend/base/file.h"
#include "wend/base/suggest.h"
#include "wend/store/row_parsers.h"

namespace wend::store {
namespace {

using base::Code;
using base::fail_at;

/// What is wrong with one line.
tl::unexpected<base::Error> fail_line(const std::string& file,
                                      std::size_t line,
                                      std::string_view sentence) {
  return fail_at({file, line}, Code::kDataLoss, "{}:{}: {}", file, line, sentence);
}

std::vector<std::string> ids_of(const core::Taxonomy& taxonomy) {
  std::vector<std::string> ids;
  for (const core::TaskNode& node : taxonomy.nodes()) {
    ids.push_back(node.id);
  }
  return ids;
}

/// Takes the lines of a file of labels. Strict: what was made for this very purpose has no bad
/// rows.
class LabelReader {
 public:
  LabelReader(const data::Dataset& dataset, const core::Taxonomy& taxonomy, const std::string& path)
      : taxonomy_(taxonomy), path_(path) {
    for (std::size_t i = 0; i < dataset.queries.size(); ++i) {
      query_of_.emplace(dataset.queries[i].id, static_cast<std::uint32_t>(i));
    }
  }

  /// A label of a query that the data set does not have is passed over, as is an empty line.
  base::Status take(std::string_view line, std::size_t number) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      return {};
    }
    const RowResult<LabelRow> row = parse_label_row(line);
    if (!row) {
      return fail_line(path_, number, row.error().detail);
    }
    const std::size_t node = TRY(node_of(*row, number));
    const auto query = query_of_.find(row->query_id);
    if (query == query_of_.end()) {
      return {};
    }
    if (!seen_.emplace(query->second, node).second) {
      return fail_line(
          path_,
          number,
          fmt::format("query '{}' has the task '{}' twice", row->query_id, row->task_id));
    }
    labels_.push_back({query->second, static_cast<std::uint32_t>(node), row->weight});
    return {};
  }

  std::vector<core::TaskLabel> labels() && { return std::move(labels_); }

 private:
  base::Result<std::size_t> node_of(const LabelRow& row, std::size_t number) const {
    const auto node = taxonomy_.find(row.task_id);
    if (node) {
      return *node;
    }
    return fail_line(path_,
                     number,
                     fmt::format("task_id '{}' is not in the taxonomy.json beside it{}",
                                 row.task_id,
                                 base::did_you_mean(row.task_id, ids_of(taxonomy_))));
  }

  const core::Taxonomy& taxonomy_;
  const std::string& path_;
  std::map<std::string_view, std::uint32_t> query_of_;
  std::set<std::pair<std::uint32_t, std::size_t>> seen_;
  std::vector<core::TaskLabel> labels_;
};

/// The labels of the file for the data set's own queries.
base::Result<std::vector<core::TaskLabel>> read_labels(const data::Dataset& dataset,
                                                       const core::Taxonomy& taxonomy,
                                                       const std::string& path) {
  LabelReader reader(dataset, taxonomy, path);
  TRY(base::for_each_line(
      path, [&](std::string_view line, std::size_t number) { return reader.take(line, number); }));
  return std::move(reader).labels();
}

base::Result<std::string> find_labels(const std::string& folder) {
  std::string path = base::find_compressed(folder + "/task_labels.jsonl");
  if (path.empty()) {
    return fail_at(
        {folder},
        Code::kNotFound,
        "tasks '{}': expected a folder with taxonomy.json and task_labels.jsonl (or .zst, .gz)",
        folder);
  }
  return path;
}

}  // namespace

base::Result<core::Taxonomy> read_taxonomy(const std::string& path) {
  base::Result<core::Taxonomy> taxonomy = core::Taxonomy::parse(TRY(base::read_file(path)));
  if (!taxonomy) {
    base::Error error = std::move(taxonomy).error().with_context(path);
    error.code = Code::kDataLoss;
    error.place.file = path;
    return tl::unexpected(std::move(error));
  }
  return taxonomy;
}

base::Status replace_tasks(data::Dataset& dataset, const std::string& folder) {
  const std::string labels_path = TRY(find_labels(folder));
  core::Taxonomy taxonomy = TRY(read_taxonomy(folder + "/taxonomy.json"));
  std::vector<core::TaskLabel> labels = TRY(read_labels(dataset, taxonomy, labels_path));
  if (labels.empty()) {
    return fail_at({labels_path},
                   Code::kFailedPrecondition,
                   "tasks '{}': no label belongs to a query of data set '{}'",
                   labels_path,
                   dataset.name);
  }
  dataset.taxonomy = std::move(taxonomy);
  dataset.labels = std::move(labels);
  return {};
}

base::Status write_task_folder(const core::Taxonomy& taxonomy,
                               const std::vector<core::QueryRecord>& queries,
                               const std::vector<core::TaskLabel>& labels,
                               const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return base::fail(Code::kPermissionDenied, "make folder '{}': {}", folder, error.message());
  }
  using Json = nlohmann::ordered_json;
  std::string lines;
  for (const core::TaskLabel& label : labels) {
    lines += Json({{"query_id", queries[label.query].id},
                   {"task_id", taxonomy.nodes()[label.node].id},
                   {"weight", label.weight}})
                 .dump(-1, ' ', false, Json::error_handler_t::replace) +
             "\n";
  }
  TRY(base::write_file_atomically(folder + "/taxonomy.json", taxonomy.to_json()));
  return base::write_file_atomically(folder + "/task_labels.jsonl", lines);
}

base::Result<data::Dataset> read_task_folder(const std::string& folder) {
  const std::string path = TRY(find_labels(folder));
  data::Dataset dataset;
  dataset.name = folder;
  std::set<std::string> ids;
  TRY(base::for_each_line(path, [&](std::string_view line, std::size_t) {
    // What is wrong with a line is said when its label is read.
    if (RowResult<LabelRow> row = parse_label_row(line)) {
      ids.insert(std::move(row->query_id));
    }
    return base::Status();
  }));
  for (const std::string& id : ids) {
    dataset.queries.emplace_back().id = id;
  }
  TRY(replace_tasks(dataset, folder));
  return dataset;
}

}  // namespace wend::store
