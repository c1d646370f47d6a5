// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "wend/net/client_socket.h"
#include "wend/net/http_server.h"
#include "wend/net/response_head.h"

namespace wend::net {

/// The exchange of a connection's present request. Borrows all it is given.
class ServerExchange final : public HttpExchange {
 public:
  struct Place {
    boost::asio::io_context& context;
    ClientSocket& socket;
    DateText& date;
    bool& keep_alive;  ///< Read when the head is written; false after what can only be closed.
  };

  ServerExchange(const Place& place, HttpRequest& request) : place_(place), request_(request) {}

  const HttpRequest& request() const override { return request_; }

  std::string take_body() override;

  boost::asio::io_context& context() override { return place_.context; }

  CancelSource& cancel() override { return cancel_; }

  base::Task<base::Status> respond(HttpResponse response) override;
  base::Task<base::Status> begin(ResponseHead head) override;
  base::Task<base::Status> write(std::string_view bytes) override;
  base::Task<base::Status> end() override;
  void abort() override;

  void cut() override { place_.socket.reset(); }

  bool begun() const override { return stage_ != Stage::kNothing; }

  /// Whether a streamed answer is under way.
  bool streaming() const { return stage_ == Stage::kStreaming; }

 private:
  enum class Stage { kNothing, kStreaming, kEnded };

  std::string head_text(int status, const Headers& headers, ResponseFraming framing);
  base::Task<base::Status> send(Gather bytes);

  Place place_;
  HttpRequest& request_;
  CancelSource cancel_;
  Stage stage_ = Stage::kNothing;
  bool bodiless_ = false;
  bool chunked_ = false;
};

}  // namespace wend::net
