// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "sockets.h"

namespace wend::bench {

/// An upstream whose every answer is a stream of numbered events at a steady pace, each stream in a
/// phase of its own.
class Source {
 public:
  Source(std::int64_t events, std::chrono::nanoseconds pace) : events_(events), pace_(pace) {}

  std::uint16_t listen();

  /// Until the process is ended.
  void serve();

 private:
  struct Client {
    explicit Client(int fd) : socket(fd) {}

    Socket socket;
    std::string input;  ///< Of a request that is not whole.
    std::int64_t sent = 0;
    bool streaming = false;
  };

  struct Due {
    std::int64_t at_ns;
    int fd;

    friend auto operator<=>(const Due&, const Due&) = default;
  };

  void take_clients();
  void read_from(Client& client);
  void begin(Client& client);
  void send_what_is_due();
  /// Whether the client has more events to come.
  bool send_event(Client& client);

  std::int64_t events_;
  std::chrono::nanoseconds pace_;
  Socket listener_;
  Poll poll_;
  std::unordered_map<int, std::unique_ptr<Client>> clients_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

}  // namespace wend::bench
