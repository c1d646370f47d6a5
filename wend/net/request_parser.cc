// SPDX-License-Identifier: Apache-2.0
#include "wend/net/request_parser.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace wend::net {
namespace {

/// A connection that once had a long head does not keep its memory.
constexpr std::size_t kKeptHeadBytes = 4 << 10;
/// What a Content-Length may claim at once; the rest is grown into.
constexpr std::uint64_t kReservedBodyBytes = 64 << 10;
/// Behind the body: who parses it may want to read past its end, and need not copy it then.
constexpr std::uint64_t kSpareBytes = 64;

Refusal no_room() {
  return {503, "the bodies of other requests take all the memory there is for them"};
}

Refusal refusal_of(llhttp_errno_t error, const char* reason) {
  switch (error) {
    case HPE_INVALID_METHOD:
    case HPE_INVALID_CONSTANT:
      return {501, "the method is not known to this server"};
    case HPE_UNEXPECTED_CONTENT_LENGTH:
    case HPE_INVALID_CONTENT_LENGTH:
    case HPE_INVALID_TRANSFER_ENCODING:
      return {400,
              "the body's length is unclear: expected one Content-Length in digits or one "
              "'Transfer-Encoding: chunked'"};
    default:
      return {400,
              fmt::format("the request is no well-formed HTTP/1.1: {}",
                          reason == nullptr ? "" : reason)};
  }
}

}  // namespace

RequestParser::RequestParser(const HeadLimits& limits, std::size_t body_bytes, BodyBudget* budget)
    : head_scanner_(limits),
      chunk_scanner_(limits, body_bytes),
      body_limit_(body_bytes),
      share_(budget) {
  start();
}

void RequestParser::start() {
  llhttp_init(&parser_, HTTP_REQUEST, &settings());
  parser_.data = this;
  head_scanner_.start_request();
  phase_ = Phase::kBefore;
  head_bytes_.clear();
  if (head_bytes_.capacity() > kKeptHeadBytes) {
    head_bytes_.shrink_to_fit();
  }
  request_.head.method.clear();
  request_.head.target.clear();
  request_.head.headers.clear();
  request_.body = std::string();
  share_.give_back();
  header_ = Header();
  head_done_ = message_done_ = false;
  refusal_.reset();
}

std::size_t RequestParser::feed(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !finished()) {
    const std::string_view rest = bytes.substr(taken);
    taken += phase_ == Phase::kBody ? feed_body(rest) : feed_head(rest);
  }
  return taken;
}

std::size_t RequestParser::feed_head(std::string_view bytes) {
  phase_ = Phase::kHead;
  const std::size_t taken = head_scanner_.scan(bytes);
  if (head_scanner_.refusal()) {
    refuse(*head_scanner_.refusal());
  } else if (head_scanner_.complete() && head_bytes_.empty()) {
    end_of_head(bytes.substr(0, taken));
  } else {
    head_bytes_.append(bytes.substr(0, taken));
    if (head_scanner_.complete()) {
      end_of_head(head_bytes_);
    }
  }
  return taken;
}

void RequestParser::end_of_head(std::string_view head) {
  execute(head);
  if (refusal_) {
    return;
  }
  head_done_ = true;
  request_.head.minor_version = parser_.http_minor;
  if (std::optional<Refusal> refusal = judge_head(request_.head, body_limit_, framing_)) {
    refuse(*std::move(refusal));
    return;
  }
  phase_ = Phase::kBody;
  body_left_ = framing_.content_length;
  if (framing_.chunked) {
    chunk_scanner_.start();
  } else {
    request_.body.reserve(static_cast<std::size_t>(
        std::min(framing_.content_length, kReservedBodyBytes) + kSpareBytes));
  }
  if (body_complete() != message_done_) {
    refuse({400, "the body's length is unclear"});
  } else if (!share_.has_room(static_cast<std::size_t>(framing_.content_length))) {
    refuse(no_room());
  } else if (message_done_) {
    phase_ = Phase::kDone;
  }
}

bool RequestParser::body_complete() const {
  return framing_.chunked ? chunk_scanner_.complete() : body_left_ == 0;
}

std::size_t RequestParser::feed_body(std::string_view bytes) {
  const std::size_t taken = scan_body(bytes);
  const bool irregular = framing_.chunked && chunk_scanner_.refusal();
  // llhttp sees all before the byte that is refused: it may have refused earlier.
  execute(bytes.substr(0, irregular ? taken - 1 : taken));
  if (!refusal_ && irregular) {
    refuse(*chunk_scanner_.refusal());
  } else if (!refusal_) {
    end_of_body_piece();
  }
  return taken;
}

void RequestParser::end_of_body_piece() {
  if (body_complete() != message_done_) {
    refuse({400, "the body is not framed as its head says"});
  } else if (!share_.grow_to(request_.body.size())) {
    refuse(no_room());
  } else if (message_done_) {
    phase_ = Phase::kDone;
  }
}

std::size_t RequestParser::scan_body(std::string_view bytes) {
  if (framing_.chunked) {
    return chunk_scanner_.scan(bytes);
  }
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, bytes.size()));
  body_left_ -= taken;
  return taken;
}

void RequestParser::execute(std::string_view bytes) {
  const llhttp_errno_t error = llhttp_execute(&parser_, bytes.data(), bytes.size());
  if (error != HPE_OK && error != HPE_PAUSED) {
    refuse(refusal_of(error, llhttp_get_error_reason(&parser_)));
  }
}

void RequestParser::end_of_header() {
  // A trailer is read and dropped.
  if (!head_done_) {
    header_.value.erase(header_.value.find_last_not_of(" \t") + 1);
    request_.head.headers.add(std::move(header_.name), std::move(header_.value));
  }
  header_.name.clear();
  header_.value.clear();
}

void RequestParser::refuse(Refusal refusal) {
  phase_ = Phase::kRefused;
  refusal_ = std::move(refusal);
  request_.body = std::string();
  share_.give_back();
}

const llhttp_settings_t& RequestParser::settings() {
  static const llhttp_settings_t kSettings = [] {
    llhttp_settings_t made;
    llhttp_settings_init(&made);
    made.on_method = [](llhttp_t* parser, const char* at, std::size_t size) {
      of(parser).request_.head.method.append(at, size);
      return 0;
    };
    made.on_url = [](llhttp_t* parser, const char* at, std::size_t size) {
      of(parser).request_.head.target.append(at, size);
      return 0;
    };
    made.on_header_field = [](llhttp_t* parser, const char* at, std::size_t size) {
      of(parser).header_.name.append(at, size);
      return 0;
    };
    made.on_header_value = [](llhttp_t* parser, const char* at, std::size_t size) {
      of(parser).header_.value.append(at, size);
      return 0;
    };
    made.on_header_value_complete = [](llhttp_t* parser) {
      of(parser).end_of_header();
      return 0;
    };
    made.on_headers_complete = [](llhttp_t* parser) {
      // Upgrades are not done here: the request is one like any other.
      parser->upgrade = 0;
      return 0;
    };
    made.on_body = [](llhttp_t* parser, const char* at, std::size_t size) {
      of(parser).request_.body.append(at, size);
      return 0;
    };
    made.on_message_complete = [](llhttp_t* parser) {
      of(parser).message_done_ = true;
      return static_cast<int>(HPE_PAUSED);
    };
    return made;
  }();
  return kSettings;
}

}  // namespace wend::net
