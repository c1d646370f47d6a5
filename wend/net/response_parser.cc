// SPDX-License-Identifier: Apache-2.0
#include "wend/net/response_parser.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "wend/base/check.h"

namespace wend::net {
namespace {

using base::Code;

constexpr std::size_t kHeaders = 100;
constexpr std::size_t kUsualHeaders = 16;  // More are grown into.
constexpr int kInterimAnswers = 8;
constexpr std::size_t kExtensionBytes = 256;

/// Digits alone, and no more of them than a signed 64-bit number surely holds.
std::optional<std::uint64_t> parse_length(std::string_view text) {
  constexpr std::size_t kDigits = 18;
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && text.size() <= kDigits ? std::optional(length) : std::nullopt;
}

}  // namespace

/// What llhttp calls; each hands on to the parser that its `data` points to.
struct ResponseCallbacks {
  static ResponseParser& self(llhttp_t* parser) {
    return *static_cast<ResponseParser*>(parser->data);
  }

  static int on_header_field(llhttp_t* parser, const char* at, std::size_t size) {
    ResponseParser& me = self(parser);
    if (me.in_value_) {
      me.end_header();
    }
    me.header_.name.append(at, size);
    return 0;
  }

  static int on_header_value(llhttp_t* parser, const char* at, std::size_t size) {
    ResponseParser& me = self(parser);
    me.in_value_ = true;
    me.header_.value.append(at, size);
    return 0;
  }

  static int on_headers_complete(llhttp_t* parser) { return self(parser).on_headers_complete(); }

  static int on_body(llhttp_t* parser, const char* at, std::size_t size) {
    return self(parser).on_body(at, size);
  }

  static int on_chunk_header(llhttp_t* parser) { return self(parser).on_chunk_header(); }

  static int on_chunk_extension(llhttp_t* parser, const char* at, std::size_t size) {
    return self(parser).on_chunk_extension({at, size});
  }

  static int on_message_complete(llhttp_t* parser) {
    ResponseParser& me = self(parser);
    me.message_ended_ = true;
    me.keep_alive_ = llhttp_should_keep_alive(parser) != 0;
    return HPE_PAUSED;
  }

