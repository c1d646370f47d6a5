// SPDX-License-Identifier: Apache-2.0
// Interface written first by the lead, for the trips that use it; the store's owner implements and may extend it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/matrix.h"
#include "wend/base/result.h"
#include "wend/data/dataset.h"

namespace wend::store {

/// How an import changed the store.
struct ImportCounts {
  std::size_t inserted = 0;
  std::size_t updated = 0;
  std::size_t unchanged = 0;
};

/// Where collections, cached vectors and (later) replies and decisions are kept. One writer; safe to read from other processes.
class Store {
 public:
  virtual ~Store() = default;

  /// Puts a whole collection in one transaction: all of it or nothing. Rows that are there already are compared and counted.
  virtual base::Result<ImportCounts> put_dataset(const data::Dataset& dataset) = 0;

  /// An unknown name is an error with a suggestion and the way to import.
  virtual base::Result<data::Dataset> load_dataset(std::string_view name) = 0;
  virtual base::Result<std::vector<std::string>> dataset_names() = 0;

  /// Cached vectors by (SHA-256 of the text, encoder version). Row i of the result is the vector of hashes[i]; found[i] says whether it was there.
  struct CachedVectors {
    base::Matrix vectors;
    std::vector<bool> found;
  };
  virtual base::Result<CachedVectors> find_vectors(std::string_view encoder_version,
                                                   const std::vector<std::string>& text_hashes,
                                                   std::size_t dimension) = 0;
  virtual base::Status put_vectors(std::string_view encoder_version,
                                   const std::vector<std::string>& text_hashes,
                                   const base::Matrix& vectors) = 0;
};

/// Opens (and where needed makes or migrates) the SQLite file at `path`.
base::Result<std::unique_ptr<Store>> open_store(const std::string& path);

}  // namespace wend::store
