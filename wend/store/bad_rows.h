// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/store/row_parsers.h"

namespace wend::store {

struct BadRow {
  base::Place place;
  RowFault fault;

  /// "FILE:LINE: ..." for a person.
  std::string sentence() const;
};

/// The tally of an import's bad rows. A bad row is no error but a row with a reason, counted and
/// never silently dropped; more than a share of one file's rows is an error.
class BadRows {
 public:
  explicit BadRows(double max_share) : max_share_(max_share) {}

  void add(const std::string& file, std::size_t line, RowFault fault);

  /// Fails where more than the share of the `rows` of the file that has just been read were bad:
  /// the error names the counts and the first reasons. Starts the count of the next file.
  base::Status finish_file(const std::string& file, std::size_t rows);

  std::size_t total() const { return total_; }

  const std::map<std::string, std::size_t>& reasons() const { return reasons_; }

  /// The first few.
  const std::vector<BadRow>& first() const { return first_; }

  /// Whether the next fault's sentence will be kept, so that a costly one is only made where it is
  /// read.
  bool keeps_next() const { return first_.size() < kKept; }

 private:
  static constexpr std::size_t kKept = 10;

  double max_share_;
  std::size_t total_ = 0;
  std::size_t in_file_ = 0;
  std::map<std::string, std::size_t> file_reasons_;
  std::map<std::string, std::size_t> reasons_;
  std::vector<BadRow> first_;
};

}  // namespace wend::store
