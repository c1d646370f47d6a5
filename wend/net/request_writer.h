// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "wend/net/upstream_connection.h"

namespace wend::net {

/// Sends a request beside whoever reads the answer, since an upstream may answer (or close) before
/// it has taken all. A failed write is kept, not told: the read that waits for the answer sees what
/// the peer has done.
class RequestWriter : public std::enable_shared_from_this<RequestWriter> {
 public:
  /// `progress` is called when the peer has taken bytes. The bytes are borrowed until done() or
  /// abandon().
  RequestWriter(std::shared_ptr<UpstreamConnection> connection,
                std::vector<boost::asio::const_buffer> bytes,
                std::function<void()> progress);

  /// Hands the kernel what it takes at once, in one write where that is all, and goes on by itself.
  void start();
  /// Lets the rest be.
  void abandon();

  bool done() const { return next_ == bytes_.size(); }

 private:
  void go_on();
  void take_off(std::size_t size);

  Buffers rest() const { return Buffers(bytes_).subspan(next_); }

  std::shared_ptr<UpstreamConnection> connection_;
  std::vector<boost::asio::const_buffer> bytes_;
  std::size_t next_ = 0;
  std::function<void()> progress_;
  bool waiting_ = false;
  bool abandoned_ = false;
};

}  // namespace wend::net
