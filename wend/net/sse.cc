// SPDX-License-Identifier: Apache-2.0
#include "wend/net/sse.h"

#include <utility>

namespace wend::net {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The value of "data: x" is "x": one blank after the colon is left out.
std::pair<std::string_view, std::string_view> split_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) {
    return {line, ""};
  }
  const bool blank = line.substr(colon + 1).starts_with(' ');
  return {line.substr(0, colon), line.substr(colon + (blank ? 2 : 1))};
}

}  // namespace

void SseParser::feed(std::string_view bytes, const Sink& sink) {
  while (!bytes.empty()) {
    if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const std::size_t end = bytes.find_first_of("\r\n");
    if (end == std::string_view::npos) {
      keep_part(bytes);
      return;
    }
    after_cr_ = bytes[end] == '\r';
    if (line_.empty() && !line_dropped_) {
      end_line(bytes.substr(0, end), sink);
    } else {
      keep_part(bytes.substr(0, end));
      end_line(line_, sink);
      line_.clear();
    }
    bytes.remove_prefix(end + 1);
  }
}

void SseParser::finish(const Sink& sink) {
  if (!line_.empty()) {
    end_line(line_, sink);
    line_.clear();
  }
  dispatch(sink);
}

void SseParser::keep_part(std::string_view part) {
  if (part.size() > max_event_bytes_ - line_.size()) {
    too_long_ = true;
    line_dropped_ = true;
    line_.clear();
  }
  if (!line_dropped_) {
    line_ += part;
  }
}

void SseParser::end_line(std::string_view line, const Sink& sink) {
  // As long as it came, so that a mark that is skipped counts wherever the bytes were cut.
  const bool too_long = std::exchange(line_dropped_, false) || line.size() > max_event_bytes_;
  if (std::exchange(at_start_, false) && line.starts_with(kByteOrderMark)) {
    line.remove_prefix(kByteOrderMark.size());
  }
  if (too_long) {
    too_long_ = true;
  } else if (line.empty()) {
    dispatch(sink);
  } else if (!too_long_) {
    take_field(line);
  }
}

void SseParser::take_field(std::string_view line) {
  const auto [name, value] = split_field(line);
  if (name == "event") {
    type_ = value;
  } else if (name == "data") {
    if (has_data_) {
      data_ += '\n';
    }
    data_ += value;
    has_data_ = true;
    too_long_ = data_.size() > max_event_bytes_;
  }
}

void SseParser::dispatch(const Sink& sink) {
  if (std::exchange(too_long_, false)) {
    ++oversized_;
  } else if (has_data_) {
    sink({type_, data_});
  }
  has_data_ = false;
  type_.clear();
  data_.clear();
}

}  // namespace wend::net
