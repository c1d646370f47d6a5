// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/result.h"

namespace wend::store {

/// A key of free choice that looks like one that its rows lack: kept as it is, and probably
/// misspelt.
struct KeyHint {
  base::Place first;  ///< The first row that has it.
  std::string key;
  std::string meant;
  std::size_t rows = 0;

  /// "FILE:LINE: ..." for a person.
  std::string sentence() const;
};

/// The tally of such keys in one file.
class KeyHints {
 public:
  explicit KeyHints(std::string file) : file_(std::move(file)) {}

  /// Where the rows that follow stand.
  void at_line(std::size_t line) { line_ = line; }

  /// The key of the file's rows that was probably meant; empty where none was. `known` must be the
  /// same for every row of the file.
  const std::string& nearest(std::string_view key, const std::vector<std::string_view>& known);

  void add(const std::string& key, const std::string& meant);

  /// In the order of the keys.
  std::vector<KeyHint> list() const;

 private:
  /// Rows with keys of endless variety must not fill memory.
  static constexpr std::size_t kRemembered = 1000;

  std::string file_;
  std::size_t line_ = 0;
  std::map<std::string, std::string, std::less<>> nearest_;
  std::map<std::string, KeyHint> hints_;
};

}  // namespace wend::store
