// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "wend/text/tokenizer_file.h"

namespace wend::text {

/// Finds "[SEP]" and its like as they stand in a text, before anything is normalised.
class SpecialTokenFinder {
 public:
  struct Match {
    std::size_t begin;
    std::size_t end;
    std::int32_t id;
  };

  explicit SpecialTokenFinder(std::vector<Token> tokens);

  /// The leftmost match from a position on, and of several there the longest.
  std::optional<Match> find(std::string_view text, std::size_t from) const;

 private:
  std::vector<Token> longest_first_;
  std::array<bool, 256> begins_{};
};

}  // namespace wend::text
