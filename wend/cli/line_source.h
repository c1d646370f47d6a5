// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "wend/base/result.h"

namespace wend::cli {

/// Lines of a file or of stdin ("-") in batches: as many as are there already, so that a person who
/// types one line gets its answer and a pipe is read in bulk.
class LineSource {
 public:
  struct Line {
    std::size_t number = 0;  ///< From 1.
    std::string text;
  };

  static constexpr std::size_t kLongestLine = std::size_t{64} << 20U;

  static base::Result<LineSource> open(const std::string& path);
  ~LineSource();
  LineSource(LineSource&& other) noexcept;
  LineSource& operator=(LineSource&&) = delete;

  /// At most `most` lines, empty ones passed over; none at the end. A line above kLongestLine is an
  /// error, and so is a stop that was asked for.
  base::Result<std::vector<Line>> next_batch(std::size_t most);

 private:
  LineSource(int descriptor, std::string name);
  bool take_line(Line& line);
  base::Status read_more();
  bool more_is_waiting() const;

  int descriptor_;
  std::string name_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t scanned_ = 0;
  std::size_t number_ = 0;
  bool ended_ = false;
};

}  // namespace wend::cli
