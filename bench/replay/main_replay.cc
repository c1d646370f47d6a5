// SPDX-License-Identifier: Apache-2.0
// Seconds of the 95 % intervals of an evaluation table, ours and the plain loop, as a JSON line
// each.
//   bench_replay [QUERIES ROUTERS RESAMPLES THREADS]      10000 15 10000 0 (0: all)
// The plain loop is timed on a fiftieth of the resamples and scaled.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>

#include "bench/replay/task.h"
#include <fmt/format.h>

#include "wend/base/parallel.h"
#include "wend/base/statistics.h"

namespace wend::bench {
namespace {

/// On a busy machine the processor's time says more than the clock's.
struct Spent {
  double seconds = 0;
  double cpu_seconds = 0;
};

template <class F>
Spent spent_on(const F& work) {
  const auto begun = std::chrono::steady_clock::now();
  const std::clock_t cpu_begun = std::clock();
  work();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(),
          static_cast<double>(std::clock() - cpu_begun) / CLOCKS_PER_SEC};
}

/// What a report does with the means: five intervals a router.
Spent ours(const std::vector<eval::QueryParts>& columns, const eval::BootstrapPlan& plan) {
  return spent_on([&] {
    const base::BasicMatrix<double> means = eval::resampled_means(columns, plan);
    for (std::size_t c = 0; c < columns.size(); c += 6) {
      for (std::size_t interval = 0; interval < 5; ++interval) {
        const auto row = means.row(c + interval);
        base::percentile_interval({row.begin(), row.end()}, 0.95);
      }
    }
  });
}

void print(const char* contender,
           const Spent& spent,
           const ReplayTask& task,
           const eval::BootstrapPlan& plan) {
  fmt::print(
      "{{\"contender\":\"{}\",\"queries\":{},\"routers\":{},\"resamples\":{},\"threads\":{},"
      "\"seconds\":{:.3f},\"cpu_seconds\":{:.3f},\"compiler\":\"{}\"}}\n",
      contender,
      task.queries,
      task.routers,
      plan.resamples,
      plan.threads,
      spent.seconds,
      spent.cpu_seconds,
      __VERSION__);
}

int run(const ReplayTask& task, eval::BootstrapPlan plan) {
  plan.threads = plan.threads == 0 ? base::available_threads() : plan.threads;
  const std::vector<eval::QueryParts> small = columns_of({101, 5});
  const eval::BootstrapPlan few{1, 50, plan.threads};
  if (largest_difference(eval::resampled_means(small, few), reference_means(small, few)) > 1e-12) {
    fmt::print(stderr, "the answers differ; nothing is timed\n");
    return 1;
  }
  const std::vector<eval::QueryParts> columns = columns_of(task);
  Spent best = ours(columns, plan);
  for (int round = 1; round < 3; ++round) {
    const Spent next = ours(columns, plan);
    best = next.seconds < best.seconds ? next : best;
  }
  print("wend", best, task, plan);
  eval::BootstrapPlan fiftieth = plan;
  fiftieth.resamples = std::max<std::size_t>(plan.resamples / 50, 1);
  Spent plain = spent_on([&] { reference_means(columns, fiftieth); });
  const double scale =
      static_cast<double>(plan.resamples) / static_cast<double>(fiftieth.resamples);
  plain = {scale * plain.seconds, scale * plain.cpu_seconds};
  plan.threads = 1;
  print("plain loop (scaled)", plain, task, plan);
  return 0;
}

}  // namespace
}  // namespace wend::bench

int main(int argc, char** argv) {
  const auto argument = [&](int i, std::size_t otherwise) {
    return i < argc ? std::strtoul(argv[i], nullptr, 10) : otherwise;
  };
  return wend::bench::run({argument(1, 10'000), argument(2, 15)},
                          {1, argument(3, 10'000), argument(4, 0)});
}
