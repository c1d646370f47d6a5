// SPDX-License-Identifier: Apache-2.0
#include "wend/net/server_exchange.h"

#include <array>
#include <ctime>
#include <utility>

#include <fmt/format.h>

#include "wend/base/check.h"

namespace wend::net {
namespace {

/// A usual head; more is grown into.
constexpr std::size_t kHeadBytes = 512;

base::Status gone() {
  return base::fail(base::Code::kCancelled, "the client has gone");
}

}  // namespace

std::string ServerExchange::take_body() {
  return std::exchange(request_.body, std::string());
}

std::string ServerExchange::head_text(int status, const Headers& headers, ResponseFraming framing) {
  std::string text;
  text.reserve(kHeadBytes);
  framing.minor_version = request_.head.minor_version;
  framing.keep_alive = place_.keep_alive;
  framing.date = place_.date.at(std::time(nullptr));
  append_response_head(text, status, headers, framing);
  return text;
}

base::Task<base::Status> ServerExchange::respond(HttpResponse response) {
  CHECK(stage_ == Stage::kNothing, "a request is answered twice");
  stage_ = Stage::kEnded;
  ResponseFraming framing;
  if (!is_bodiless(response.status)) {
    framing.content_length = response.body.size();
  }
  const bool bodiless = is_bodiless(response.status) || request_.head.method == "HEAD";
  const std::string head = head_text(response.status, response.headers, framing);
  Gather bytes(head, bodiless ? std::string_view() : std::string_view(response.body));
  const bool open = place_.socket.try_write(bytes);
  if (open && !bytes.empty()) {
    base::Status rest = co_await place_.socket.write(bytes);
    co_return rest;
  }
  co_return open ? base::Status{} : gone();
}

base::Task<base::Status> ServerExchange::begin(ResponseHead head) {
  CHECK(stage_ == Stage::kNothing, "a request is answered twice");
  stage_ = Stage::kStreaming;
  bodiless_ = is_bodiless(head.status) || request_.head.method == "HEAD";
  chunked_ = request_.head.minor_version > 0 && !is_bodiless(head.status);
  if (request_.head.minor_version == 0) {
    place_.keep_alive = false;
  }
  ResponseFraming framing;
  framing.chunked = chunked_;
  const std::string text = head_text(head.status, head.headers, framing);
  base::Status sent = co_await send(Gather(text));
  co_return sent;
}

base::Task<base::Status> ServerExchange::write(std::string_view bytes) {
  CHECK(stage_ != Stage::kNothing, "bytes of an answer come before its head");
  if (bytes.empty() || bodiless_ || stage_ == Stage::kEnded) {
    co_return place_.socket.broken() || stage_ == Stage::kEnded ? gone() : base::Status{};
  }
  std::array<char, 20> line{};
  std::size_t line_bytes = 0;
  if (chunked_) {
    const auto end = fmt::format_to(line.data(), "{:x}\r\n", bytes.size());
    line_bytes = static_cast<std::size_t>(end - line.data());
  }
  Gather chunk(std::string_view(line.data(), line_bytes),
               bytes,
               chunked_ ? std::string_view("\r\n") : std::string_view());
  const bool open = place_.socket.try_write(chunk);
  if (open && !chunk.empty()) {
    base::Status rest = co_await place_.socket.write(chunk);
    co_return rest;
  }
  co_return open ? base::Status{} : gone();
}

base::Task<base::Status> ServerExchange::end() {
  CHECK(stage_ != Stage::kNothing, "an answer ends before its head");
  if (stage_ == Stage::kEnded) {
    co_return gone();
  }
  stage_ = Stage::kEnded;
  base::Status sent = co_await send(Gather(chunked_ && !bodiless_ ? "0\r\n\r\n" : ""));
  co_return sent;
}

void ServerExchange::abort() {
  if (stage_ != Stage::kStreaming) {
    return;
  }
  stage_ = Stage::kEnded;
  place_.keep_alive = false;
  if (chunked_) {
    place_.socket.shutdown_send();
  } else {
    // Without chunks the end of the connection is the end of the answer: only a reset says no.
    place_.socket.reset();
  }
}

base::Task<base::Status> ServerExchange::send(Gather bytes) {
  const bool open = place_.socket.try_write(bytes);
  if (open && !bytes.empty()) {
    base::Status rest = co_await place_.socket.write(bytes);
    co_return rest;
  }
  co_return open ? base::Status{} : gone();
}

}  // namespace wend::net
