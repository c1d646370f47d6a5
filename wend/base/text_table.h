// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wend::base {

enum class Align { kLeft, kRight };

/// One column of a table that a person reads.
struct TextColumn {
  std::string heading;
  Align align = Align::kRight;
  std::size_t max_width = 0;  ///< A longer cell goes on in the next line; 0: as wide as its cells.
  std::string group = {};     ///< Neighbours of one group share a heading above theirs.
};

/// Terminal columns of UTF-8 text: one for each code point.
std::size_t display_width(std::string_view text);

/// Text broken into lines of at most `width` columns, after a space or comma where there is one in
/// the line's second half.
std::vector<std::string> wrap_text(std::string_view text, std::size_t width);

/// Aligned columns, two spaces apart, a rule under the headings. Control characters in cells show
/// as '?', so that no cell can move the cursor.
class TextTable {
 public:
  explicit TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns)) {}

  /// Needs one cell per column.
  void add_row(std::vector<std::string> cells);

  /// Lines without trailing spaces, each ended by a newline.
  std::string render() const;

 private:
  using Line = std::vector<std::string>;

  std::vector<std::size_t> widths(const std::vector<Line>& lines) const;
  std::string render_groups(const std::vector<std::size_t>& widths) const;
  std::string render_line(const Line& line, const std::vector<std::size_t>& widths) const;

  std::vector<TextColumn> columns_;
  std::vector<Line> lines_;  ///< Long cells broken already.
};

}  // namespace wend::base
