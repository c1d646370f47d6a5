// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wend::label {

/// How option `index` of `count` is labelled: A, B, ... up to 26 of them, else 1, 2, ...
std::string option_label(std::size_t index, std::size_t count);

/// One line an option: "A. name: definition".
struct ChoiceOption {
  std::string name;
  std::string definition;  ///< May be empty.
};

std::string options_text(std::span<const ChoiceOption> options);

struct Choice {
  std::size_t option = 0;
  double weight = 1;
};

/// The options that a reply names, at most `most`, heaviest first, their weights summing to 1.
/// Nothing where it is not certain which are meant: a label is taken where it stands alone ("B",
/// "(b).", "Answer: B", "option B") or before its own option's name ("B. Algebra"), never out of a
/// sentence, and a name where the reply says nothing else and no other option has it. With several,
/// each may have a share ("B: 70 %"), all or none.
std::optional<std::vector<Choice>> parse_choice(std::string_view reply,
                                                std::span<const ChoiceOption> options,
                                                std::size_t most);

}  // namespace wend::label
