// SPDX-License-Identifier: Apache-2.0
//   bench_chat_stream source EVENTS EVENTS_PER_SECOND      prints its port and serves until it is
//   ended bench_chat_stream read PORT STREAMS EVENTS SECONDS     prints what it read as one line of
//   JSON
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "reader.h"
#include "source.h"
#include <fmt/format.h>
#include <sys/resource.h>

namespace {

using wend::bench::Reader;
using wend::bench::Reading;
using wend::bench::Source;

std::int64_t number(const char* text) {
  return std::strtoll(text, nullptr, 10);
}

int serve(std::span<char*> arguments) {
  Source source(number(arguments[0]),
                std::chrono::nanoseconds(1'000'000'000 / number(arguments[1])));
  fmt::print("{}\n", source.listen());
  std::fflush(stdout);
  source.serve();
  return 0;
}

std::uint32_t percentile(std::vector<std::uint32_t>& values, double part) {
  if (values.empty()) {
    return 0;
  }
  const auto place = static_cast<std::size_t>(part * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(place));
  return values[place];
}

int read(std::span<char*> arguments) {
  Reader reader(static_cast<std::uint16_t>(number(arguments[0])), number(arguments[2]));
  const std::int64_t streams = number(arguments[1]);
  Reading reading = reader.read(static_cast<std::size_t>(streams), number(arguments[3]));
  fmt::print(
      "{{\"streams\": {}, \"whole\": {}, \"events\": {}, \"out_of_order\": {}, \"p50_us\": {}, "
      "\"p99_us\": {}, \"greatest_us\": {}}}\n",
      streams,
      reading.whole_streams,
      reading.events,
      reading.out_of_order,
      percentile(reading.latencies_us, 0.5),
      percentile(reading.latencies_us, 0.99),
      percentile(reading.latencies_us, 1.0));
  return 0;
}

void raise_file_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int count, char** values) {
  const std::span<char*> arguments(values, static_cast<std::size_t>(count));
  const std::string mode = count > 1 ? values[1] : "";
  raise_file_limit();
  if (mode == "source" && count == 4) {
    return serve(arguments.subspan(2));
  }
  if (mode == "read" && count == 6) {
    return read(arguments.subspan(2));
  }
  fmt::print(stderr,
             "expected: source EVENTS EVENTS_PER_SECOND, or: read PORT STREAMS EVENTS SECONDS\n");
  return 2;
}
