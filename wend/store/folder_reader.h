// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "wend/base/progress.h"
#include "wend/base/result.h"
#include "wend/data/dataset.h"
#include "wend/store/bad_rows.h"
#include "wend/store/row_parsers.h"

namespace wend::store {

/// Reads the files of one folder, one after another, into one data set. Queries and models come
/// first: the other files name them.
class FolderReader {
 public:
  FolderReader(std::string folder, double max_bad, base::Progress* progress);

  /// Needed files: one that is missing or holds no good row is an error.
  base::Status read_queries();
  base::Status read_models();
  base::Status read_outcomes();
  /// Optional files: nothing happens where they are not there.
  base::Status read_pools();
  base::Status read_replies();
  /// Whether the folder has a taxonomy.json. Labels without one are an error.
  base::Result<bool> read_tasks();

  data::Dataset& dataset() { return dataset_; }

  std::vector<ReplyRow>& replies() { return replies_; }

  const BadRows& bad_rows() const { return bad_rows_; }

  /// Of all files, in the order in which they were read.
  std::vector<KeyHint>& key_hints() { return key_hints_; }

 private:
  struct NameHash {
    using is_transparent = void;

    std::size_t operator()(std::string_view name) const {
      return std::hash<std::string_view>()(name);
    }
  };

  using Names = std::unordered_map<std::string, std::uint32_t, NameHash, std::equal_to<>>;

  /// Calls use(row) for each good row of a file; what it returns is the fault of a row that does
  /// not fit the others.
  template <class Row>
  base::Status read_rows(const std::string& path,
                         RowResult<Row> (*parse)(std::string_view, KeyHints*),
                         const std::function<std::optional<RowFault>(Row&&)>& use);

  /// The path of a file of the folder, packed or not; empty where it is not there.
  std::string find(const char* name) const;
  base::Result<std::string> find_required(const char* name) const;

  base::Status refuse_empty(const std::string& path, std::size_t rows, const char* what) const;

  std::optional<RowFault> add_outcome(OutcomeRow&& row);
  std::optional<RowFault> add_label(LabelRow&& row);
  RowFault unknown_model(const std::string& model) const;
  base::Status check_pool(const std::string& path,
                          const std::string& pool,
                          const std::vector<std::string>& models) const;

  std::string folder_;
  base::Progress* progress_;
  BadRows bad_rows_;
  std::vector<KeyHint> key_hints_;
  data::Dataset dataset_;
  std::vector<ReplyRow> replies_;
  Names query_index_;
  Names model_index_;

  /// What names an outcome or a label within the data set.
  struct CellKey {
    std::uint64_t cell = 0;
    std::uint32_t draw = 0;

    friend bool operator==(const CellKey&, const CellKey&) = default;
  };

  struct CellKeyHash {
    std::size_t operator()(const CellKey& key) const;
  };

  std::unordered_set<CellKey, CellKeyHash> outcome_keys_;
  std::unordered_set<CellKey, CellKeyHash> label_keys_;
};

}  // namespace wend::store
