// SPDX-License-Identifier: Apache-2.0
// Our contender of bench/embed, driven by run.py over pipes so that the rival runs in turns on the
// same token ids. Each text of IDS is a u32 number of ids and the ids, little-endian; each answer
// is the raw pooled vector as float32.
//   bench_embed FOLDER IDS vectors OUT   writes the vector of every text
//   bench_embed FOLDER IDS time          for each line "bulk THREADS" or "single" prints the
//   seconds of one pass: all texts in one
//                                        call, or one call a text on one thread
//   bench_embed FOLDER IDS load          prints the milliseconds of load_bert and of the first text
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/file.h"
#include "wend/encoder/encoder.h"

namespace {

using wend::base::Code;
using wend::base::fail;
using wend::base::Status;
using wend::encoder::Encoder;
using wend::encoder::TokenIds;

std::vector<TokenIds> split_texts(std::string_view bytes) {
  std::vector<TokenIds> texts;
  while (bytes.size() >= 4) {
    std::uint32_t count = 0;
    std::memcpy(&count, bytes.data(), 4);
    TokenIds& ids = texts.emplace_back(std::min<std::size_t>(count, bytes.size() / 4 - 1));
    std::memcpy(ids.data(), bytes.data() + 4, ids.size() * 4);
    bytes.remove_prefix(4 + ids.size() * 4);
  }
  return texts;
}

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

Status write_vectors(const Encoder& encoder,
                     const std::vector<TokenIds>& texts,
                     const std::string& path) {
  const wend::base::Matrix vectors = TRY(encoder.pooled(texts, 0, nullptr));
  std::string out(vectors.values().size_bytes(), '\0');
  std::memcpy(out.data(), vectors.data(), out.size());
  return wend::base::write_file_atomically(path, out);
}

Status pass(const Encoder& encoder, std::span<const TokenIds> texts, const std::string& mode) {
  if (mode == "single") {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      TRY(encoder.pooled(texts.subspan(i, 1), 1, nullptr));
    }
    return {};
  }
  if (!mode.starts_with("bulk ")) {
    return fail(Code::kInvalidArgument, "'{}': expected 'bulk THREADS' or 'single'", mode);
  }
  TRY(encoder.pooled(texts, std::stoul(mode.substr(5)), nullptr));
  return {};
}

Status time_passes(const Encoder& encoder, const std::vector<TokenIds>& texts) {
  for (std::string mode; std::getline(std::cin, mode);) {
    const auto start = std::chrono::steady_clock::now();
    TRY(pass(encoder, texts, mode));
    std::cout << milliseconds_since(start) / 1000 << std::endl;
  }
  return {};
}

Status run(int argc, char** argv) {
  if (argc < 4) {
    return fail(Code::kInvalidArgument, "usage: bench_embed FOLDER IDS vectors OUT | time | load");
  }
  const std::string bytes = TRY(wend::base::read_file(argv[2]));
  const std::vector<TokenIds> texts = split_texts(bytes);
  const std::string_view task = argv[3];
  const auto start = std::chrono::steady_clock::now();
  const auto encoder = TRY(wend::encoder::load_bert(argv[1]));
  if (task == "load") {
    std::cout << milliseconds_since(start);
    TRY(pass(*encoder, std::span(texts).first(1), "single"));
    std::cout << ' ' << milliseconds_since(start) << '\n';
    return {};
  }
  if (task == "vectors" && argc == 5) {
    return write_vectors(*encoder, texts, argv[4]);
  }
  return time_passes(*encoder, texts);
}

}  // namespace

int main(int argc, char** argv) {
  const Status status = run(argc, argv);
  if (!status) {
    std::cerr << status.error().message << '\n';
    return 1;
  }
  return 0;
}
