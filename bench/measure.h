// SPDX-License-Identifier: Apache-2.0
// What a benchmark's program says of itself.
#pragma once

#include <sys/resource.h>
#include <time.h>

namespace wend::bench {

struct Clock {
  double wall_s;
  double processor_s;
};

inline Clock now() {
  timespec wall{};
  timespec processor{};
  clock_gettime(CLOCK_MONOTONIC, &wall);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &processor);
  return {static_cast<double>(wall.tv_sec) + 1e-9 * static_cast<double>(wall.tv_nsec),
          static_cast<double>(processor.tv_sec) + 1e-9 * static_cast<double>(processor.tv_nsec)};
}

/// The most memory this process ever had, in MiB.
inline double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace wend::bench
