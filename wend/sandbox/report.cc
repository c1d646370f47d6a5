// SPDX-License-Identifier: Apache-2.0
#include "wend/sandbox/report.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace wend::sandbox {
namespace {

using base::Code;
using base::fail;

constexpr std::string_view kRefused = "refused: ";

constexpr std::array<std::pair<Ending, std::string_view>, 3> kWords = {
    {{Ending::kExited, "exited "},
     {Ending::kSignalled, "signalled "},
     {Ending::kTimedOut, "timed out "}}};

}  // namespace

std::string to_line(const Ended& ended) {
  const auto* const word =
      std::ranges::find(kWords, ended.ending, &decltype(kWords)::value_type::first);
  return fmt::format("{}{}\n", word->second, ended.number);
}

std::string to_line(const base::Error& refusal) {
  std::string sentence = refusal.message;
  std::replace(sentence.begin(), sentence.end(), '\n', ' ');
  return fmt::format("{}{}\n", kRefused, sentence);
}

base::Result<Ended> parse_report(std::string_view report) {
  const std::string_view line = report.substr(0, report.find('\n'));
  if (line.starts_with(kRefused)) {
    return fail(Code::kFailedPrecondition, "{}", line.substr(kRefused.size()));
  }
  for (const auto& [ending, word] : kWords) {
    Ended ended{ending, 0};
    const char* const end = line.data() + line.size();
    if (line.starts_with(word) &&
        std::from_chars(line.data() + word.size(), end, ended.number).ptr == end) {
      return ended;
    }
  }
  return fail(Code::kInternal, "it did not say how the program ended, but '{}'", line);
}

}  // namespace wend::sandbox
