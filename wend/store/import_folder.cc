// SPDX-License-Identifier: Apache-2.0
#include "wend/store/import_folder.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "wend/store/folder_reader.h"
#include "wend/store/taxonomy_from_fields.h"

namespace wend::store {
namespace {

using base::Code;
using base::fail;
using base::fail_at;

base::Status check(const std::string& folder, const ImportOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder, ignored)) {
    return fail_at({folder}, Code::kNotFound, "import '{}': there is no such folder", folder);
  }
  if (!std::filesystem::is_directory(folder, ignored)) {
    return fail_at({folder},
                   Code::kInvalidArgument,
                   "import '{}': expected a folder with queries, models and outcomes, found a file",
                   folder);
  }
  if (!(options.max_bad >= 0 && options.max_bad <= 1)) {
    return fail(Code::kOutOfRange, "--max-bad {}: expected a share from 0 to 1", options.max_bad);
  }
  return {};
}

base::Result<std::string> name_of(const std::string& folder, const ImportOptions& options) {
  std::filesystem::path path = std::filesystem::absolute(folder).lexically_normal();
  if (!path.has_filename()) {
    path = path.parent_path();
  }
  const std::string name = options.name.empty() ? path.filename().string() : options.name;
  const bool is_printable = std::all_of(
      name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
  if (name.empty() || !is_printable) {
    return fail(Code::kInvalidArgument,
                "import '{}': expected a name without control characters, give one with --name",
                folder);
  }
  return name;
}

base::Status read_or_build_tasks(FolderReader& reader,
                                 const std::string& folder,
                                 const ImportOptions& options) {
  const bool has_taxonomy = TRY(reader.read_tasks());
  if (has_taxonomy && !options.taxonomy_fields.empty()) {
    return fail(Code::kInvalidArgument,
                "import '{}': the folder has a taxonomy.json and --taxonomy asks for another; drop "
                "one of them",
                folder);
  }
  if (has_taxonomy) {
    return {};
  }
  static const std::vector<std::string> kDefaultFields = {"task", "dataset"};
  return build_taxonomy_from_fields(
      reader.dataset(), options.taxonomy_fields.empty() ? kDefaultFields : options.taxonomy_fields);
}

ImportReport report_of(FolderContent&& content, const ImportCounts& counts) {
  const data::Dataset& dataset = content.dataset;
  ImportReport report;
  report.dataset = dataset.name;
  report.queries = dataset.queries.size();
  report.models = dataset.models.size();
  report.outcomes = dataset.outcomes.size();
  report.replies = content.replies.size();
  report.tasks = dataset.taxonomy.leaves().size();
  report.bad_rows = content.bad_rows;
  report.reasons = std::move(content.reasons);
  report.first_bad = std::move(content.first_bad);
  report.key_hints = std::move(content.key_hints);
  report.counts = counts;
  report.null_cost = static_cast<std::size_t>(std::count_if(
      dataset.outcomes.begin(), dataset.outcomes.end(), [](const core::Outcome& outcome) {
        return !outcome.cost;
      }));
  return report;
}

}  // namespace

base::Result<FolderContent> read_folder(const std::string& folder, const ImportOptions& options) {
  TRY(check(folder, options));
  FolderReader reader(folder, options.max_bad, options.progress);
  reader.dataset().name = TRY(name_of(folder, options));
  TRY(reader.read_queries());
  TRY(reader.read_models());
  TRY(reader.read_pools());
  TRY(read_or_build_tasks(reader, folder, options));
  TRY(reader.read_outcomes());
  TRY(reader.read_replies());
  data::order_by_ids(reader.dataset());
  return FolderContent{std::move(reader.dataset()),
                       std::move(reader.replies()),
                       reader.bad_rows().total(),
                       reader.bad_rows().reasons(),
                       reader.bad_rows().first(),
                       std::move(reader.key_hints())};
}

base::Result<ImportReport> import_folder(
    const std::function<base::Result<std::unique_ptr<Store>>()>& open,
    const std::string& folder,
    const ImportOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  FolderContent content = TRY(read_folder(folder, options));
  const std::unique_ptr<Store> store = TRY(open());
  if (options.progress != nullptr) {
    options.progress->start("write the store", 0);
  }
  const ImportCounts counts = TRY(store->put_import(content.dataset, content.replies));
  if (options.progress != nullptr) {
    options.progress->finish();
  }
  ImportReport report = report_of(std::move(content), counts);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

}  // namespace wend::store
