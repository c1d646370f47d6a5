// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace wend::net {

/// Server-sent events out of a stream of bytes, however it is cut (WHATWG HTML, "Server-sent
/// events": CR, LF and CRLF end lines; several data lines are joined by LF; a BOM at the beginning
/// is skipped). It looks beside the stream: what it makes of the bytes never changes what is
/// relayed.
class SseParser {
 public:
  struct Event {
    std::string_view type;  ///< Empty: "message".
    std::string_view data;
  };

  using Sink = std::function<void(const Event&)>;

  /// An event of more than `max_event_bytes` is left out, and counted.
  explicit SseParser(std::size_t max_event_bytes = 1 << 20) : max_event_bytes_(max_event_bytes) {}

  /// Calls `sink` for every event that these bytes complete; its views are valid during the call.
  void feed(std::string_view bytes, const Sink& sink);
  /// At the end of the stream: an event whose blank line never came is given too, since some
  /// upstreams leave it out.
  void finish(const Sink& sink);

  std::size_t oversized() const { return oversized_; }

 private:
  void keep_part(std::string_view part);
  void end_line(std::string_view line, const Sink& sink);
  void take_field(std::string_view line);
  void dispatch(const Sink& sink);

  std::size_t max_event_bytes_;
  std::string line_;  ///< What is there of the line that the bytes ended in.
  std::string type_;
  std::string data_;
  bool has_data_ = false;
  bool after_cr_ = false;
  bool at_start_ = true;
  bool line_dropped_ = false;
  bool too_long_ = false;  ///< The event, for a line of it or for its data.
  std::size_t oversized_ = 0;
};

}  // namespace wend::net
