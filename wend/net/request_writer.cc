// SPDX-License-Identifier: Apache-2.0
#include "wend/net/request_writer.h"

#include <utility>

namespace wend::net {

using boost::system::error_code;

RequestWriter::RequestWriter(std::shared_ptr<UpstreamConnection> connection,
                             std::vector<boost::asio::const_buffer> bytes,
                             std::function<void()> progress)
    : connection_(std::move(connection)), bytes_(std::move(bytes)), progress_(std::move(progress)) {
  take_off(0);
}

void RequestWriter::start() {
  error_code error;
  while (!done() && !error) {
    take_off(connection_->write_now(rest(), error));
  }
  if (error == boost::asio::error::would_block) {
    go_on();
  }
}

void RequestWriter::go_on() {
  waiting_ = true;
  connection_->write_later(rest(),
                           [self = shared_from_this()](const error_code& error, std::size_t size) {
                             self->waiting_ = false;
                             if (self->abandoned_) {
                               return;
                             }
                             self->take_off(size);
                             self->progress_();
                             if (!error && !self->done()) {
                               self->go_on();
                             }
                           });
}

void RequestWriter::abandon() {
  abandoned_ = true;
  if (waiting_) {
    connection_->abandon_write();
  }
}

void RequestWriter::take_off(std::size_t size) {
  while (!done() && size >= bytes_[next_].size()) {
    size -= bytes_[next_++].size();
  }
  if (!done()) {
    bytes_[next_] += size;
  }
}

}  // namespace wend::net
