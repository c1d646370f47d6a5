// SPDX-License-Identifier: Apache-2.0
// needs: net
// Any bytes as an event stream: the same events however they are cut, none above the limit, and
// each made of bytes that were there. The first byte chooses the cut, the second the limit.
#include "wend/net/sse.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/check.h"

namespace {

using wend::net::SseParser;

struct Events {
  std::vector<std::string> list;
  std::size_t oversized = 0;

  friend bool operator==(const Events&, const Events&) = default;
};

Events parse(std::string_view bytes, std::size_t first, std::size_t step, std::size_t limit) {
  SseParser parser(limit);
  Events events;
  const auto sink = [&](const SseParser::Event& event) {
    CHECK(event.data.size() <= limit, "{} bytes of data", event.data.size());
    CHECK(event.type.size() <= limit, "{} bytes of type", event.type.size());
    events.list.push_back(std::string(event.type) + "\n" + std::string(event.data));
  };
  parser.feed(bytes.substr(0, first), sink);
  bytes.remove_prefix(std::min(first, bytes.size()));
  while (!bytes.empty()) {
    parser.feed(bytes.substr(0, step), sink);
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  parser.finish(sink);
  events.oversized = parser.oversized();
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const std::size_t limit = data[1];
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const Events whole = parse(bytes, bytes.size(), 1, limit);
  CHECK(parse(bytes, 0, 1, limit) == whole, "other events byte by byte");
  CHECK(parse(bytes, data[0], bytes.size() + 1, limit) == whole, "other events cut at {}", data[0]);
  CHECK(parse(bytes, 0, data[0] % 16 + 2, limit) == whole, "other events in pieces");
  return 0;
}
