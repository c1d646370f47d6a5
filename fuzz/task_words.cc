// SPDX-License-Identifier: Apache-2.0
// A language model that is to describe or to name may say anything: what is read is a sentence or a
// name within the limits, on one line. The first line is
// the prompt, the rest is the reply; the whole is also read as a name, and for its words.
// needs: discover
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "wend/discover/parse_description.h"
#include "wend/discover/parse_name.h"
#include "wend/discover/reply_text.h"
#include "wend/discover/typical_words.h"

namespace {

void check(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void check_line(const std::string& line, std::size_t most_words) {
  check(!line.empty() && line.find('\n') == std::string::npos);
  check(wend::discover::count_words(line) <= most_words && line.size() <= 601);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view prompt = text.substr(0, end);
  const std::string_view reply = text.substr(std::min(end + 1, text.size()));
  if (const auto description = wend::discover::parse_description(reply, prompt)) {
    check_line(*description, 41);
    check(description->ends_with('.') && wend::discover::count_words(*description) >= 3);
  }
  if (const auto title = wend::discover::parse_name(text)) {
    check_line(title->name, 8);
    check_line(title->definition, 61);
    check(title->name.size() <= 80);
  }
  const std::vector<std::string_view> texts = {prompt, reply};
  const std::vector<std::vector<std::uint32_t>> sets = {{0, 1}, {1}};
  for (const auto& words : wend::discover::typical_words(texts, sets, 4)) {
    check(words.size() <= 4);
    for (const std::string& word : words) {
      check_line(word, word.size());
    }
  }
  return 0;
}
