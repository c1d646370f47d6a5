// SPDX-License-Identifier: Apache-2.0
// What must be settled before two training runs can give the same bytes: one seed, a fixed number
// of threads, and one thread pool. libtorch has two that it may use at once, OpenMP's and its
// BLAS's. Ours gives the threads to OpenMP, over whole shards of a batch, and leaves the BLAS one:
// each product then stays in one core's cache and the element-wise work is shared out too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace wend::train {

/// Seeds libtorch, asks it for deterministic algorithms, and fixes the threads (0: all there are)
/// of the calling thread's training.
void settle(std::uint64_t seed, std::size_t threads);

/// The BLAS that libtorch's products run on.
struct Blas {
  std::string name;  ///< "openblas", "mkl", "blis", "atlas", "reference", or "unknown".
  std::string path;  ///< The file that was loaded.

  /// A sentence for the log where the BLAS is the slow reference one (43 times slower); empty
  /// otherwise.
  std::string warning() const;
};

Blas loaded_blas();

}  // namespace wend::train
