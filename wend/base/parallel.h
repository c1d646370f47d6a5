// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace wend::base {

/// The processors this process may run on, at least 1.
std::size_t available_threads();

/// Calls work(item, worker) once for each item in [0, items), on `threads` threads (0:
/// available_threads()); worker in [0, threads) names the thread, for scratch of its own. Items are
/// handed out one by one, so results must not depend on which worker got them. Returns when all are
/// done. The work must not throw.
void parallel_for(std::size_t items,
                  std::size_t threads,
                  const std::function<void(std::size_t item, std::size_t worker)>& work);

}  // namespace wend::base
