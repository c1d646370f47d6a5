// SPDX-License-Identifier: Apache-2.0
#include "wend/net/response_head_scanner.h"

namespace wend::net {
namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

}  // namespace

std::size_t ResponseHeadScanner::scan(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && after_ != After::kEnd) {
    after_ = step(bytes[taken++]);
    if (++size_ > kHeadBytes) {
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
  return is_control(c) ? refuse("has a control byte in its head") : After::kText;
}

}  // namespace wend::net
