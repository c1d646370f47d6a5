// SPDX-License-Identifier: Apache-2.0
// A labeller may say anything: what is read are options that exist, each once, with weights that
// sum to 1. The first line says how many options there are, the rest is the reply.
// needs: label
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "wend/label/parse_choice.h"

namespace {

void check(bool holds) {
  if (!holds) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(text.find('\n'), text.size());
  std::vector<wend::label::ChoiceOption> options;
  for (std::size_t i = 0; i < line % 40 + 1; ++i) {
    options.push_back({std::string(text.substr(0, i)), "d: " + std::string(text.substr(i, 3))});
  }
  text.remove_prefix(std::min(line + 1, text.size()));
  for (const std::size_t most : {1, 3}) {
    const auto choices = wend::label::parse_choice(text, options, most);
    if (!choices) {
      continue;
    }
    std::set<std::size_t> seen;
    double sum = 0;
    for (const auto& [option, weight] : *choices) {
      check(option < options.size() && seen.insert(option).second && weight > 0);
      sum += weight;
    }
    check(!seen.empty() && seen.size() <= most && std::abs(sum - 1) < 1e-9);
  }
  return 0;
}
