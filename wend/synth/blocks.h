// SPDX-License-Identifier: Apache-2.0
// The steps that reading a marked reply consists of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace wend::synth {

std::string_view trimmed(std::string_view text);

/// Runs of white space as one space, none around.
std::string one_line(std::string_view text);

/// What stands between each pair of two markers, of which there must be one, or what is wrong.
tl::expected<std::vector<std::string_view>, std::string> blocks(std::string_view reply,
                                                                std::string_view begin,
                                                                std::string_view end);

/// What is said of a marker where it should stand once.
std::string more_than_once(std::string_view marker);

/// The same where each of the markers must be there once.
tl::expected<std::string_view, std::string> block(std::string_view reply,
                                                  std::string_view begin,
                                                  std::string_view end);

/// The same where it is there as it should be, else nothing: for what nobody depends on.
std::string optional_block(std::string_view reply, std::string_view begin, std::string_view end);

/// Lines without their ends (\n, \r\n).
std::vector<std::string_view> lines_of(std::string_view text);

/// A line "key: value" as its two parts; the key is empty where the line begins with none of
/// `keys`. What Markdown puts in front of a key (bullets, numbers, stars) is passed over, and so is
/// the case of its letters.
struct KeyedLine {
  std::string_view key;  ///< As in `keys`.
  std::string_view value;
};

KeyedLine keyed_line(std::string_view line, const std::vector<std::string_view>& keys);

}  // namespace wend::synth
