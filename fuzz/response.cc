// SPDX-License-Identifier: Apache-2.0
// needs: net
// Any bytes as an answer: the same head, body, fault and end however they are cut, and never more
// body than there were bytes. The first byte chooses the cut; an odd one makes it the answer to a
// HEAD request.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/check.h"
#include "wend/net/response_parser.h"

namespace {

using wend::net::Header;
using wend::net::ResponseParser;
using State = ResponseParser::State;

struct Parsed {
  State state = State::kHead;
  int status = 0;
  std::vector<Header> headers;
  std::string body;
  bool reusable = false;
  std::string progress;

  friend bool operator==(const Parsed&, const Parsed&) = default;
};

Parsed parse(std::string bytes, std::size_t first, std::size_t step, bool head_request) {
  ResponseParser parser(head_request);
  Parsed parsed;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = std::min(at == 0 && first > 0 ? first : step, bytes.size() - at);
    // A copy of exactly this size, so that the address sanitizer sees a step outside it.
    std::vector<char> piece(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                            bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
    parsed.body += parser.feed(piece);
    at += size;
  }
  if (parser.state() != State::kFailed) {
    parsed.progress = parser.progress();
  }
  parser.finish();
  parsed.state = parser.state();
  CHECK(parsed.state == State::kEnd || parsed.state == State::kFailed, "neither end nor fault");
  CHECK(parsed.body.size() <= bytes.size(), "more body than bytes");
  parsed.reusable = parser.reusable();
  if (parser.has_head()) {
    parsed.status = parser.head().status;
    parsed.headers = parser.head().headers.list();
  }
  return parsed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const bool head_request = (data[0] & 1) != 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Parsed whole = parse(bytes, 0, std::max<std::size_t>(bytes.size(), 1), head_request);
  CHECK(parse(bytes, 0, 1, head_request) == whole, "another answer byte by byte");
  CHECK(parse(bytes, data[0], bytes.size() + 1, head_request) == whole,
        "another answer cut at {}",
        data[0]);
  CHECK(parse(bytes, 0, data[0] % 16 + 2, head_request) == whole, "another answer in pieces");
  return 0;
}
