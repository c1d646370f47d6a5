// SPDX-License-Identifier: Apache-2.0
// A reply is anything: the first line names the metric, the second is the reference, the third the
// prompt's options, the rest the reply. A quality is a share, and a reply that says the reference
// after a marker never crashes the rules either.
// needs: label
#include "wend/label/match_answer.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

void check(bool holds) {
  if (!holds) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  wend::core::QueryRecord query;
  query.metric = take_line(text);
  query.reference = take_line(text);
  query.prompt = "?\nA. " + std::string(take_line(text)) + "\nB. other";
  if (!wend::label::check_scorable(query)) {
    return 0;
  }
  const double quality = wend::label::match_answer(query, text);
  check(quality >= 0 && quality <= 1);
  check(quality == wend::label::match_answer(query, text));
  const double own = wend::label::match_answer(query, "Answer: " + query.reference);
  check(own >= 0 && own <= 1);
  return 0;
}
