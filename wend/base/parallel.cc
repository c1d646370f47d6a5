// SPDX-License-Identifier: Apache-2.0
#include "wend/base/parallel.h"

#include <algorithm>

#include <sched.h>

namespace wend::base {

std::size_t available_threads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) {
    return std::max(1U, std::thread::hardware_concurrency());
  }
  return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
}

void parallel_for(std::size_t items,
                  std::size_t threads,
                  const std::function<void(std::size_t item, std::size_t worker)>& work) {
  if (threads == 0) {
    threads = available_threads();
  }
  threads = std::min(threads, items);
  std::atomic<std::size_t> next{0};
  const auto run = [&](std::size_t worker) {
    for (std::size_t item = next++; item < items; item = next++) {
      work(item, worker);
    }
  };
  std::vector<std::thread> others;
  for (std::size_t worker = 1; worker < threads; ++worker) {
    others.emplace_back(run, worker);
  }
  if (items > 0) {
    run(0);
  }
  for (std::thread& other : others) {
    other.join();
  }
}

}  // namespace wend::base
