// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace wend::net {

/// A blocking client for tests that says exactly the bytes it is told to, when it is told to. What
/// should come and does not is an empty string after ten seconds.
class RawClient {
 public:
  /// To "127.0.0.1:41233". `receive_buffer` of the kernel, 0: as usual.
  explicit RawClient(std::string_view address, int receive_buffer = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }

  /// False once the peer has closed.
  bool send(std::string_view bytes);
  /// What has come, at least one byte; empty at the end, after a reset and after `wait`.
  std::string receive(std::chrono::milliseconds wait = std::chrono::seconds(10));
  /// All that comes until the end.
  std::string receive_all();
  /// One answer with a Content-Length (or, after HEAD, its head alone), as it came.
  std::string receive_answer(bool head_alone = false);
  /// All up to and with `mark`.
  std::string receive_until(std::string_view mark);

  /// Whether the peer has closed within ten seconds, and nothing more had come.
  bool closed();

  /// Whether the last end was a reset.
  bool was_reset() const { return reset_; }

  /// The end of what is sent, while answers are still taken.
  void half_close();
  void close();
  /// Leaves with a reset.
  void reset();

 private:
  int socket_ = -1;
  bool connected_ = false;
  bool ended_ = false;
  bool reset_ = false;
  std::string pending_;
};

}  // namespace wend::net
