// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/data/dataset.h"
#include "wend/store/bad_rows.h"
#include "wend/store/key_hints.h"
#include "wend/store/store.h"

namespace wend::store {

struct ImportOptions {
  std::string name;  ///< Of the collection; empty: the folder's own name.
  /// Fields of the queries that make the levels of the task types, the domain first; empty:
  /// taxonomy.json where there is one, else `task` and `dataset`. Contradicts a taxonomy.json in
  /// the folder.
  std::vector<std::string> taxonomy_fields;
  double max_bad = 0.001;  ///< Share of bad rows of one file above which nothing is imported.
  base::Progress* progress = nullptr;  ///< May be null.
};

struct ImportReport {
  std::string dataset;
  std::size_t queries = 0;  ///< Good rows of the files, as the next three.
  std::size_t models = 0;
  std::size_t outcomes = 0;
  std::size_t replies = 0;
  std::size_t tasks = 0;  ///< Leaves of the taxonomy.
  std::size_t bad_rows = 0;
  std::map<std::string, std::size_t> reasons;  ///< Short reason -> rows.
  std::vector<BadRow> first_bad;               ///< The first few bad rows.
  std::vector<KeyHint> key_hints;
  ImportCounts counts;
  std::size_t null_cost = 0;  ///< Outcomes without a cost.
  double seconds = 0;

  /// Whether the store is other than it was.
  bool changed() const { return counts.inserted > 0 || counts.updated > 0; }
};

/// What the files of one folder say, checked and put in order, and what was wrong with them.
struct FolderContent {
  data::Dataset dataset;
  std::vector<ReplyRow> replies;
  std::size_t bad_rows = 0;
  std::map<std::string, std::size_t> reasons;
  std::vector<BadRow> first_bad;
  std::vector<KeyHint> key_hints;
};

/// Reads queries, models, outcomes and, where they are there, pools.json, taxonomy.json,
/// task_labels and replies of a folder in the format of docs/formats/outcomes.md (.jsonl,
/// .jsonl.zst or .jsonl.gz). The order of rows makes no difference.
base::Result<FolderContent> read_folder(const std::string& folder, const ImportOptions& options);

/// Reads the folder and puts it into the store in one transaction. The store is opened once the
/// folder has been read: a folder that is refused leaves no empty store behind.
base::Result<ImportReport> import_folder(
    const std::function<base::Result<std::unique_ptr<Store>>()>& open,
    const std::string& folder,
    const ImportOptions& options);

}  // namespace wend::store
