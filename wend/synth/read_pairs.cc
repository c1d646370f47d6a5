// SPDX-License-Identifier: Apache-2.0
#include "wend/synth/read_pairs.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "wend/synth/blocks.h"
#include "wend/synth/code_fence.h"

namespace wend::synth {
namespace {

using Wrong = std::optional<std::string>;

/// What Markdown puts before a member of a list.
enum class Bullet : std::uint8_t { kNone, kNumber, kSign };

struct ListLine {
  Bullet bullet = Bullet::kNone;
  std::string_view rest;  ///< The line where there is none.
};

/// "2. ", "2) ", "- ", "* ", "## " where the line begins.
ListLine list_line(std::string_view line) {
  const std::size_t number = std::min(line.find_first_not_of("0123456789"), line.size());
  const std::string_view after = line.substr(number);
  if (number > 0 && (after.starts_with(". ") || after.starts_with(") "))) {
    return {Bullet::kNumber, trimmed(after.substr(1))};
  }
  const std::size_t sign = std::min(line.find_first_not_of('#'), line.size());
  if (sign > 0 && line.substr(sign).starts_with(' ')) {
    return {Bullet::kSign, trimmed(line.substr(sign))};
  }
  if (line.starts_with("- ") || line.starts_with("* ")) {
    return {Bullet::kSign, trimmed(line.substr(1))};
  }
  return {Bullet::kNone, line};
}

/// What stands behind "Q:", "**Q:**", "**Q**:", or of a line that is bold as a whole.
std::optional<std::string_view> behind(char key, std::string_view line) {
  const bool is_bold = line.starts_with("**");
  line.remove_prefix(is_bold ? 2 : 0);
  if (!line.starts_with(key)) {
    return std::nullopt;
  }
  line.remove_prefix(1);
  const bool ends_before_colon = is_bold && line.starts_with("**");
  line.remove_prefix(ends_before_colon ? 2 : 0);
  if (!line.starts_with(':')) {
    return std::nullopt;
  }
  line = trimmed(line.substr(1));
  if (is_bold && !ends_before_colon) {
    if (line.starts_with("**")) {
      line = trimmed(line.substr(2));
    } else if (line.ends_with("**")) {
      line.remove_suffix(2);
    }
  }
  return line;
}

class PairReader {
 public:
  Wrong take(std::string_view line) {
    const bool follows_gap = std::exchange(is_gap_, trimmed(line).empty());
    if (fence_.is_open()) {
      return go_on(line, behind('A', line).value_or(line));
    }
    const ListLine listed = list_line(line);
    const auto question = behind('Q', listed.rest);
    if (question && may_begin_question(listed.bullet)) {
      return begin_question(*question, {listed.bullet, follows_gap});
    }
    if (const auto answer = answer_of(line)) {
      return begin_answer(*answer);
    }
    return go_on(line, line);
  }

  Parsed<std::vector<QaPair>> finish() && {
    if (fence_.is_open() || fence_.is_nested()) {
      return tl::unexpected(std::string("code begins with ``` and does not end with it"));
    }
    if (awaits_answer_) {
      return tl::unexpected(std::string("the last question has no answer"));
    }
    return std::move(pairs_);
  }

 private:
  /// How a question is set off from what stands before it.
  struct Setting {
    Bullet bullet = Bullet::kNone;
    bool follows_gap = false;
  };

  /// In a list another list's bullet is text, and so is any where there is none.
  bool may_begin_question(Bullet bullet) const {
    return pairs_.empty() || bullet == bullet_ || bullet == Bullet::kNone;
  }

  /// The answer of a list's member may be indented, and have the list's sign, once.
  std::optional<std::string_view> answer_of(std::string_view line) const {
    const bool is_in_list = bullet_ != Bullet::kNone && awaits_answer_;
    const ListLine listed = list_line(is_in_list ? trimmed(line) : line);
    return listed.bullet == Bullet::kNone || (is_in_list && listed.bullet == Bullet::kSign)
               ? behind('A', listed.rest)
               : std::nullopt;
  }

  Wrong begin_question(std::string_view text, Setting setting) {
    if (awaits_answer_) {
      return fmt::format("question {} has no answer", pairs_.size());
    }
    if (!is_like_those_before(setting)) {
      return fmt::format(
          "question {} does not begin as those before (a number, a bullet, an empty line before "
          "it); where a line of an answer begins with \"Q:\", put the answer's text between two "
          "lines ```",
          pairs_.size() + 1);
    }
    pairs_.emplace_back();
    begin(pairs_.back().question, text);
    awaits_answer_ = true;
    return std::nullopt;
  }

  /// A dialogue within an answer is not set off as the pairs are. The first question says whether
  /// they are a list, the second whether empty lines stand between them.
  bool is_like_those_before(Setting setting) {
    if (pairs_.empty()) {
      bullet_ = setting.bullet;
      return true;
    }
    if (pairs_.size() == 1) {
      has_gaps_ = setting.follows_gap;
    }
    return setting.bullet == bullet_ && setting.follows_gap == has_gaps_;
  }

  Wrong begin_answer(std::string_view text) {
    if (!awaits_answer_) {
      return pairs_.empty() ? std::string("an answer stands before the first question")
                            : fmt::format(
                                  "two lines of pair {} begin with \"A:\"; write options "
                                  "as (A), (B), (C)",
                                  pairs_.size());
    }
    begin(pairs_.back().answer, text);
    awaits_answer_ = false;
    return std::nullopt;
  }

  void begin(std::string& field, std::string_view text) {
    place_ = &field;
    *place_ = text;
    fence_.take(text);
  }

  /// `code` is where a fence may stand: an answer that begins with one shows that the one before it
  /// was not ended.
  Wrong go_on(std::string_view line, std::string_view code) {
    if (place_ == nullptr) {
      return trimmed(line).empty()
                 ? std::nullopt
                 : std::optional(std::string("something stands before the first \"Q:\""));
    }
    place_->append("\n").append(line);
    fence_.take(code);
    return std::nullopt;
  }

  std::vector<QaPair> pairs_;
  std::string* place_ = nullptr;   // What a line without a key goes on with; into pairs_.
  Bullet bullet_ = Bullet::kNone;  // Before each question.
  bool has_gaps_ = false;          // Whether an empty line is.
  CodeFence fence_;
  bool awaits_answer_ = false;
  bool is_gap_ = true;  // Whether the line before is empty.
};

}  // namespace

Parsed<std::vector<QaPair>> read_pairs(std::string_view block) {
  PairReader reader;
  for (const std::string_view line : lines_of(trimmed(block))) {
    if (Wrong wrong = reader.take(line)) {
      return tl::unexpected(*std::move(wrong));
    }
  }
  return std::move(reader).finish();
}

}  // namespace wend::synth
