// SPDX-License-Identifier: Apache-2.0
// Where in a reply the answer stands (docs/formats/metrics.md). A chain of rules, each a few lines:
// what a model thought aloud does not count; what follows the last "Answer:" counts before the
// rest; within that, what stands in the last \boxed{}.
#pragma once

#include <string>
#include <string_view>

namespace wend::label {

struct FinalAnswer {
  std::string_view text;  ///< Part of the reply.
  bool marked = false;    ///< Whether the reply said that this is its answer.
};

/// The part of a reply that holds its answer; the whole reply where nothing marks one. A marker
/// with nothing behind it ("7 + 5 = 12 Answer:") is none: what stands before it is read instead.
FinalAnswer final_answer(std::string_view reply);

/// The part of a reply that is a written text, as a translation or a summary: without thoughts, and
/// from behind the last label "Answer:" or "Final answer:" that begins a line. Other markers are
/// words of the text.
std::string_view written_answer(std::string_view reply);

/// The one line of it: the first that says anything where it was marked, else the last.
std::string_view answer_line(const FinalAnswer& answer);

/// Without the white space, punctuation and Markdown around it.
std::string_view without_outer_marks(std::string_view text);

/// The content of the last \boxed{...}, braces balanced; of one that was cut off, all there is.
/// False where there is none.
bool find_boxed(std::string_view text, std::string_view& content);

}  // namespace wend::label
