// SPDX-License-Identifier: Apache-2.0
#include "wend/base/text_table.h"

#include <algorithm>
#include <utility>

#include "wend/base/check.h"

namespace wend::base {

namespace {

constexpr std::string_view kGap = "  ";

bool begins_code_point(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

std::string without_control_characters(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  return text;
}

/// Bytes of the first `width` code points.
std::size_t prefix_bytes(std::string_view text, std::size_t width) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (begins_code_point(text[i]) && seen++ == width) {
      return i;
    }
  }
  return text.size();
}

/// Where a line of at most `width` columns ends.
std::size_t break_at(std::string_view text, std::size_t width) {
  const std::size_t limit = prefix_bytes(text, width);
  if (limit == text.size()) {
    return limit;
  }
  for (std::size_t i = limit; i > limit / 2; --i) {
    if (text[i - 1] == ' ' || text[i - 1] == ',') {
      return i;
    }
  }
  return limit;
}

std::string padded(const std::string& text, std::size_t width, Align align) {
  const std::string space(width - std::min(width, display_width(text)), ' ');
  return align == Align::kLeft ? text + space : space + text;
}

std::string finished(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

}  // namespace

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
}

std::vector<std::string> wrap_text(std::string_view text, std::size_t width) {
  CHECK(width > 0, "wrap at width 0");
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = break_at(text, width);
    lines.emplace_back(text.substr(0, end));
    lines.back().erase(lines.back().find_last_not_of(' ') + 1);
    text.remove_prefix(end);
  }
  return lines;
}

void TextTable::add_row(std::vector<std::string> cells) {
  CHECK(
      cells.size() == columns_.size(), "{} cells in a table of {}", cells.size(), columns_.size());
  std::vector<Line> lines(1, Line(cells.size()));
  for (std::size_t column = 0; column < cells.size(); ++column) {
    std::string cell = without_control_characters(std::move(cells[column]));
    const std::size_t limit = columns_[column].max_width;
    if (limit == 0 || display_width(cell) <= limit) {
      lines[0][column] = std::move(cell);
      continue;
    }
    std::vector<std::string> pieces = wrap_text(cell, limit);
    lines.resize(std::max(lines.size(), pieces.size()), Line(cells.size()));
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      lines[i][column] = std::move(pieces[i]);
    }
  }
  lines_.insert(lines_.end(), lines.begin(), lines.end());
}

std::vector<std::size_t> TextTable::widths(const std::vector<Line>& lines) const {
  std::vector<std::size_t> widths;
  for (const TextColumn& column : columns_) {
    widths.push_back(display_width(column.heading));
  }
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(line[i]));
    }
  }
  return widths;
}

std::string TextTable::render_groups(const std::vector<std::size_t>& widths) const {
  std::string line;
  for (std::size_t i = 0; i < columns_.size();) {
    std::size_t end = i + 1;
    std::size_t width = widths[i];
    while (end < columns_.size() && !columns_[i].group.empty() &&
           columns_[end].group == columns_[i].group) {
      width += kGap.size() + widths[end++];
    }
    const std::string& title = columns_[i].group;
    const std::size_t free = width - std::min(width, display_width(title));
    line += std::string(free / 2, ' ') + title + std::string(free - free / 2, ' ');
    line += kGap;
    i = end;
  }
  return finished(std::move(line));
}

std::string TextTable::render_line(const Line& line, const std::vector<std::size_t>& widths) const {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    text += i == 0 ? std::string_view{} : kGap;
    text += padded(line[i], widths[i], columns_[i].align);
  }
  return finished(std::move(text));
}

std::string TextTable::render() const {
  const std::vector<std::size_t> widths = this->widths(lines_);
  const bool grouped = std::any_of(columns_.begin(), columns_.end(), [](const TextColumn& column) {
    return !column.group.empty();
  });
  std::string text = grouped ? render_groups(widths) : std::string{};
  Line headings;
  Line rules;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    headings.push_back(columns_[i].heading);
    rules.emplace_back(widths[i], '-');
  }
  text += render_line(headings, widths) + render_line(rules, widths);
  for (const Line& line : lines_) {
    text += render_line(line, widths);
  }
  return text;
}

}  // namespace wend::base
