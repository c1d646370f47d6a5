// SPDX-License-Identifier: Apache-2.0
#include "wend/train/runtime.h"

#include <array>
#include <filesystem>
#include <string_view>
#include <utility>

#include <dlfcn.h>

#include "wend/base/parallel.h"
#include "wend/train/torch.h"

namespace wend::train {
namespace {

/// OpenBLAS exports its own switch; another BLAS has none and reads the environment instead.
void give_blas_one_thread() {
  void* symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
  if (symbol != nullptr) {
    reinterpret_cast<void (*)(int)>(symbol)(1);
  }
}

std::string name_of(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kMarks = {
      {{"openblas", "openblas"},
       {"mkl", "mkl"},
       {"blis", "blis"},
       {"atlas", "atlas"},
       {"/blas/libblas", "reference"}}};
  for (const auto& [mark, name] : kMarks) {
    if (path.find(mark) != std::string_view::npos) {
      return std::string(name);
    }
  }
  return "unknown";
}

}  // namespace

void settle(std::uint64_t seed, std::size_t threads) {
  at::manual_seed(seed);
  at::globalContext().setDeterministicAlgorithms(true, false);
  at::set_num_threads(static_cast<int>(threads == 0 ? base::available_threads() : threads));
  give_blas_one_thread();
}

std::string Blas::warning() const {
  if (name != "reference") {
    return {};
  }
  return "libtorch runs on the reference BLAS (" + path +
         "), about 43 times slower than OpenBLAS; install libopenblas0-pthread";
}

Blas loaded_blas() {
  // Who answers for sgemm_ is who multiplies: several BLAS files may be mapped at once.
  void* symbol = dlsym(RTLD_DEFAULT, "sgemm_");
  Dl_info info = {};
  if (symbol == nullptr || dladdr(symbol, &info) == 0 || info.dli_fname == nullptr) {
    return {"unknown", ""};
  }
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(info.dli_fname, error);
  const std::string path = error ? std::string(info.dli_fname) : real.string();
  return {name_of(path), path};
}

}  // namespace wend::train
