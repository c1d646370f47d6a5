// SPDX-License-Identifier: Apache-2.0
#include "wend/net/request_head_scanner.h"

#include <algorithm>
#include <string>

#include "wend/net/byte_class.h"

namespace wend::net {
namespace {

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

}  // namespace

void RequestHeadScanner::start_request() {
  *this = RequestHeadScanner(limits_);
}

void RequestHeadScanner::start_trailers() {
  *this = RequestHeadScanner(limits_);
  in_request_line_ = false;
  state_ = State::kLineStart;
}

std::size_t RequestHeadScanner::scan(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !complete() && !refusal_) {
    // Up to the byte that is one too many: a refusal must stand where it stands byte by byte.
    const std::size_t run = std::min(run_length(bytes.substr(taken)), room() + 1);
    taken += run;
    spend(run);
    if (taken < bytes.size() && !refusal_) {
      spend(1);
      if (!refusal_) {
        step(bytes[taken]);
      }
      ++taken;
    }
  }
  return taken;
}

/// How many bytes from here on change nothing but the counts.
std::size_t RequestHeadScanner::run_length(std::string_view bytes) const {
  ByteClass wanted = kTokenByte;
  switch (state_) {
    case State::kMethod:
    case State::kName:
      break;
    case State::kTarget:
      wanted = kTargetByte;
      break;
    case State::kValue:
      wanted = kValueByte;
      break;
    default:
      return 0;
  }
  const auto end =
      std::ranges::find_if_not(bytes, [wanted](char byte) { return is_class(byte, wanted); });
  return static_cast<std::size_t>(end - bytes.begin());
}

/// How many bytes the limits still allow.
std::size_t RequestHeadScanner::room() const {
  // The line's end is not of the line.
  return in_request_line_ ? limits_.request_line_bytes + 2 - line_bytes_
                          : limits_.header_bytes - header_bytes_;
}

void RequestHeadScanner::spend(std::size_t bytes) {
  if (bytes > room()) {
    refuse(in_request_line_ ? 414 : 431,
           in_request_line_ ? "the request line is too long" : "the headers are too long");
    return;
  }
  (in_request_line_ ? line_bytes_ : header_bytes_) += bytes;
}

void RequestHeadScanner::step(char byte) {
  switch (state_) {
    case State::kLineFeed:
      expect_feed(byte, State::kLineStart);
      in_request_line_ = false;
      break;
    case State::kLastFeed:
      expect_feed(byte, State::kComplete);
      break;
    case State::kLineStart:
    case State::kName:
    case State::kValue:
      step_header(byte);
      break;
    default:
      step_request_line(byte);
  }
}

void RequestHeadScanner::step_request_line(char byte) {
  if (state_ == State::kStart && byte == '\r') {
    // One empty line before a request is an old client's farewell to the body before.
    state_ = State::kStartFeed;
  } else if (state_ == State::kStartFeed) {
    expect_feed(byte, State::kMethod);
    line_bytes_ = 0;
  } else if (state_ == State::kStart && is_token_byte(byte)) {
    state_ = State::kMethod;
  } else if (state_ == State::kMethod && byte == ' ' && line_bytes_ > 1) {
    state_ = State::kTarget;
  } else if (state_ == State::kTarget && byte == ' ') {
    state_ = State::kVersion;
  } else if (state_ == State::kVersion && byte == '\r') {
    end_of_version();
  } else if (state_ == State::kVersion && version_bytes_ < version_.size()) {
    version_[version_bytes_++] = byte;
  } else {
    refuse(400, "the request line is malformed: expected 'METHOD /path HTTP/1.1'");
  }
}

void RequestHeadScanner::end_of_version() {
  const std::string_view version(version_.data(), version_bytes_);
  const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") &&
                           is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
  if (!well_formed) {
    refuse(400, "the request line has no version: expected HTTP/1.1");
  } else if (version != "HTTP/1.0" && version != "HTTP/1.1") {
    refuse(400, "expected HTTP/1.1 or HTTP/1.0");
  } else {
    state_ = State::kLineFeed;
  }
}

void RequestHeadScanner::step_header(char byte) {
  if (state_ == State::kLineStart) {
    begin_header(byte);
  } else if (byte == '\r' && state_ == State::kValue) {
    state_ = State::kLineFeed;
  } else if (byte == ':' && state_ == State::kName) {
    state_ = State::kValue;
  } else if (state_ == State::kName && (byte == ' ' || byte == '\t')) {
    refuse(400, "a header has a space before its colon");
  } else if (state_ == State::kName) {
    refuse(400, "a header is malformed: expected 'Name: value'");
  } else {
    refuse(400, "a header's value has a control byte or a line end without its carriage return");
  }
}

void RequestHeadScanner::begin_header(char byte) {
  if (byte == '\r') {
    state_ = State::kLastFeed;
  } else if (byte == ' ' || byte == '\t') {
    refuse(400, "a header is folded over two lines: expected it on one");
  } else if (!is_token_byte(byte)) {
    refuse(400, "a header is malformed: expected 'Name: value'");
  } else if (++headers_ > limits_.header_count) {
    refuse(431, "there are too many headers");
  } else {
    state_ = State::kName;
  }
}

void RequestHeadScanner::expect_feed(char byte, State next) {
  if (byte == '\n') {
    state_ = next;
  } else {
    refuse(400, "a carriage return stands alone: expected a line feed after it");
  }
}

void RequestHeadScanner::refuse(int status, std::string_view message) {
  refusal_ = Refusal{status, std::string(message)};
}

}  // namespace wend::net
