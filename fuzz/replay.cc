// SPDX-License-Identifier: Apache-2.0
// Stands in for libFuzzer where it is not: sends every file of a corpus through the target, then
// the same file cut short and with single bits turned. The same bytes in the same order every time;
// what a real fuzzing run finds becomes a file of the corpus.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "wend/base/file.h"
#include "wend/base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kCuts = 32;
constexpr int kTurnedBits = 64;

void run(const std::string& bytes) {
  // A copy of exactly this size, so that the address sanitizer sees a read past the end.
  const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

void run_variants(const std::string& bytes) {
  run(bytes);
  if (bytes.empty()) {
    return;
  }
  wend::base::Random random(bytes.size());
  for (int i = 0; i < kCuts; ++i) {
    run(bytes.substr(0, random.below(bytes.size())));
  }
  for (int i = 0; i < kTurnedBits; ++i) {
    std::string turned = bytes;
    char& byte = turned[random.below(bytes.size())];
    byte = static_cast<char>(byte ^ (1 << random.below(8)));
    run(turned);
  }
}

std::vector<std::string> files_of(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code unreadable;
  for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable)) {
    files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> files = argc == 2 ? files_of(argv[1]) : std::vector<std::string>{};
  if (files.empty()) {
    fmt::print(stderr, "usage: {} CORPUS (a folder with at least one input)\n", argv[0]);
    return 2;
  }
  for (const std::string& file : files) {
    const auto bytes = wend::base::read_file(file);
    if (!bytes) {
      fmt::print(stderr, "{}\n", bytes.error().message);
      return 1;
    }
    run_variants(*bytes);
  }
  fmt::print("{} inputs\n", files.size());
  return 0;
}
