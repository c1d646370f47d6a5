// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sockets.h"

namespace wend::bench {

/// What came of all streams.
struct Reading {
  std::int64_t whole_streams = 0;  ///< All events in their order, [DONE], and the last chunk.
  std::int64_t events = 0;
  std::int64_t out_of_order = 0;  ///< Events whose number was not the next one.
  std::vector<std::uint32_t> latencies_us;
};

/// Asks for many streams at once and reads all of them to their ends.
class Reader {
 public:
  Reader(std::uint16_t port, std::int64_t events) : port_(port), events_(events) {}

  /// Ends when every stream has, or after so many seconds.
  Reading read(std::size_t streams, std::int64_t most_seconds);

 private:
  struct Stream {
    Socket socket;
    bool asked = false;
    bool in_body = false;
    bool done = false;  ///< [DONE] has come.
    bool ended = false;
    std::int64_t next = 0;
    std::int64_t chunk_left = -1;  ///< Below 0: a chunk's size comes next.
    std::string input;             ///< Not understood yet.
    std::string text;              ///< Of an event that is not whole.
  };

  void on_ready(Stream& stream, std::uint32_t events);
  void read_some(Stream& stream);
  bool skip_head(Stream& stream);
  void take_chunks(Stream& stream, std::int64_t now);
  void take_events(Stream& stream, std::int64_t now);
  void take_event(Stream& stream, std::string_view text, std::int64_t now);
  void end(Stream& stream, bool whole);

  std::uint16_t port_;
  std::int64_t events_;
  Poll poll_;
  std::size_t open_ = 0;
  Reading reading_;
};

}  // namespace wend::bench