  static llhttp_settings_t make() {
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    settings.on_header_field = on_header_field;
    settings.on_header_value = on_header_value;
    settings.on_headers_complete = on_headers_complete;
    settings.on_body = on_body;
    settings.on_chunk_header = on_chunk_header;
    settings.on_chunk_extension_name = on_chunk_extension;
    settings.on_chunk_extension_value = on_chunk_extension;
    settings.on_message_complete = on_message_complete;
    return settings;
  }
};

ResponseParser::ResponseParser(bool to_head_request)
    : to_head_request_(to_head_request), scanner_(ResponseHeadScanner::Part::kHead) {
  begin_message();
}

void ResponseParser::begin_message() {
  static const llhttp_settings_t kSettings = ResponseCallbacks::make();
  llhttp_init(&parser_, HTTP_RESPONSE, &kSettings);
  parser_.data = this;
  scanner_ = ResponseHeadScanner(ResponseHeadScanner::Part::kHead);
  state_ = State::kHead;
  head_ = {};
  head_.headers.reserve(kUsualHeaders);
  content_length_.reset();
  until_close_ = false;
  message_ended_ = false;
}

std::string_view ResponseParser::feed(std::span<char> bytes) {
  body_ = {};
  while (!bytes.empty() && (state_ == State::kHead || state_ == State::kBody)) {
    const bool scanned = state_ == State::kHead || in_trailers_;
    bytes = scanned ? feed_scanned(bytes) : execute(bytes);
  }
  bytes_after_end_ = bytes_after_end_ || (state_ == State::kEnd && !bytes.empty());
  return {body_.data(), body_.size()};
}

std::span<char> ResponseParser::feed_scanned(std::span<char> bytes) {
  const std::size_t size = scanner_.scan({bytes.data(), bytes.size()});
  if (!scanner_.fault().empty()) {
    fail(scanner_.fault());
    return {};
  }
  if (state_ == State::kHead) {
    head_bytes_ += size;
  }
  // The scanner and llhttp see the same last byte: what llhttp leaves of these has not been asked
  // for.
  const std::span<char> rest = execute(bytes.first(size));
  return rest.empty() ? bytes.subspan(size) : rest;
}

std::span<char> ResponseParser::execute(std::span<char> bytes) {
  const llhttp_errno_t result = llhttp_execute(&parser_, bytes.data(), bytes.size());
  if (result == HPE_OK || state_ == State::kFailed) {
    return {};
  }
  if (result == HPE_PAUSED) {
    const char* const at = llhttp_get_error_pos(&parser_);
    return after_pause(bytes.subspan(static_cast<std::size_t>(at - bytes.data())));
  }
  fail(fmt::format("is framed wrongly ({})", llhttp_get_error_reason(&parser_)));
  return {};
}

std::span<char> ResponseParser::after_pause(std::span<char> rest) {
  if (!message_ended_) {
    llhttp_resume(&parser_);
  } else if (head_.status >= 200) {
    state_ = State::kEnd;
  } else {
    begin_message();
  }
  return rest;
}

void ResponseParser::finish() {
  if (state_ == State::kBody && until_close_) {
    state_ = State::kEnd;
  } else if (state_ == State::kHead || state_ == State::kBody) {
    fail(fmt::format("ended after {}", progress()));
  }
}

std::string ResponseParser::progress() const {
  if (state_ == State::kHead) {
    return fmt::format("{} bytes of its head", head_bytes_);
  }
  if (content_length_) {
    return fmt::format("{} of {} bytes of its body", body_bytes_, *content_length_);
  }
  return fmt::format("{} bytes of its body", body_bytes_);
}

int ResponseParser::fail(std::string_view why) {
  state_ = State::kFailed;
  error_ = base::Error{Code::kDataLoss, std::string(why), {}};
  return HPE_USER;
}

void ResponseParser::end_header() {
  if (!in_trailers_) {
    const std::string_view value = trimmed(header_.value);
    if (value.size() != header_.value.size()) {
      header_.value = std::string(value);
    }
    head_.headers.add(std::move(header_.name), std::move(header_.value));
  }
  header_.name.clear();
  header_.value.clear();
  in_value_ = false;
}

int ResponseParser::on_headers_complete() {
  if (in_value_) {
    end_header();
  }
  head_.status = parser_.status_code;
  if (const base::Status framing = check_framing(); !framing) {
    fail(framing.error().message);
    return -1;
  }
  if (head_.status >= 200) {
    state_ = State::kBody;
    has_head_ = true;
  } else if (++interim_answers_ > kInterimAnswers) {
    fail(fmt::format("comes after more than {} interim answers", kInterimAnswers));
    return -1;
  }
  // 1: it has no body, whatever its head says.
  return has_no_body() ? 1 : 0;
}

bool ResponseParser::has_no_body() const {
  return to_head_request_ || head_.status < 200 || head_.status == 204 || head_.status == 304;
}

base::Status ResponseParser::check_framing() {
  const Headers& headers = head_.headers;
  const auto refuse = [](std::string_view why) { return base::fail(Code::kDataLoss, "{}", why); };
  if (parser_.http_major != 1 || parser_.http_minor > 1) {
    return refuse("is of another version than HTTP/1.0 and HTTP/1.1");
  }
  if (head_.status < 100 || head_.status > 599 || head_.status == 101) {
    return base::fail(Code::kDataLoss, "has the status {}, which nobody asked for", head_.status);
  }
  if (headers.list().size() > kHeaders) {
    return base::fail(Code::kDataLoss, "has more than {} headers", kHeaders);
  }
  const std::string* const length = headers.find("Content-Length");
  const std::string* const coding = headers.find("Transfer-Encoding");
  if (length != nullptr && coding != nullptr) {
    return refuse("has both Content-Length and Transfer-Encoding");
  }
  if (headers.count("Content-Length") > 1 || headers.count("Transfer-Encoding") > 1) {
    return refuse("says twice how long it is");
  }
  if (coding != nullptr && (parser_.http_minor == 0 || !equal_ignoring_case(*coding, "chunked"))) {
    return refuse("has a Transfer-Encoding other than chunked on HTTP/1.1");
  }
  content_length_ = length == nullptr ? std::nullopt : parse_length(*length);
  if (length != nullptr && !content_length_) {
    return refuse("has a Content-Length that is no number");
  }
  until_close_ = length == nullptr && coding == nullptr;
  return {};
}

int ResponseParser::on_body(const char* at, std::size_t size) {
  if (body_.empty()) {
    // llhttp's views are into the bytes that feed() was given, which may be written to.
    body_ = {const_cast<char*>(at), size};
  } else {
    std::memmove(body_.data() + body_.size(), at, size);
    body_ = {body_.data(), body_.size() + size};
  }
  body_bytes_ += size;
  return 0;
}

int ResponseParser::on_chunk_header() {
  extension_bytes_ = 0;
  in_trailers_ = parser_.content_length == 0;
  if (in_trailers_) {
    scanner_ = ResponseHeadScanner(ResponseHeadScanner::Part::kTrailers);
  }
  // A pause, so that trailers go through the scanner.
  return in_trailers_ ? HPE_PAUSED : 0;
}

int ResponseParser::on_chunk_extension(std::string_view part) {
  extension_bytes_ += part.size();
  if (extension_bytes_ > kExtensionBytes) {
    return fail(fmt::format("has a chunk extension of more than {} bytes", kExtensionBytes));
  }
  const bool control = std::ranges::any_of(
      part, [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == 0x7F; });
  return control ? fail("has a control byte in a chunk extension") : 0;
}

}  // namespace wend::net
