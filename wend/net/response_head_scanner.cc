// SPDX-License-Identifier: Apache-2.0
#include "wend/net/response_head_scanner.h"

#include <algorithm>

#include "wend/net/byte_class.h"

namespace wend::net {
namespace {

/// How many bytes of a line stand here that need no look.
std::size_t text_length(std::string_view bytes) {
  return static_cast<std::size_t>(std::ranges::find_if_not(bytes, is_value_byte) - bytes.begin());
}

}  // namespace

std::size_t ResponseHeadScanner::scan(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && after_ != After::kEnd) {
    const std::size_t text = after_ == After::kText ? text_length(bytes.substr(taken)) : 0;
    after_ = text > 0 ? After::kText : step(bytes[taken]);
    taken += std::max<std::size_t>(text, 1);
    size_ += std::max<std::size_t>(text, 1);
    if (size_ > kHeadBytes) {
      after_ = refuse("has a head of more than 32 KiB");
    }
  }
  return taken;
}

ResponseHeadScanner::After ResponseHeadScanner::refuse(std::string_view why) {
  fault_ = why;
  return After::kEnd;
}

ResponseHeadScanner::After ResponseHeadScanner::step(char c) {
  if (after_ == After::kCr || after_ == After::kLastCr) {
    if (c != '\n') {
      return refuse("has a bare CR in its head");
    }
    return after_ == After::kCr ? After::kLineEnd : After::kEnd;
  }
  if (c == '\n') {
    return refuse("has a bare LF in its head");
  }
  if (after_ == After::kLineEnd && (c == ' ' || c == '\t')) {
    return refuse("has a folded line in its head");
  }
  if (after_ == After::kLineEnd && c == ':') {
    return refuse("has a header without a name");
  }
  if (c == '\r') {
    if (after_ == After::kText) {
      return After::kCr;
    }
    return size_ > 0 || empty_allowed_ ? After::kLastCr : refuse("begins with an empty line");
  }
  return is_value_byte(c) ? After::kText : refuse("has a control byte in its head");
}

}  // namespace wend::net
