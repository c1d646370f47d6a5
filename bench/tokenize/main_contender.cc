// SPDX-License-Identifier: Apache-2.0
// Our contender of bench/tokenize, driven by run.py over pipes so that rivals run in turns on the
// same texts. Each text is a u32 number of bytes and the bytes, each answer a u32 number of ids and
// the ids, all little-endian.
//   bench_tokenize FOLDER TEXTS ids OUT     writes the ids of every text
//   bench_tokenize FOLDER TEXTS time        prints the processor seconds of one pass for each line
//   that it reads, one text at a time
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "wend/base/file.h"
#include "wend/text/wordpiece.h"

namespace {

using wend::text::SpecialTokens;
using wend::text::WordPiece;

std::vector<std::string_view> split_texts(std::string_view bytes) {
  std::vector<std::string_view> texts;
  while (bytes.size() >= 4) {
    std::uint32_t size = 0;
    std::memcpy(&size, bytes.data(), 4);
    texts.push_back(bytes.substr(4, size));
    bytes.remove_prefix(4 + texts.back().size());
  }
  return texts;
}

void append_number(std::string& out, std::uint32_t number) {
  char bytes[4];
  std::memcpy(bytes, &number, 4);
  out.append(bytes, 4);
}

wend::base::Status write_ids(const WordPiece& tokenizer,
                             const std::vector<std::string_view>& texts,
                             const std::string& path) {
  std::string out;
  for (const std::string_view text : texts) {
    std::vector<std::int32_t> ids;
    tokenizer.pieces(text, SpecialTokens::kParse, ids);
    append_number(out, static_cast<std::uint32_t>(ids.size()));
    for (const std::int32_t id : ids) {
      append_number(out, static_cast<std::uint32_t>(id));
    }
  }
  return wend::base::write_file_atomically(path, out);
}

// Processor time, which a busy machine does not stretch as it stretches the clock on the wall.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double seconds_of_one_pass(const WordPiece& tokenizer, const std::vector<std::string_view>& texts) {
  const double start = processor_seconds();
  std::size_t count = 0;
  for (const std::string_view text : texts) {
    std::vector<std::int32_t> ids;
    tokenizer.pieces(text, SpecialTokens::kParse, ids);
    count += ids.size();
  }
  return count == 0 ? 0.0 : processor_seconds() - start;
}

wend::base::Status run(int argc, char** argv) {
  if (argc < 4) {
    return wend::base::fail(wend::base::Code::kInvalidArgument,
                            "usage: bench_tokenize FOLDER TEXTS ids OUT | time");
  }
  const WordPiece tokenizer = TRY(WordPiece::load(argv[1]));
  const std::string bytes = TRY(wend::base::read_file(argv[2]));
  const std::vector<std::string_view> texts = split_texts(bytes);
  if (std::string_view(argv[3]) == "ids" && argc == 5) {
    return write_ids(tokenizer, texts, argv[4]);
  }
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << seconds_of_one_pass(tokenizer, texts) << std::endl;
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  const wend::base::Status status = run(argc, argv);
  if (!status) {
    std::cerr << status.error().message << '\n';
    return 1;
  }
  return 0;
}
